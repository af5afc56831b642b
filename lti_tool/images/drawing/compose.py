"""Puts a badge together: shadow, rim, face, inner line, symbol, and a banner with words."""

from __future__ import annotations

from dataclasses import replace
from xml.sax.saxutils import escape  # nosec B406 - writes text, parses nothing

from lti_tool.images.drawing.colours import (
    BLACK,
    COLOURS,
    WHITE,
    Shades,
    contrast,
    mix,
    rgb,
    shades,
    to_hex,
)
from lti_tool.images.drawing.design import BadgeDesign
from lti_tool.images.drawing.lettering import lettered
from lti_tool.images.drawing.outlines import OUTLINES, Outline
from lti_tool.images.drawing.symbols import GLYPHS

SIZE = 512  # px, both edges; what wallets and Open Badges displays ask for is 200 to 512

_SYMBOL_SCALE = 1.24  # symbols are drawn in a box of 200 px
# Widths of the strokes that grow out of the outline: a layer shows as a band half as wide as the difference.
_EDGE, _BEVEL, _RIM, _GROOVE, _FACE = 80, 73, 66, 35, 29

_BAND = (34, 322, 444, 92)  # left, top, width, height
_LIFT_ABOVE_BANNER = -46
_BANNER_CONTRAST = 7.0  # WCAG 2.2, 1.4.6: badges are shown small


def draw(design: BadgeDesign) -> bytes:
    """The badge as a PNG of 512 by 512 pixels on a transparent ground; one design always gives the same bytes."""
    return render(badge_svg(design))


def render(svg: str) -> bytes:
    """Rasterises markup of our own making (an upload goes through `check_upload` instead)."""
    import resvg_py  # with its fonts it is for those few processes that ever draw

    return resvg_py.svg_to_bytes(svg_string=svg, width=SIZE, height=SIZE, skip_system_fonts=True)


def badge_svg(design: BadgeDesign, *, with_symbol: bool = True) -> str:
    """The badge as SVG markup: nothing but shapes, and a title that says in words what they show."""
    paint = shades(COLOURS[design.colour].base)
    outline = OUTLINES[design.shape]
    body = _definitions(paint) + _ground(outline, paint) + _layers(outline, paint)
    if with_symbol:
        body += _symbol(design.symbol, _above_banner(outline) if design.words else outline, paint)
    if design.words:
        body += _banner(design.words, paint)
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    title = f'<title id="title">{escape(design.description)}</title>'
    return f'<svg {names} viewBox="0 0 {SIZE} {SIZE}" role="img" aria-labelledby="title">{title}{body}</svg>'


def _definitions(paint: Shades) -> str:
    return (
        "<defs>"
        + _vertical("rim", paint.rim_light, paint.rim_dark)
        + _vertical("bevel", paint.rim_dark, paint.rim_light)
        + _vertical("edge", paint.rim_dark, paint.edge)
        + _vertical("groove", paint.edge, paint.rim_dark)
        + '<radialGradient id="face" gradientUnits="userSpaceOnUse" cx="216" cy="150" r="310">'
        f'<stop offset="0" stop-color="{paint.face_light}"/><stop offset="1" stop-color="{paint.face_dark}"/>'
        "</radialGradient>" + _blur("soft", 8) + _blur("lift", 3.5) + "</defs>"
    )


def _vertical(name: str, top: str, bottom: str) -> str:
    """A gradient over the height of the canvas, not of each shape, so that layers share their light."""
    return (
        f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="150" y1="40" x2="362" y2="472">'
        f'<stop offset="0" stop-color="{top}"/><stop offset="1" stop-color="{bottom}"/></linearGradient>'
    )


def _blur(name: str, deviation: float) -> str:
    return (
        f'<filter id="{name}" x="-20%" y="-20%" width="140%" height="140%">'
        f'<feGaussianBlur stdDeviation="{deviation}"/></filter>'
    )


def _ground(outline: Outline, paint: Shades) -> str:
    """The shadow on the page, and what hangs behind the badge."""
    shadow = (
        f'<g transform="translate(0 9)" filter="url(#soft)" opacity="0.34"><path d="{outline.path}" '
        f'fill="#0b1220" stroke="#0b1220" stroke-width="{_EDGE - 6}" stroke-linejoin="round"/></g>'
    )
    if not outline.behind:
        return shadow
    ribbons = (
        f'<path d="{outline.behind}" fill="{paint.face_dark}" stroke="{paint.edge}" stroke-width="7" '
        'stroke-linejoin="round"/>'
    )
    return ribbons + shadow


def _layers(outline: Outline, paint: Shades) -> str:
    """Edge, bevel, rim, groove and face from the outside in, then the fine inner line."""
    grown = "".join(
        f'<path d="{outline.path}" fill="url(#{fill})" stroke="url(#{fill})" stroke-width="{width}" '
        'stroke-linejoin="round"/>'
        for fill, width in (
            ("edge", _EDGE), ("bevel", _BEVEL), ("rim", _RIM), ("groove", _GROOVE), ("face", _FACE)
        )
    )  # fmt: skip
    line = (
        f'<path d="{outline.path}" fill="none" stroke="{paint.rim_light}" stroke-opacity="0.55" '
        'stroke-width="3" stroke-linejoin="round"/>'
    )
    return grown + line


def _symbol(name: str, outline: Outline, paint: Shades) -> str:
    """The symbol with a soft shadow of itself; what is cut out of it shows the middle tone of the face."""
    paper = to_hex(mix(rgb(paint.face_light), rgb(paint.face_dark), 0.4))
    markup = GLYPHS[name].markup
    place = f"translate(256 {256 + outline.lift}) scale({_SYMBOL_SCALE * outline.symbol_scale:.3f})"
    below = markup.replace("INK", paint.shadow).replace("PAPER", paint.shadow)
    above = markup.replace("INK", paint.ink).replace("PAPER", paper)
    return (
        f'<g transform="translate(0 6) {place}" fill="{paint.shadow}" opacity="0.4" filter="url(#lift)">'
        f"{below}</g>"
        f'<g transform="{place}" fill="{paint.ink}">{above}</g>'
    )


def _above_banner(outline: Outline) -> Outline:
    """The shape with its symbol smaller and higher, so that the banner covers none of it."""
    return replace(outline, lift=_LIFT_ABOVE_BANNER, symbol_scale=outline.symbol_scale * 0.78)


def _banner(words: str, paint: Shades) -> str:
    """A band across the badge in the ink's colour, and on it the words in the shade that stands out best."""
    left, top, width, height = _BAND
    band = (
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="14" fill="{paint.ink}" '
        f'stroke="{paint.edge}" stroke-width="6"/>'
    )
    drawn = lettered(words, banner_ink(paint))
    scale = min((width - 44) / drawn.width, (height - 30) / drawn.height)
    x = left + (width - drawn.width * scale) / 2
    y = top + (height - drawn.height * scale) / 2
    return f'{band}<g transform="translate({x:.2f} {y:.2f}) scale({scale:.4f})">{drawn.markup}</g>'


def banner_ink(paint: Shades) -> str:
    """The first shade of the badge that stands out on the banner as small text should; black or white, if none."""
    ground = rgb(paint.ink)
    candidates = (paint.edge, paint.face_dark, paint.face_light, paint.rim_light, to_hex(WHITE), to_hex(BLACK))
    return next(one for one in candidates if contrast(rgb(one), ground) >= _BANNER_CONTRAST)
