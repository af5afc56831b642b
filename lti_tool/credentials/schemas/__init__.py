"""JSON Schemas as data (SOURCES.md names origin, digest and licence)."""
