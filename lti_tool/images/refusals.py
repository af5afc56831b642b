"""The codes with which an uploaded image is refused."""

from __future__ import annotations

from typing import Final

from lti_tool.domain.errors import BadgeToolError

_HINT_EXPORT = "Save it anew as a PNG in your drawing program, or let us draw a badge for you."

# code: (HTTP status, message, hint)
REFUSALS: Final[dict[str, tuple[int, str, str]]] = {
    "image.too_large": (
        413,
        "The image is larger than 2 MiB.",
        "Make it smaller: 512 by 512 pixels are plenty.",
    ),
    "image.unsupported_type": (415, "The image is neither a PNG nor an SVG.", _HINT_EXPORT),
    "image.damaged": (422, "The image cannot be read: it is damaged or incomplete.", _HINT_EXPORT),
    "image.too_many_pixels": (
        422,
        "The image has more than 4096 pixels on one edge.",
        "Make it smaller: 512 by 512 pixels are plenty.",
    ),
    "image.photo_too_large": (
        422,
        "The picture has more than 50 million pixels.",
        "Make it smaller: 2048 by 2048 pixels are plenty.",
    ),
    "image.unsafe_svg": (422, "The SVG holds scripts, links or references to other files.", _HINT_EXPORT),
    "image.unsupported_svg": (
        422,
        "The SVG uses something that cannot be shown here, such as text or an embedded photo.",
        "Convert text to paths, or save it as a PNG.",
    ),
    "image.empty": (422, "The image shows nothing.", _HINT_EXPORT),
    "image.too_costly": (422, "The image takes too much work to draw.", _HINT_EXPORT),
}


def refusal(code: str) -> BadgeToolError:
    """The error of a code of `REFUSALS`. Nothing of the file gets into it."""
    status, message, hint = REFUSALS[code]
    return BadgeToolError(code, message, status=status, hint=hint)
