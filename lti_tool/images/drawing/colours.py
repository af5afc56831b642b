"""Colours of a drawn badge, and the shades made from one of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

CONTRAST_NEEDED = 4.5  # WCAG 2.2, 1.4.3; stricter than the 3:1 that 1.4.11 asks of graphics
Rgb = tuple[float, float, float]  # each 0..1, sRGB
WHITE: Rgb = (1.0, 1.0, 1.0)
BLACK: Rgb = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Colour:
    label: str
    base: str


COLOURS: dict[str, Colour] = {
    "blue": Colour("Blue", "#2563c9"),
    "teal": Colour("Teal", "#0f8a8a"),
    "green": Colour("Green", "#2a8a45"),
    "gold": Colour("Gold", "#f0b323"),
    "orange": Colour("Orange", "#f08a2c"),
    "red": Colour("Red", "#c8303c"),
    "pink": Colour("Pink", "#c93a86"),
    "purple": Colour("Purple", "#7442c0"),
    "navy": Colour("Navy", "#22386f"),
    "silver": Colour("Silver", "#b9c2cd"),
    "graphite": Colour("Graphite", "#3f4854"),
}


def rgb(text: str) -> Rgb:
    """``#rrggbb`` as three parts."""
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)


def to_hex(colour: Rgb) -> str:
    """Three parts as ``#rrggbb``."""
    return "#" + "".join(f"{round(max(0.0, min(1.0, part)) * 255):02x}" for part in colour)


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`one` with `share` (0..1) of `other`."""
    return (
        one[0] + (other[0] - one[0]) * share,
        one[1] + (other[1] - one[1]) * share,
        one[2] + (other[2] - one[2]) * share,
    )


def luminance(colour: Rgb) -> float:
    """Relative luminance, WCAG 2.2 definition."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio 1..21, WCAG 2.2 definition."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True, slots=True)
class Shades:
    """Everything painted, as ``#rrggbb``: face from light to dark, rim, its edge, the symbol's ink and shadow."""

    face_light: str
    face_dark: str
    rim_light: str
    rim_dark: str
    edge: str
    ink: str
    shadow: str


@cache
def shades(base: str) -> Shades:
    """The shades of one base colour; the ink keeps its contrast on the lightest and darkest spot of the face."""
    colour = rgb(base)
    dark_ink = mix(colour, BLACK, 0.82)
    wants_dark_ink = contrast(colour, dark_ink) > contrast(colour, WHITE) + 2
    ink = dark_ink if wants_dark_ink else WHITE
    light, dark = _face(colour, ink)
    return Shades(
        face_light=to_hex(light),
        face_dark=to_hex(dark),
        rim_light=to_hex(mix(colour, WHITE, 0.72)),
        rim_dark=to_hex(mix(colour, BLACK, 0.12)),
        edge=to_hex(mix(colour, BLACK, 0.5)),
        ink=to_hex(ink),
        shadow=to_hex(mix(dark, BLACK, 0.55)),
    )


def _face(colour: Rgb, ink: Rgb) -> tuple[Rgb, Rgb]:
    """The light and dark end of the face, moved away from the ink until both ends hold the contrast."""
    away = BLACK if ink == WHITE else WHITE
    for step in range(100):
        moved = mix(colour, away, step / 100)
        light, dark = mix(moved, WHITE, 0.1), mix(moved, BLACK, 0.24)
        # A little above the need, as rendering rounds each channel.
        if min(contrast(light, ink), contrast(dark, ink)) >= CONTRAST_NEEDED + 0.1:
            return light, dark
    return away, away
