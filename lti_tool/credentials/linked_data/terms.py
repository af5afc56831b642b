"""What the bundled contexts say about each term: does its value name a thing, or is it text?

Only what matters for safe substitution is read here; the JSON-LD algorithms themselves are pyoxigraph's.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Any

from lti_tool.credentials.contexts.loader import BUNDLED_URLS, READ_ONLY_URLS, context_document


class TermKind(StrEnum):
    """How a string under a term enters the graph."""

    IRI = "iri"  # as the name of a thing
    TEXT = "text"  # as a literal, unchanged
    FIXED = "fixed"  # through the vocabulary, as JSON, or differently in different places


def _definitions(context: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(context, list):
        for part in context:
            yield from _definitions(part)
    elif isinstance(context, dict):
        for term, definition in context.items():
            if term.startswith("@"):
                continue
            yield term, definition
            if isinstance(definition, dict):
                yield from _definitions(definition.get("@context"))


def _kind(definition: Any) -> TermKind:
    if definition == "@id":
        return TermKind.IRI
    if isinstance(definition, str):
        return TermKind.FIXED if definition.startswith("@") else TermKind.TEXT
    coercion = definition.get("@type", "")
    if coercion == "@id":
        return TermKind.IRI
    return TermKind.FIXED if coercion.startswith("@") else TermKind.TEXT


def kinds_in(document: dict[str, Any]) -> dict[str, TermKind]:
    """Of a document that names contexts which are only read, the terms of its own contexts: an older version may say
    something else of a term. Of any other, `term_kinds`."""
    urls = document.get("@context")
    if not isinstance(urls, list) or READ_ONLY_URLS.isdisjoint(url for url in urls if isinstance(url, str)):
        return term_kinds()
    return term_kinds(*dict.fromkeys(url for url in urls if isinstance(url, str)))


@lru_cache(maxsize=64)
def term_kinds(*urls: str) -> dict[str, TermKind]:
    """Every term of these contexts; without any, of all that are written. A term that is text here and a name there
    counts as fixed."""
    kinds: dict[str, TermKind] = {}
    for url in urls or BUNDLED_URLS:
        for term, definition in _definitions(context_document(url)["@context"]):
            kind = _kind(definition)
            known = kinds.setdefault(term, kind)
            if known is not kind:
                kinds[term] = TermKind.FIXED
    return kinds
