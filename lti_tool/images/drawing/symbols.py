"""The symbols: vector drawings of our own in a box from -100 to 100 on both axes.

Shapes are filled with the ink by default. `INK` and `PAPER` stand for the ink and for the face underneath,
where a part is a line or cut out of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin


@dataclass(frozen=True, slots=True)
class Glyph:
    """`markup` is a fragment of SVG; `label` completes "… with {label}"."""

    label: str
    markup: str


def _star() -> str:
    points = []
    for number in range(10):
        reach, angle = (98 if number % 2 == 0 else 44), -pi / 2 + pi * number / 5
        points.append(f"{reach * cos(angle):.2f},{reach * sin(angle) + 6:.2f}")
    return f'<polygon points="{" ".join(points)}" stroke="INK" stroke-width="10" stroke-linejoin="round"/>'


def _gear() -> str:
    teeth = "".join(
        f'<rect x="-17" y="-97" width="34" height="44" rx="8" transform="rotate({45 * number})"/>'
        for number in range(8)
    )
    return teeth + '<circle r="70"/><circle r="29" fill="PAPER"/>'


_LINE = 'fill="none" stroke="INK" stroke-linecap="round" stroke-linejoin="round"'
_CUT = 'fill="none" stroke="PAPER" stroke-linecap="round" stroke-linejoin="round"'

_CHECK = f'<path d="M-76 6L-24 60L80 -56" {_LINE} stroke-width="34"/>'
_FLASK = (
    '<path d="M-26 -92H26A9 9 0 0 1 26 -74H24V-28L76 66A22 22 0 0 1 57 98H-57A22 22 0 0 1 -76 66L-24 -28V-74'
    'H-26A9 9 0 0 1 -26 -92Z"/>'
    '<path d="M-7 -74V-23L-27 14C-8 22 10 4 29 17L7 -23V-74Z" fill="PAPER"/>'
    '<circle cx="-16" cy="54" r="11" fill="PAPER"/><circle cx="20" cy="70" r="8" fill="PAPER"/>'
    '<circle cx="18" cy="38" r="6" fill="PAPER"/>'
)
_BOOK = (
    '<path d="M-7 -52C-28 -72 -62 -78 -90 -76A9 9 0 0 0 -98 -67V50A9 9 0 0 0 -89 59C-60 58 -30 64 -7 82Z"/>'
    '<path d="M7 -52C28 -72 62 -78 90 -76A9 9 0 0 1 98 -67V50A9 9 0 0 1 89 59C60 58 30 64 7 82Z"/>'
    f'<path d="M-76 -42C-58 -42 -42 -38 -28 -30M-76 -8C-58 -8 -42 -4 -28 4M76 -42C58 -42 42 -38 28 -30'
    f'M76 -8C58 -8 42 -4 28 4" {_CUT} stroke-width="9"/>'
)
_CODE = (
    f'<path d="M-46 -54L-96 2L-46 58M46 -54L96 2L46 58" {_LINE} stroke-width="25"/>'
    f'<path d="M20 -78L-20 82" {_LINE} stroke-width="21"/>'
)
_PEOPLE = (
    '<circle cx="-62" cy="-30" r="25"/><circle cx="62" cy="-30" r="25"/>'
    '<path d="M-104 62C-104 22 -86 4 -62 4S-20 22 -20 62Z"/><path d="M20 62C20 22 38 4 62 4S104 22 104 62Z"/>'
    '<g stroke="PAPER" stroke-width="10"><path d="M-58 86C-58 36 -34 10 0 10S58 36 58 86Z"/>'
    '<circle cy="-40" r="38"/></g>'
)
_TROPHY = (
    f'<path d="M-52 -66H-88C-88 -22 -72 -2 -44 2M52 -66H88C88 -22 72 -2 44 2" {_LINE} stroke-width="16"/>'
    '<path d="M-58 -92H58V-46C58 2 36 30 0 30S-58 2 -58 -46Z"/>'
    '<path d="M-13 24H13V58H-13Z"/>'
    '<path d="M-46 92A8 8 0 0 1 -54 84C-54 66 -40 56 -24 56H24C40 56 54 66 54 84A8 8 0 0 1 46 92Z"/>'
    f'<path d="M-34 -66V-44C-34 -24 -28 -10 -18 -2" {_CUT} stroke-width="9"/>'
)
_BULB = (
    '<path d="M0 -98C-40 -98 -68 -69 -68 -32C-68 -6 -54 10 -42 24C-33 34 -30 40 -29 50H29C30 40 33 34 42 24'
    'C54 10 68 -6 68 -32C68 -69 40 -98 0 -98Z"/>'
    f'<path d="M-25 68H25M-16 88H16" {_LINE} stroke-width="14"/>'
    f'<path d="M-42 -34C-42 -56 -26 -72 -6 -73" {_CUT} stroke-width="10"/>'
    f'<path d="M-20 -6L0 12L20 -6M0 12V48" {_CUT} stroke-width="8"/>'
)
_HEART = (
    '<path d="M0 84C-70 34 -98 2 -98 -36C-98 -68 -74 -88 -48 -88C-26 -88 -8 -76 0 -56'
    'C8 -76 26 -88 48 -88C74 -88 98 -68 98 -36C98 2 70 34 0 84Z"/>'
)
_LEAF = (
    '<path d="M86 -88C-30 -92 -92 -42 -84 34C-82 52 -74 66 -66 74C38 88 94 22 86 -88Z"/>'
    f'<path d="M-88 96C-62 40 -22 -2 34 -34" {_CUT} stroke-width="11"/>'
    f'<path d="M-86 94C-80 80 -74 68 -66 58" {_LINE} stroke-width="14"/>'
)
_CHART = (
    '<rect x="-88" y="14" width="42" height="72" rx="8"/>'
    '<rect x="-21" y="-30" width="42" height="116" rx="8"/>'
    '<rect x="46" y="-86" width="42" height="172" rx="8"/>'
)
_GLOBE = (
    '<circle r="92"/>'
    f'<path d="M-90 0H90M0 -90V90M-74 -46C-40 -30 40 -30 74 -46M-74 46C-40 30 40 30 74 46" {_CUT} '
    'stroke-width="8"/>'
    f'<ellipse rx="42" ry="90" {_CUT} stroke-width="8"/>'
)
_ROCKET = (
    '<g transform="rotate(45)"><path d="M0 -112C34 -82 46 -42 42 2L34 50H-34L-42 2C-46 -42 -34 -82 0 -112Z"/>'
    '<path d="M-44 -4L-78 46V78L-36 54ZM44 -4L78 46V78L36 54Z"/>'
    '<path d="M-20 64H20C20 86 10 102 0 114C-10 102 -20 86 -20 64Z"/>'
    '<circle cy="-30" r="19" fill="PAPER"/></g>'
)

GLYPHS: dict[str, Glyph] = {
    "star": Glyph("A star", _star()),
    "check": Glyph("A check mark", _CHECK),
    "trophy": Glyph("A trophy", _TROPHY),
    "book": Glyph("An open book", _BOOK),
    "flask": Glyph("A flask", _FLASK),
    "code": Glyph("Code brackets", _CODE),
    "people": Glyph("People", _PEOPLE),
    "lightbulb": Glyph("A light bulb", _BULB),
    "chart": Glyph("A bar chart", _CHART),
    "gear": Glyph("A gear", _gear()),
    "globe": Glyph("A globe", _GLOBE),
    "rocket": Glyph("A rocket", _ROCKET),
    "leaf": Glyph("A leaf", _LEAF),
    "heart": Glyph("A heart", _HEART),
}
