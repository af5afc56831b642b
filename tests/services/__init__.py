"""Private, throw-away servers for the tests, started from the programs on this machine."""
