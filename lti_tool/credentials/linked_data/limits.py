"""Refuses documents that would make RDFC-1.0 expensive, or that other readers would read differently.

RDFC-1.0 is exponential in the number of blank nodes it cannot tell apart
(https://www.w3.org/TR/rdf-canon/#dataset-poisoning). In compact JSON-LD without blank node names the blank nodes form
trees; counting those with a twin, before any RDF is made, bounds the work.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lti_tool.credentials.linked_data.terms import TermKind, term_kinds
from lti_tool.domain.errors import BadgeToolError

MAX_DEPTH = 16
MAX_OBJECTS = 400
MAX_STRINGS = 4000
MAX_AMBIGUOUS = 10
# Each stands for some ten thousand characters of JSON-LD, and may be named again and again.
MAX_CONTEXTS = 150
# A record of badges (CLR 2.0), which has each of them inside: as many, and so much of all together. Each keeps the
# bounds above as well.
MAX_INSIDE = 200
MAX_INSIDE_OBJECTS = 4000
MAX_INSIDE_STRINGS = 20_000
MAX_INSIDE_CONTEXTS = 650

_TERM = re.compile(r"@context|[A-Za-z0-9][A-Za-z0-9_]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}")
# Implementations of RDFC-1.0 do not all escape these alike, so a signature over them would not hold everywhere.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

# Looked up once: finding a member of an enum costs more than looking at a text.
_TEXT = TermKind.TEXT
# Where a record has its badges.
_INSIDE = "verifiableCredential"


@dataclass(slots=True)
class _Tally:
    """`inside`: of each credential in the document, however deep. What cannot be told apart is counted over all of
    them."""

    objects: int = 0
    strings: int = 0
    contexts: int = 0
    blank: Counter[frozenset[str]] = field(default_factory=Counter)
    inside: list[_Tally] = field(default_factory=list)

    def require_bounded(self) -> None:
        if self.strings > MAX_STRINGS:
            raise _too_complex("The credential has too many values.")
        if self.contexts > MAX_CONTEXTS:
            raise _too_complex("The credential names too many contexts.")


def require_harmless(document: dict[str, Any]) -> None:
    """Check size, depth, compact form and ambiguity in time linear in the document.

    Raises BadgeToolError ``credential.not_compact`` or ``credential.too_complex``.
    """
    tally = _Tally()
    _visit_object(document, 0, "", tally)
    tally.require_bounded()
    _require_bounded_together(tally.inside)
    if sum(count for count in tally.blank.values() if count > 1) > MAX_AMBIGUOUS:
        raise _too_complex("The credential repeats too many unnamed parts.")


def _require_bounded_together(inside: list[_Tally]) -> None:
    for found, most in (
        (sum(one.objects for one in inside), MAX_INSIDE_OBJECTS),
        (sum(one.strings for one in inside), MAX_INSIDE_STRINGS),
        (sum(one.contexts for one in inside), MAX_INSIDE_CONTEXTS),
    ):
        if found > most:
            raise _too_complex("The credentials in the record are too much for one record.")


def _visit_object(node: dict[str, Any], depth: int, parent: str, tally: _Tally) -> None:
    tally.objects += 1
    if depth > MAX_DEPTH:
        raise _too_complex("The credential is nested too deeply.")
    if tally.objects > MAX_OBJECTS:
        raise _too_complex("The credential has too many parts.")
    kinds, seen, name = term_kinds(), tally.objects, node.get("id")
    named = name if isinstance(name, str) else ""
    for term, value in node.items():
        if term == "@context":
            tally.contexts += len(value) if isinstance(value, list) else 1
        kind = kinds.get(term)
        if kind is None and not _TERM.fullmatch(term):
            raise _not_compact("The credential is not in compact form.")
        if isinstance(value, str):
            _visit_text(value, kind, tally)
            continue
        # A proof is in a graph of its own, whose name is an unnamed node and stands between.
        inside = "" if term == "proof" else named
        visit = _visit_inside if term == _INSIDE else _visit_value
        for item in value if isinstance(value, list) else (value,):
            visit(item, kind, depth, inside, tally)
    # An unnamed part without parts of its own that hangs on a named one has no unnamed neighbour: however many twins it
    # has, RDFC-1.0 is done with each of them at once (4.6.3, Hash N-Degree Quads, has nothing to permute).
    is_lone_leaf = bool(parent) and tally.objects == seen
    if "id" not in node and not is_lone_leaf:
        tally.blank[_fingerprint(node, parent)] += 1


def _visit_inside(value: Any, kind: TermKind | None, depth: int, parent: str, tally: _Tally) -> None:
    """A credential inside, which is one part of what is around it."""
    if not isinstance(value, dict):
        _visit_value(value, kind, depth, parent, tally)
        return
    tally.objects += 1
    if len(tally.inside) == MAX_INSIDE:
        raise _too_complex("The record has too many credentials.")
    own = _Tally(blank=tally.blank, inside=tally.inside)
    tally.inside.append(own)
    _visit_object(value, depth + 1, parent, own)
    own.require_bounded()


def _visit_value(value: Any, kind: TermKind | None, depth: int, parent: str, tally: _Tally) -> None:
    if isinstance(value, str):
        _visit_text(value, kind, tally)
    elif isinstance(value, dict) and "@value" in value and _is_text_in_a_language(value):
        _visit_text(value["@value"], kind, tally)
    elif isinstance(value, dict):
        _visit_object(value, depth + 1, parent, tally)
    elif isinstance(value, list):
        raise _not_compact("The credential has a list inside a list.")
    elif value is None:
        raise _not_compact("The credential has an empty (null) member.")


def _is_text_in_a_language(value: dict[str, Any]) -> bool:
    """A language value object (Verifiable Credentials Data Model 2.0, 11.1). Of a direction nothing would be signed,
    and capital letters of a language are kept by some readers alone."""
    return (
        value.keys() == {"@value", "@language"}
        and all(isinstance(one, str) for one in value.values())
        and _LANGUAGE.fullmatch(value["@language"]) is not None
    )


def _visit_text(text: str, kind: TermKind | None, tally: _Tally) -> None:
    tally.strings += 1
    if kind is not _TEXT and text.startswith("_:"):
        raise _not_compact("The credential names an unnamed node.")
    if _CONTROL.search(text):
        raise _not_compact("The credential has control characters in its text.")


def _fingerprint(node: dict[str, Any], parent: str) -> frozenset[str]:
    """Less than what RDFC-1.0 sees of a blank node at first, so that twins in the graph are always twins here.

    Only the node's own texts and the names of its neighbours count, `parent` ("" for an unnamed one) among them. Terms,
    types, numbers and repetition are left out: JSON has several spellings for one and the same quad there.
    """
    texts: list[str] = [f"in {parent}"]
    for term, value in node.items():
        for item in value if isinstance(value, list) else [value]:
            text = item.get("id") if isinstance(item, dict) else item
            if isinstance(text, str) and term != "type":
                texts.append(text)
    return frozenset(texts)


def _not_compact(message: str) -> BadgeToolError:
    return BadgeToolError("credential.not_compact", message)


def _too_complex(message: str) -> BadgeToolError:
    return BadgeToolError("credential.too_complex", message)
