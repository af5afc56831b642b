"""A few words as outlines: what is drawn is the same everywhere, whatever fonts a reader has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# The text is an input, not a part of the program: nothing in it is markup.
_PROGRAM = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#set text(font: "Libertinus Serif", weight: "bold", size: 64pt, top-edge: "bounds", bottom-edge: "bounds")
#text(fill: rgb(sys.inputs.colour), sys.inputs.text)
"""
_SVG = re.compile(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*)</svg>\s*', re.DOTALL)
# Letters that the font has: Latin, Greek, Cyrillic; digits and common signs.
_KNOWN = re.compile(r"[ -~\u00a1-\u024f\u0386-\u03ce\u0401-\u045f\u1e00-\u1ef9\u2010-\u2026\u20ac]*")


@dataclass(frozen=True, slots=True)
class Lettering:
    """`markup` is SVG of paths alone, in a box of `width` by `height` that begins at 0, 0."""

    markup: str
    width: float
    height: float


def can_be_lettered(text: str) -> bool:
    """Whether the font has all of its letters."""
    return _KNOWN.fullmatch(text) is not None


@lru_cache(maxsize=256)
def lettered(text: str, colour: str) -> Lettering:
    """The outlines of a text that can be lettered; `colour` as ``#rrggbb``."""
    import typst  # large, and for those few processes alone that ever draw words

    drawn = typst.compile(_PROGRAM, format="svg", sys_inputs={"text": text, "colour": colour}, ignore_system_fonts=True)
    found = _SVG.fullmatch(drawn.decode())
    assert found is not None, "the typesetter's SVG has another form than this reads"
    return Lettering(found[3], float(found[1]), float(found[2]))
