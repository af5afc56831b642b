"""Set-up and upkeep of the repository."""
