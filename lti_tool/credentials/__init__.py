"""How a badge is written and proved: one room per specification. Nothing here opens a socket."""
