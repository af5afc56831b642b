"""Text that a person typed into a form."""

from __future__ import annotations

from collections.abc import Mapping

# Of the characters below a space, only these are text; PostgreSQL refuses the first of the others outright.
_KEPT = "\n\t"


def typed(form: Mapping[str, str], name: str, default: str = "") -> str:
    """A field without surrounding space and control characters. Browsers send line ends as CR LF: they become LF."""
    text = form.get(name, default).replace("\r\n", "\n")
    return "".join(sign for sign in text if sign >= " " or sign in _KEPT).strip()


def row_number(text: str) -> int:
    """A row's number; what is none becomes 0, which no row has, so that the platform is asked for first."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
