"""A credential inside an SVG (Open Badges 3.0, section 5.3.2): one ``openbadges:credential`` element.

A JWT stands in its ``verify`` attribute, a credential with an embedded proof is its text. Open Badges 2.0 has the same
with another name space and ``openbadges:assertion``.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree  # nosec B405 - names the error; defusedxml reads
from collections.abc import Iterator

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from lti_tool.domain.errors import BadgeToolError

MAX_SVG_BYTES = 2 * 1024 * 1024
_MAX_ELEMENTS = 20_000
_MAX_DEPTH = 200
_NAMESPACE_3 = "https://purl.imsglobal.org/ob/v3p0"
_TAG_3 = f"{{{_NAMESPACE_3}}}credential"
_TAG_2 = "{http://openbadges.org}assertion"
_ROOT_TAG = re.compile(r"<svg\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")
_BEGINNINGS = (b"<svg", b"<?xml", b"<!doctype svg", b"<!--")


def is_svg(data: bytes) -> bool:
    """Whether the data begins as an SVG file in UTF-8 does."""
    return data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_BEGINNINGS)


def bake_svg(svg: str, payload: str) -> str:
    """The drawing with `payload` (JSON text with an embedded proof, or a compact JWT) as its only credential.

    `svg` is a drawing of ours, without a credential. Raises BadgeToolError ``image.not_svg``.
    """
    root = _ROOT_TAG.search(svg)
    if root is None or root[1]:
        raise _not_svg()
    head = f'<openbadges:credential xmlns:openbadges="{_NAMESPACE_3}"'
    if payload.startswith("{"):
        # "]]>" would end the CDATA section; ">" occurs in JSON text inside strings only.
        escaped = payload.replace("]]>", "]]\\u003e")
        element = f"{head}><![CDATA[{escaped}]]></openbadges:credential>"
    else:
        element = f'{head} verify="{payload}"/>'
    return svg[: root.end()] + element + svg[root.end() :]


def unbake_svg(svg: bytes) -> str:
    """The credential text in the drawing: JSON, a compact JWT, or the address of a hosted Open Badge 2.0.

    Raises BadgeToolError ``image.not_svg``, ``image.no_credential`` or ``image.two_credentials``.
    """
    found = list(_carried(svg))
    by_version = [[text for tag, text in found if tag == wanted] for wanted in (_TAG_3, _TAG_2)]
    if any(len(texts) > 1 for texts in by_version):
        raise BadgeToolError("image.two_credentials", "The image carries more than one badge credential.")
    for texts in by_version:
        if texts and texts[0].strip():
            return texts[0].strip()
    raise BadgeToolError("image.no_credential", "The image carries no badge credential.")


def _carried(svg: bytes) -> Iterator[tuple[str, str]]:
    """Each credential element's tag and text. Entities are refused, and so is what is too deep or too large."""
    if len(svg) > MAX_SVG_BYTES:
        raise _not_svg()
    depth = count = 0
    events = defusedxml.ElementTree.iterparse(
        io.BytesIO(svg), events=("start", "end"), forbid_dtd=False, forbid_entities=True, forbid_external=True
    )
    try:
        for event, element in events:
            depth += 1 if event == "start" else -1
            count += event == "start"
            if depth > _MAX_DEPTH or count > _MAX_ELEMENTS:
                raise _not_svg()
            if event == "end" and element.tag in (_TAG_3, _TAG_2):
                yield element.tag, element.get("verify") or "".join(element.itertext())
    except (DefusedXmlException, ElementTree.ParseError, ValueError, LookupError):
        raise _not_svg() from None


def _not_svg() -> BadgeToolError:
    return BadgeToolError("image.not_svg", "The image is not a whole SVG of at most 2 MiB.")
