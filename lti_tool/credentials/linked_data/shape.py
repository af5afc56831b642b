"""The shape of a document: everything about it except the values that may be put into a ready-made graph.

Two documents of one shape have the same members in the same places, the same types, the same numbers; they differ
only in texts and in the names of things. Their graphs then differ only in those places too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lti_tool.credentials.linked_data.terms import TermKind, term_kinds

# Only addresses that every JSON-LD processor takes as they stand: absolute, of a scheme that is no prefix in any
# bundled context, and without a character that could be escaped or normalised. Others go the plain path.
_SAFE = r"(?:[A-Za-z0-9._~:/@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_PLAIN_IRI = re.compile(
    r"(?:https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/" + _SAFE + r"*)?"
    r"|urn:[a-z0-9][a-z0-9-]+:" + _SAFE + r"+"
    r"|did:[a-z0-9]+:" + _SAFE + r"+"
    r"|data:[a-z]+/[a-z0-9.+-]+(?:;[a-z0-9=-]+)*," + _SAFE + r"*"
    r")(?:\?(?:" + _SAFE + r"|\?)*)?(?:#(?:" + _SAFE + r"|\?)*)?"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a document that a value is put into."""

    value: str
    is_iri: bool


class Unshapeable(Exception):
    """The document has something that must not be substituted; the plain path has to judge it."""


def shape_of(document: dict[str, Any]) -> tuple[tuple[str, ...], list[Slot]]:
    """The document's shape as a hashable key, and its slots in document order. Raises Unshapeable."""
    tokens: list[str] = []
    slots: list[Slot] = []
    _walk(document, TermKind.FIXED, tokens, slots)
    return tuple(tokens), slots


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


def _walk(node: Any, kind: TermKind, tokens: list[str], slots: list[Slot]) -> None:
    if isinstance(node, str):
        _walk_text(node, kind, tokens, slots)
    elif isinstance(node, dict):
        kinds = term_kinds()
        tokens.append("{")
        for term, item in node.items():
            if term != "@context" and term not in kinds:
                raise Unshapeable(term)
            tokens.append(term)
            _walk(item, kinds.get(term, TermKind.FIXED), tokens, slots)
        tokens.append("}")
    elif isinstance(node, list):
        tokens.append("[")
        for item in node:
            _walk(item, kind, tokens, slots)
        tokens.append("]")
    elif isinstance(node, bool | int | float):
        # repr keeps 1, 1.0 and True apart; the sign keeps them apart from terms.
        tokens.append(f"#{node!r}")
    else:
        raise Unshapeable(type(node).__name__)


def _walk_text(text: str, kind: TermKind, tokens: list[str], slots: list[Slot]) -> None:
    if kind is TermKind.TEXT:
        tokens.append('"')
        slots.append(Slot(text, is_iri=False))
    elif kind is TermKind.FIXED:
        tokens.append(f"={text}")
    elif _PLAIN_IRI.fullmatch(text):
        tokens.append("<")
        slots.append(Slot(text, is_iri=True))
    else:
        raise Unshapeable(text)
