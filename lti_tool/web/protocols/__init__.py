"""Pages and documents for programs: what specifications say must be served where."""
