"""What of a bundled context a document can need, so that its other hundred definitions need not be read each time.

Expansion looks a term up where it stands as a member's name, as a value, or as the prefix of either (JSON-LD 1.1 API,
5.1 and 5.2), and where another definition refers to it. A definition of a word that occurs in none of these places
changes nothing, and is left out. Scoped contexts inside a definition stay whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from lti_tool.credentials.contexts.loader import CLR_2_0_1, context_document


def words_of(node: Any) -> set[str]:
    """Every word of a document that could be looked up in a context."""
    words: set[str] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            words.update(_with_prefixes(one))
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str):
            words.update(_with_prefixes((one,)))
    return words


def needed_context(url: str, words: set[str]) -> str:
    """The value of the context's ``@context`` as compact JSON text, without what no document of these words needs.

    Raises `credential.context_unknown`.
    """
    return _text(url, frozenset(words & _definitions(url).keys()))


@lru_cache(maxsize=512)
def _text(url: str, used: frozenset[str]) -> str:
    definitions = _definitions(url)
    kept: set[str] = set()
    waiting = [*used, *(name for name in definitions if name.startswith("@"))]
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept.add(name)
            waiting.extend(words_of(definitions[name]) & definitions.keys())
    return json.dumps({name: definitions[name] for name in definitions if name in kept}, separators=(",", ":"))


@cache
def elsewhere_defined(url: str) -> frozenset[str]:
    """The words in a context's definitions that it does not define itself: another may."""
    definitions = _definitions(url)
    return frozenset(words_of(definitions) - definitions.keys())


# Of several types of a node pyoxigraph applies the scoped context of the last one alone (JSON-LD 1.1 has all of them
# apply, 4.1.3 of its API). What a type before that defines stands beside the type here. Used in a node of another type
# it would be undefined for others, who refuse the document; here it would not.
_TAKEN_OUT = {CLR_2_0_1: {"ClrCredential": ("partial",)}}


@cache
def _definitions(url: str) -> dict[str, Any]:
    definitions: dict[str, Any] = context_document(url)["@context"]
    for kind, terms in _TAKEN_OUT.get(url, {}).items():
        definitions = definitions | {term: definitions[kind]["@context"][term] for term in terms}
    return definitions


def _with_prefixes(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield word
        prefix, colon, _ = word.partition(":")
        if colon:
            yield prefix
