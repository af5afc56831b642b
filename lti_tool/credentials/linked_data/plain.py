"""The plain path: inline the contexts, let pyoxigraph read the JSON-LD and run RDFC-1.0.

pyoxigraph drops without a word what it cannot map: an undefined term, a relative or malformed IRI. What is dropped
is not signed, so both are looked for and refused here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lti_tool.credentials.contexts.loader import context_text, is_bundled
from lti_tool.credentials.contexts.needed import elsewhere_defined, needed_context, words_of
from lti_tool.credentials.linked_data.terms import TermKind, kinds_in
from lti_tool.domain.errors import BadgeToolError

if TYPE_CHECKING:
    # Nine MiB that a process takes when it signs or verifies for the first time: most web processes never do.
    from pyoxigraph import Quad

# A vocabulary that catches every term and type the real contexts leave undefined. Where nothing is undefined it
# adds nothing to the graph.
_UNDEFINED = "urn:x-undefined:"
# Members whose values are credentials of their own (Open Badges 3.0; CLR 2.0 and VC Data Model 2.0).
_CREDENTIALS_INSIDE = frozenset({"endorsement", "verifiableCredential"})
_CATCH_ALL = json.dumps({"@vocab": _UNDEFINED}, separators=(",", ":"))


def canonical_nquads(document: dict[str, Any]) -> str:
    """Canonical N-Quads of a JSON-LD document in compact form (W3C RDF Dataset Canonicalization, RDFC-1.0).

    Raises BadgeToolError ``credential.context_unknown``, ``credential.term_undefined``,
    ``credential.iri_invalid`` or ``credential.not_json_ld``.
    """
    return "".join(canonical_lines(document_quads(document)))


def document_quads(document: dict[str, Any]) -> list[Quad]:
    """The same quads before canonicalisation: blank nodes carry random labels."""
    from pyoxigraph import Literal, NamedNode, RdfFormat, parse

    text = _inlined(document)
    try:
        quads = list(parse(text.encode(), format=RdfFormat.JSON_LD))
    except (SyntaxError, ValueError) as error:
        raise BadgeToolError("credential.not_json_ld", "The credential is not JSON-LD this tool can read.") from error
    names = {term.value for quad in quads for term in quad if isinstance(term, NamedNode)}
    names |= {term.datatype.value for quad in quads for term in quad if isinstance(term, Literal)}
    if any(name.startswith(_UNDEFINED) for name in names):
        raise BadgeToolError("credential.term_undefined", "The credential uses a term that its contexts do not define.")
    if not names.issuperset(iri_values(document, kinds_in(document))):
        raise BadgeToolError("credential.iri_invalid", "The credential names a thing by something not an address.")
    return quads


def canonical_lines(quads: Iterable[Quad]) -> list[str]:
    """RDFC-1.0: canonical blank node labels, one quad a line, sorted by code point."""
    from pyoxigraph import CanonicalizationAlgorithm, Dataset

    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{quad} .\n" for quad in dataset)


def iri_values(node: Any, kinds: Mapping[str, TermKind], kind: TermKind = TermKind.FIXED) -> list[str]:
    """Every string of a document that stands under a term whose values name things."""
    if isinstance(node, str):
        return [node] if kind is TermKind.IRI else []
    if isinstance(node, list):
        return [value for item in node for value in iri_values(item, kinds, kind)]
    if isinstance(node, dict):
        return [
            value
            for term, item in node.items()
            if term != "@context"
            for value in iri_values(item, kinds, kinds.get(term, TermKind.FIXED))
        ]
    return []


def _inlined(document: dict[str, Any], around: tuple[str, ...] = ()) -> str:
    """The document as JSON text with its context URLs replaced by what it needs of the bundled contexts.

    A credential inside it (an endorsement) names its contexts itself. Any other part must not: the terms around it
    would mean something else there.
    """
    urls = document.get("@context")
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise BadgeToolError("credential.context_unknown", "The credential must list its contexts by address.")
    inside = tuple(dict.fromkeys((*around, *urls)))
    _require_compatible(inside)
    words = words_of(document)
    for url in [url for url in words if is_bundled(url)]:
        words |= elsewhere_defined(url)
    contexts = ",".join([*(needed_context(url, words) for url in urls), _CATCH_ALL])
    members = [
        f"{_text(term)}:{_member(term, value, inside)}" for term, value in document.items() if term != "@context"
    ]
    return "{" + ",".join([f'"@context":[{contexts}]', *members]) + "}"


@lru_cache(maxsize=256)
def _require_compatible(urls: tuple[str, ...]) -> None:
    """Refuses contexts of which one redefines what another protects, also where the document does not use that term:
    other readers refuse it (JSON-LD 1.1, 4.1.11). Raises `credential.context_unknown`, `credential.not_json_ld`."""
    from pyoxigraph import RdfFormat, parse

    contexts = ",".join(context_text(url) for url in urls)
    try:
        list(parse(('{"@context":[' + contexts + "]}").encode(), format=RdfFormat.JSON_LD))
    except (SyntaxError, ValueError) as error:
        raise BadgeToolError(
            "credential.not_json_ld", "The contexts of the credential contradict each other."
        ) from error


def _member(term: str, value: Any, around: tuple[str, ...]) -> str:
    if isinstance(value, list):
        return "[" + ",".join(_member(term, item, around) for item in value) + "]"
    if not isinstance(value, dict):
        return _text(value)
    if "@context" in value:
        if term not in _CREDENTIALS_INSIDE:
            raise BadgeToolError("credential.context_unknown", "A part of the credential brings a context of its own.")
        return _inlined(value, around)
    return "{" + ",".join(f"{_text(name)}:{_member(name, item, around)}" for name, item in value.items()) + "}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
