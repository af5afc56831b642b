"""Puts a badge together: shadow, rim, face, inner line, symbol."""

from __future__ import annotations

from lti_tool.images.drawing.colours import COLOURS, Shades, mix, rgb, shades, to_hex
from lti_tool.images.drawing.design import BadgeDesign
from lti_tool.images.drawing.outlines import OUTLINES, Outline
from lti_tool.images.drawing.symbols import GLYPHS

SIZE = 512  # px, both edges; what wallets and Open Badges displays ask for is 200 to 512

_SYMBOL_SCALE = 1.24  # symbols are drawn in a box of 200 px
# Widths of the strokes that grow out of the outline: a layer shows as a band half as wide as the difference.
_EDGE, _BEVEL, _RIM, _GROOVE, _FACE = 80, 73, 66, 35, 29


def draw(design: BadgeDesign) -> bytes:
    """The badge as a PNG of 512 by 512 pixels on a transparent ground; one design always gives the same bytes."""
    return render(badge_svg(design))


def render(svg: str) -> bytes:
    """Rasterises markup of our own making (an upload goes through `check_upload` instead)."""
    import resvg_py  # with its fonts it is for those few processes that ever draw

    return resvg_py.svg_to_bytes(svg_string=svg, width=SIZE, height=SIZE, skip_system_fonts=True)


def badge_svg(design: BadgeDesign, *, with_symbol: bool = True) -> str:
    """The badge as SVG markup."""
    paint = shades(COLOURS[design.colour].base)
    outline = OUTLINES[design.shape]
    body = _definitions(paint) + _ground(outline, paint) + _layers(outline, paint)
    if with_symbol:
        body += _symbol(design.symbol, outline, paint)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">{body}</svg>'


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
