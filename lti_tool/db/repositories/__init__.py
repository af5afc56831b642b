"""Repositories: one class a table (or two that belong together), each over one open connection."""
