"""Sizes of files in words."""

from __future__ import annotations

_KIB = 1024


def file_size(count: int) -> str:
    """ "1 KiB" for anything below that, "340 KiB", "2.5 MiB"."""
    if count < _KIB * _KIB:
        return f"{max(1, round(count / _KIB))} KiB"
    return f"{count / _KIB / _KIB:.1f}".removesuffix(".0") + " MiB"
