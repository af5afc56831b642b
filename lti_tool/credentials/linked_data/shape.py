"""The shape of a document: everything about it except the values that may be put into a ready-made graph.

Two documents of one shape have the same members in the same places, the same types, the same numbers; they differ
only in texts and in the names of things. Their graphs then differ only in those places too.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from lti_tool.credentials.linked_data.terms import TermKind, kinds_in, term_kinds

# Only addresses that every JSON-LD processor takes as they stand: absolute, of a scheme that is no prefix in any
# bundled context, and without a character that could be escaped or normalised. Others go the plain path.
_PLAIN, _ESCAPE = "A-Za-z0-9._~:/@!$&'()*+,;=-", "%[0-9A-Fa-f]{2}"
# (plain|escape)*, so that what is plain is taken at a stretch.
_SAFE = f"[{_PLAIN}]*(?:{_ESCAPE}[{_PLAIN}]*)*"
_SAFE_OR_ASKING = f"[?{_PLAIN}]*(?:{_ESCAPE}[?{_PLAIN}]*)*"
_SOME = f"(?:[{_PLAIN}]|{_ESCAPE}){_SAFE}"
_PLAIN_IRI = re.compile(
    rf"(?:https?://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?:/{_SAFE})?"
    rf"|urn:[a-z0-9][a-z0-9-]+:{_SOME}"
    rf"|did:[a-z0-9]+:{_SOME}"
    rf"|data:[a-z]+/[a-z0-9.+-]+(?:;[a-z0-9=-]+)*,{_SAFE}"
    rf")(?:\?{_SAFE_OR_ASKING})?(?:#{_SAFE_OR_ASKING})?"
)

# Looked up once: finding a member of an enum costs more than what is done with it for each text.
_TEXT, _FIXED, _IRI = TermKind.TEXT, TermKind.FIXED, TermKind.IRI


# The escapes of canonical N-Quads (https://www.w3.org/TR/rdf-canon/#canonical-quads).
_ESCAPES = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)} | {
    ord("\b"): "\\b",
    ord("\t"): "\\t",
    ord("\n"): "\\n",
    ord("\f"): "\\f",
    ord("\r"): "\\r",
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f\ufffe\uffff]')


class Unshapeable(Exception):
    """The document has something that must not be substituted; the plain path has to judge it."""


def shape_of(document: dict[str, Any]) -> tuple[str, list[str]]:
    """The document's shape as text to look it up by, and its slots in document order.

    A slot is its value as an N-Quads term: ``<name>`` or ``"text"``. Raises Unshapeable.
    """
    if kinds_in(document) is not term_kinds():
        raise Unshapeable
    tokens: list[str] = []
    slots: list[str] = []
    _walk_object(document, tokens, slots)
    return "\0".join(tokens), slots


def shape_name(document: dict[str, Any]) -> str:
    """A hash of the document's shape; "" where it has none."""
    try:
        shape, _ = shape_of(document)
    except Unshapeable:
        return ""
    return hashlib.sha256(shape.encode()).hexdigest()


def with_slots_numbered(document: dict[str, Any], name: str) -> dict[str, Any]:
    """A copy of the document in which slot number i (document order) holds ``name.format(i)``."""
    numbers = iter(range(10**6))

    def copy(node: Any, kind: TermKind) -> Any:
        if isinstance(node, dict):
            kinds = term_kinds()
            return {
                term: item if term == "@context" else copy(item, kinds.get(term, TermKind.FIXED))
                for term, item in node.items()
            }
        if isinstance(node, list):
            return [copy(item, kind) for item in node]
        if isinstance(node, str) and kind is not TermKind.FIXED:
            return name.format(next(numbers))
        return node

    copied: dict[str, Any] = copy(document, TermKind.FIXED)
    return copied


def _walk_object(node: dict[str, Any], tokens: list[str], slots: list[str]) -> None:
    kinds = term_kinds()
    tokens.append("{")
    for term, value in node.items():
        kind = kinds.get(term)
        if kind is None:
            if term != "@context":
                raise Unshapeable(term)
            kind = _FIXED
        tokens.append(term)
        if isinstance(value, str):  # as most are
            _walk_text(value, kind, tokens, slots)
        elif isinstance(value, list):
            tokens.append("[")
            for item in value:
                _walk_value(item, kind, tokens, slots)
            tokens.append("]")
        else:
            _walk_value(value, kind, tokens, slots)
    tokens.append("}")


# The first character of each token tells terms, brackets, texts, numbers and slots apart.
def _walk_value(value: Any, kind: TermKind, tokens: list[str], slots: list[str]) -> None:
    if isinstance(value, str):
        _walk_text(value, kind, tokens, slots)
    elif isinstance(value, dict):
        _walk_object(value, tokens, slots)
    elif isinstance(value, bool | int | float):
        # repr keeps 1, 1.0 and True apart.
        tokens.append(f"#{value!r}")
    else:
        raise Unshapeable(type(value).__name__)


def _walk_text(value: str, kind: TermKind, tokens: list[str], slots: list[str]) -> None:
    if kind is _TEXT:
        tokens.append('"')
        slots.append(f'"{value.translate(_ESCAPES) if _ESCAPED.search(value) else value}"')
    elif kind is _FIXED and "\0" not in value:  # NUL parts the tokens
        tokens.append(f"={value}")
    elif kind is _IRI and _PLAIN_IRI.fullmatch(value):
        tokens.append("<")
        slots.append(f"<{value}>")
    else:
        raise Unshapeable(value)
