"""What protects the pages: policies, cookies, tokens."""
