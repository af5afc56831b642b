"""Canvas's own API, beside LTI: developer keys, OAuth and what the tool reads of the course."""
