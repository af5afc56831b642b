"""What is left out of a context changes no quad."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lti_tool.credentials.contexts import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    OPEN_BADGES_3_0_0,
    OPEN_BADGES_3_0_1,
    OPEN_BADGES_3_0_2,
    OPEN_BADGES_3_0_3,
    OPEN_BADGES_EXTENSIONS,
    context_text,
)
from lti_tool.credentials.contexts.needed import needed_context, words_of
from lti_tool.credentials.linked_data import plain
from lti_tool.domain.errors import BadgeToolError
from tests.factories.credentials import DidKey, Issuer, endorsement, full_claim
from tests.unit.credentials.test_older_forms import as_written_then

ISSUER = Issuer()
BADGE = ISSUER.writer.sign_embedded(ISSUER.writer.unsigned(full_claim(ISSUER.did)), full_claim(ISSUER.did).valid_from)


def documents() -> Iterator[Any]:
    """Badges of every version, with what they can have inside, and other documents that are signed or read."""
    unsigned = {term: value for term, value in BADGE.items() if term != "proof"}
    yield pytest.param(unsigned, id="badge")
    yield pytest.param({"@context": BADGE["@context"], **BADGE["proof"][0]}, id="proof")
    yield pytest.param(ISSUER.status_list(), id="status list")
    endorsed = unsigned | {
        "endorsement": [DidKey.make("eddsa-rdfc-2022").sign(endorsement(ISSUER.did, "did:example:e"))]
    }
    yield pytest.param(endorsed, id="with an endorsement, signed itself")
    extended = unsigned | {
        "@context": [*unsigned["@context"], OPEN_BADGES_EXTENSIONS],
        "credentialSchema": [{"id": "https://a.example/s", "type": "1EdTechJsonSchemaValidator2019"}],
    }
    yield pytest.param(extended, id="with extensions")
    for context in (OPEN_BADGES_3_0_0, OPEN_BADGES_3_0_1, OPEN_BADGES_3_0_2):
        older = as_written_then(DidKey.make("eddsa-rdfc-2022"), context)
        yield pytest.param(older, id=context.rpartition("/")[2])


def whole(monkeypatch: pytest.MonkeyPatch, document: dict[str, Any]) -> str:
    """As it comes out with the whole contexts, or the code of the refusal."""
    with monkeypatch.context() as patched:
        patched.setattr(plain, "needed_context", lambda url, words: context_text(url))
        return outcome(document)


def outcome(document: dict[str, Any]) -> str:
    try:
        return plain.canonical_nquads(document)
    except BadgeToolError as error:
        return error.code


@pytest.mark.parametrize("document", list(documents()))
def test_the_same_quads(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    found = outcome(document)
    assert found == whole(monkeypatch, document)
    assert "<" in found


def test_every_part_of_a_badge_left_out_or_misnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    for change in changed(BADGE):
        assert outcome(change) == whole(monkeypatch, change)


def changed(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The badge without each of its members, and with each under a name that no context has."""
    for term, value in node.items():
        if term == "@context":
            continue
        yield {name: one for name, one in node.items() if name != term}
        yield {("unheard" if name == term else name): one for name, one in node.items()}
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        if isinstance(inner, dict):
            for other in changed(inner):
                yield node | {term: other}


def test_most_of_a_context_is_left_out_and_prefixes_stay() -> None:
    words = words_of({term: value for term, value in BADGE.items() if term != "proof"})
    assert len(needed_context(OPEN_BADGES_3_0_3, words)) < len(context_text(OPEN_BADGES_3_0_3)) * 0.8
    assert "xsd" in json.loads(needed_context(OPEN_BADGES_3_0_1, words))
    assert words_of({"a:b": ["c", {"d": "e:f"}]}) == {"a:b", "a", "c", "d", "e:f", "e"}


@pytest.mark.parametrize("other", [CREDENTIALS_V1, OPEN_BADGES_3_0_0, OPEN_BADGES_3_0_1])
def test_contexts_that_contradict_each_other_are_refused_whatever_is_used_of_them(other: str) -> None:
    document = {"@context": [CREDENTIALS_V2, other], "id": "urn:uuid:1", "type": "VerifiableCredential"}
    assert outcome(document) == "credential.not_json_ld"
