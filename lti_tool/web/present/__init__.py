"""What pages show, as plain rows and words: pure functions between the read models and the templates."""
