"""What of SVG is let through to the renderer, and what refuses the whole file."""

from __future__ import annotations

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

ELEMENT_LIMIT = 5_000
DEPTH_LIMIT = 64
ATTRIBUTE_LIMIT = 200_000  # characters of one value; a traced drawing has long paths


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words about the drawing, and editors' notes: left out without a word.
LEFT_OUT = frozenset({"title", "desc", "metadata"})

# Things that act, load or embed: nobody's badge needs them, so the file is refused and says why.
UNSAFE_ELEMENTS = _names(
    """
    script foreignobject set animate animatemotion animatetransform animatecolor discard handler listener
    iframe embed object audio video canvas link include feimage a
    """
)
UNSAFE_NAMESPACES = frozenset({"http://www.w3.org/1999/xhtml", "http://www.w3.org/2001/XInclude"})

ELEMENTS = _names(
    """
    svg g defs symbol use path rect circle ellipse line polyline polygon
    linearGradient radialGradient stop pattern clipPath mask marker style
    filter feGaussianBlur feOffset feMerge feMergeNode feFlood feComposite feBlend feColorMatrix feDropShadow
    feComponentTransfer feFuncR feFuncG feFuncB feFuncA
    """
)

ATTRIBUTES = _names(
    """
    id class style type transform viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx cy r rx ry
    fx fy fr d points pathLength href dx dy
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin
    stroke-miterlimit stroke-dasharray stroke-dashoffset color opacity display visibility overflow
    paint-order vector-effect shape-rendering color-interpolation color-interpolation-filters
    clip-path clip-rule clipPathUnits mask maskUnits maskContentUnits mask-type
    gradientUnits gradientTransform spreadMethod offset stop-color stop-opacity
    patternUnits patternContentUnits patternTransform
    marker-start marker-mid marker-end markerUnits markerWidth markerHeight orient refX refY
    filter filterUnits primitiveUnits in in2 result stdDeviation edgeMode mode operator values k1 k2 k3 k4
    flood-color flood-opacity tableValues slope intercept amplitude exponent mix-blend-mode isolation
    """
)
