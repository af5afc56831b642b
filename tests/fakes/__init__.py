"""Stand-ins for what tests do not want to start: a clock, a database, a platform."""
