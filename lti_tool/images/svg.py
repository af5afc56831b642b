"""SVG in, PNG out: parsed without entities, rebuilt from an allow-list, drawn by resvg, which has no scripts."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree  # nosec B405 - builds and writes; defusedxml reads

import defusedxml.ElementTree
import resvg_py
from defusedxml.common import DefusedXmlException
from PIL import Image

from lti_tool.images.png import encode
from lti_tool.images.refusals import refusal
from lti_tool.images.svg_rules import (
    ATTRIBUTE_LIMIT,
    ATTRIBUTES,
    DEPTH_LIMIT,
    ELEMENT_LIMIT,
    ELEMENTS,
    LEFT_OUT,
    SVG,
    UNSAFE_ELEMENTS,
    UNSAFE_NAMESPACES,
    XLINK,
)

DRAWN_EDGE = 512  # px of the longer edge

# A reference may point inside the file only: url(#name).
_OUTWARD_URL = re.compile(r"url\(\s*['\"]?\s*(?!['\"]?\s*#)", re.IGNORECASE)
_ACTIVE_TEXT = re.compile(r"javascript:|vbscript:|data:|expression\(|@|\\|<", re.IGNORECASE)


def rasterise(data: bytes) -> bytes:
    """A PNG of an SVG, its longer edge 512 px. Raises `image.*` refusals. Run in the worker process only."""
    markup = sanitise(data)
    try:
        drawn = resvg_py.svg_to_bytes(svg_string=markup, width=DRAWN_EDGE, height=DRAWN_EDGE, skip_system_fonts=True)
    except ValueError as error:  # resvg gives nothing but its text to tell the reasons apart
        raise refusal("image.too_costly" if "limit" in str(error).lower() else "image.damaged") from None
    image = Image.open(io.BytesIO(drawn), formats=["PNG"]).convert("RGBA")
    if image.getchannel("A").getextrema() == (0, 0):
        raise refusal("image.empty")
    return encode(image)


def sanitise(data: bytes) -> str:
    """The same drawing as new markup that holds allowed elements and attributes only."""
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(_rebuilt(_parse(data)), encoding="unicode")


def _parse(data: bytes) -> ElementTree.Element:
    """The root, read piece by piece: a file too deep or too large is dropped before it is all in memory.

    A document type without entities is harmless and common in exported files; entities are refused.
    """
    depth = count = 0
    root: ElementTree.Element | None = None
    try:
        for event, element in defusedxml.ElementTree.iterparse(
            io.BytesIO(data),
            events=("start", "end"),
            forbid_dtd=False,
            forbid_entities=True,
            forbid_external=True,
        ):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            count += event == "start"
            if depth > DEPTH_LIMIT or count > ELEMENT_LIMIT:
                raise refusal("image.too_costly")
    except DefusedXmlException:
        raise refusal("image.unsafe_svg") from None
    except (ElementTree.ParseError, ValueError, LookupError):
        raise refusal("image.damaged") from None
    if root is None or root.tag != f"{{{SVG}}}svg":
        raise refusal("image.unsupported_type")
    return root


def _rebuilt(element: ElementTree.Element) -> ElementTree.Element:
    """A copy of an allowed element with its allowed attributes and children."""
    copy = ElementTree.Element(element.tag, _attributes(element))
    if element.tag == f"{{{SVG}}}style":
        copy.text = _harmless("".join(element.itertext()))
    for child in element:
        if _is_kept(child):
            copy.append(_rebuilt(child))
    return copy


def _is_kept(element: ElementTree.Element) -> bool:
    """Whether an element is drawn (True) or left out (False); a dangerous one refuses the file."""
    namespace, name = _split(element.tag)
    if namespace in UNSAFE_NAMESPACES or name.lower() in UNSAFE_ELEMENTS:
        raise refusal("image.unsafe_svg")
    if namespace == SVG and name not in LEFT_OUT:
        if name == "image":
            _refuse_reaching_out(element)
        if name not in ELEMENTS:
            raise refusal("image.unsupported_svg")
        return True
    for inner in element.iter():
        if _split(inner.tag)[1].lower() in UNSAFE_ELEMENTS - {"a", "link", "object"}:
            raise refusal("image.unsafe_svg")
    return False


def _refuse_reaching_out(image: ElementTree.Element) -> None:
    """An embedded photo is merely unsupported; one that would be fetched, or is markup itself, is unsafe."""
    target = (image.get("href") or image.get(f"{{{XLINK}}}href") or "").strip().lower()
    if target and not target.startswith(("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp")):
        raise refusal("image.unsafe_svg")


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    kept: dict[str, str] = {}
    for key, value in element.items():
        namespace, name = _split(key)
        if name.lower().startswith("on"):
            raise refusal("image.unsafe_svg")
        if len(value) > ATTRIBUTE_LIMIT:
            raise refusal("image.too_costly")
        if name == "href" and namespace in {"", XLINK}:
            if not value.strip().startswith("#"):
                raise refusal("image.unsafe_svg")
            kept["href"] = value.strip()
        elif not namespace and name in ATTRIBUTES:
            kept[name] = _harmless(value)
    return kept


def _harmless(text: str) -> str:
    """Refuses style text and values that reach out of the file, or that hide what they say behind escapes."""
    if _OUTWARD_URL.search(text) or _ACTIVE_TEXT.search(re.sub(r"[\s\0]|/\*.*?\*/", "", text)):
        raise refusal("image.unsafe_svg")
    return text


def _split(tag: str) -> tuple[str, str]:
    """``{namespace}name`` as its two parts."""
    namespace, _, name = tag.rpartition("}")
    return namespace.lstrip("{"), name
