"""The shapes of a badge: each one closed path around (256, 256) of a 512 by 512 canvas.

The path is the innermost line; face, rim and edge grow out of it as round-joined strokes, which keeps their
width even around every shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

CENTRE = 256.0


@dataclass(frozen=True, slots=True)
class Outline:
    """`path` is SVG path data; `lift` moves the symbol (px, down is positive); `symbol_scale` sizes it."""

    label: str
    path: str
    lift: float = 0.0
    symbol_scale: float = 1.0
    behind: str = ""


def _polygon(corners: int, radius: float, *, turn: float = 0.0, inner: float | None = None) -> str:
    """A regular polygon, or a star whose inner corners lie on radius `inner`; `turn` in radians."""
    count = corners if inner is None else corners * 2
    points = []
    for number in range(count):
        reach = radius if inner is None or number % 2 == 0 else inner
        angle = turn - pi / 2 + 2 * pi * number / count
        points.append(f"{CENTRE + reach * cos(angle):.2f} {CENTRE + reach * sin(angle):.2f}")
    return "M" + "L".join(points) + "Z"


def _scallops(count: int, radius: float, depth: float) -> str:
    """A seal's wavy edge: `count` round lobes."""
    step = 2 * pi / count
    parts = []
    for number in range(count):
        start, end = step * number - pi / 2, step * (number + 1) - pi / 2
        middle = (start + end) / 2
        if number == 0:
            parts.append(f"M{CENTRE + radius * cos(start):.2f} {CENTRE + radius * sin(start):.2f}")
        parts.append(
            f"Q{CENTRE + (radius + depth) * cos(middle):.2f} {CENTRE + (radius + depth) * sin(middle):.2f} "
            f"{CENTRE + radius * cos(end):.2f} {CENTRE + radius * sin(end):.2f}"
        )
    return "".join(parts) + "Z"


def _circle(radius: float, centre_y: float = CENTRE) -> str:
    top, bottom = centre_y - radius, centre_y + radius
    return f"M256 {top}A{radius} {radius} 0 0 1 256 {bottom}A{radius} {radius} 0 0 1 256 {top}Z"


_SHIELD = (
    "M256 84C296 112 342 124 396 126C400 132 401 150 401 176C401 288 352 366 256 418"
    "C160 366 111 288 111 176C111 150 112 132 116 126C170 124 216 112 256 84Z"
)
_RIBBONS = "M170 300L112 474L182 452L224 500L262 372ZM342 300L400 474L330 452L288 500L250 372Z"

OUTLINES: dict[str, Outline] = {
    "circle": Outline("Circle", _circle(184)),
    "shield": Outline("Shield", _SHIELD, lift=-14, symbol_scale=0.96),
    "hexagon": Outline("Hexagon", _polygon(6, 190), symbol_scale=0.96),
    "star": Outline("Star", _polygon(8, 192, inner=156), symbol_scale=0.92),
    "seal": Outline("Seal", _scallops(16, 176, 24), symbol_scale=0.98),
    "rosette": Outline("Rosette with ribbons", _circle(150, 216), lift=-40, symbol_scale=0.84, behind=_RIBBONS),
    "diamond": Outline("Diamond", _polygon(4, 202), symbol_scale=0.78),
    "square": Outline("Square", "M104 104H408V408H104Z"),
}
