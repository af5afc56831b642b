"""Texts for spreadsheets."""

from __future__ import annotations

# A cell that begins with one of these is a formula to a spreadsheet, and a learner can choose her own name.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """The text with an apostrophe before it, where a spreadsheet would calculate it."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text
