"""The template path equals the plain path, and both equal PyLD, which shares no code with them."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from lti_tool.credentials.clr_2 import build_record
from lti_tool.credentials.contexts import context_document
from lti_tool.credentials.linked_data import Canonicalizer, canonical_nquads
from lti_tool.credentials.linked_data.limits import require_harmless
from lti_tool.credentials.linked_data.template import Template
from lti_tool.credentials.open_badges_3 import build_credential
from lti_tool.domain.attestation import RecordClaim
from lti_tool.domain.credential import IssuerProfile
from lti_tool.domain.errors import BadgeToolError
from tests.factories.credentials import NOW, full_claim

DOCUMENT = build_credential(full_claim("did:web:badges.example:issuers:astronomy"))

# Every line end, escape and edge of Unicode, but no half surrogates: those are not text.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ["\u2028\u2029\x85", '"\\\n\r\t', "<urn:x-slot:000001:>", "_:c14n0 _:b .", "😀\uffff", "{}", "\x0b\x0c\x1c\x7f"]
)
PATH = st.text("abcXYZ019-._~%20/", max_size=12)
NAMES = (
    st.builds("https://host.example/{}".format, PATH)
    | st.builds("https://host.example:8443/?q={}#f".format, st.text("abc=&+", max_size=5))
    | st.builds("urn:uuid:{}".format, st.uuids())
    | st.builds("did:key:z6Mk{}".format, st.text("abcDEF123", min_size=1, max_size=9))
    | st.sampled_from(["HTTPS://Host.example/%7e/../a", "mailto:a@b.example", "https://é.example/", "tag:x,2026:y"])
    | st.sampled_from(["https://a.example:x/", "http://[::1", "https://a b", "ext:thing", "plain", "cred:x", ""])
)


def document_with(texts: list[str], names: list[str]) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    subject, achievement = document["credentialSubject"], document["credentialSubject"]["achievement"]
    document["description"], achievement["name"], document["evidence"][0]["narrative"] = texts[:3]
    achievement["tag"] = texts[3:]
    document["id"], subject["id"], document["evidence"][0]["id"], document["issuer"]["id"] = names
    return document


def outcome(canonical: Any, document: dict[str, Any]) -> str:
    try:
        return str(canonical(document))
    except BadgeToolError as error:
        return error.code


@given(
    st.lists(st.tuples(st.lists(TEXTS, min_size=5, max_size=5), st.lists(NAMES, min_size=4, max_size=4)), max_size=4)
)
@settings(max_examples=60)
def test_the_template_says_what_the_plain_path_says(cases: list[tuple[list[str], list[str]]]) -> None:
    fast = Canonicalizer(check_every=10**9)
    fast.canonical_nquads(DOCUMENT | {"evidence": [{**DOCUMENT["evidence"][0], "id": "urn:uuid:0"}]})
    for texts, names in cases:
        document = document_with(texts, names)
        assert outcome(fast.canonical_nquads, document) == outcome(canonical_nquads, document)


def pyld_nquads(document: dict[str, Any]) -> str:
    def load(url: str, _options: Any) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": context_document(url)}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
    return str(jsonld.normalize(document, options))


@given(
    st.lists(TEXTS.filter(lambda text: text.isprintable() or text in '"\\\n\r'), min_size=5, max_size=5),
    st.sampled_from(["https://host.example/a", "urn:uuid:6f1c2c1e-0000-4000-8000-000000000001"]),
)
@settings(max_examples=10)
def test_pyld_agrees(texts: list[str], name: str) -> None:
    document = document_with(texts, [name, f"{name}/s", f"{name}/e", f"{name}/i"])
    assert canonical_nquads(document) == pyld_nquads(document)


@pytest.mark.parametrize("number", [3, 3.0, 3.5, 1e21, 0.1, -0.0, 12345678901234567890])
def test_numbers_agree_with_pyld(number: float) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["credentialSubject"]["creditsEarned"] = number
    fast = Canonicalizer()
    assert {canonical_nquads(document), fast.canonical_nquads(document)} == {fast.canonical_nquads(document)}
    if abs(number) < 1e18:  # PyLD writes larger whole numbers in another way than the specification
        assert canonical_nquads(document) == pyld_nquads(document)


@pytest.mark.parametrize("language", ["en", "zh-hant-tw"])
def test_texts_in_a_language_agree_with_pyld(language: str) -> None:
    said = [{"@value": "Umlaufbahnen", "@language": "de"}, {"@value": 'Orbits "1"', "@language": language}]
    document = DOCUMENT | {"name": said}
    require_harmless(document)
    assert canonical_nquads(document) == pyld_nquads(document)
    assert f"@{language} ." in canonical_nquads(document)


def test_a_part_of_a_record_agrees_with_pyld() -> None:
    """Both types of it have terms of their own."""
    profile = IssuerProfile("did:web:badges.example:issuers:astronomy", "Astronomy")
    badge = json.dumps(DOCUMENT)
    claim = RecordClaim("urn:uuid:1", profile, "urn:uuid:2", "Record", NOW, (badge,), partial=True)
    record = build_record(claim)
    assert canonical_nquads(record) == pyld_nquads(record)
    assert "clr/vocab.html#partial" in canonical_nquads(record)


@pytest.mark.parametrize(
    "more", [{"@direction": "rtl"}, {"@language": "en-US"}, {"@language": 1}, {"@type": "x"}, {"url": "urn:x"}]
)
def test_what_readers_would_take_differently_of_a_text_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(BadgeToolError) as caught:
        require_harmless(DOCUMENT | {"name": {"@value": "Orbits", "@language": "en"} | more})
    assert caught.value.code == "credential.not_compact"


def test_the_order_of_members_does_not_matter() -> None:
    backwards = dict(reversed(DOCUMENT.items()))
    assert Canonicalizer().canonical_nquads(backwards) == canonical_nquads(DOCUMENT)


def test_a_known_shape_uses_its_template(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = Canonicalizer()
    fast.canonical_nquads(DOCUMENT)

    def plain(document: dict[str, Any]) -> str:
        raise AssertionError("the plain path was taken")

    monkeypatch.setattr("lti_tool.credentials.linked_data.canonicalizer.canonical_nquads", plain)
    assert "Mercury" in fast.canonical_nquads({**DOCUMENT, "name": "Mercury"})
    with pytest.raises(AssertionError, match="plain path"):
        fast.canonical_nquads({**DOCUMENT, "awardedDate": True})


def test_a_template_that_goes_wrong_stops_signing(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = Canonicalizer(check_every=2)
    fast.canonical_nquads(DOCUMENT)
    monkeypatch.setattr(Template, "fill", lambda self, slots: "wrong")
    fast.canonical_nquads(DOCUMENT)
    with pytest.raises(BadgeToolError, match="template_mismatch"):
        fast.canonical_nquads(DOCUMENT)


def test_a_template_that_differs_at_first_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Template, "fill", lambda self, slots: "wrong")
    fast = Canonicalizer()
    assert {fast.canonical_nquads(DOCUMENT) for _ in range(3)} == {canonical_nquads(DOCUMENT)}


def result_tree(parents: int, children: int) -> dict[str, Any]:
    """Blank nodes that look alike: what a poison graph is made of when blank nodes cannot be named."""
    alignments = [{"type": ["Alignment"], "targetName": "x"} for _ in range(children)]
    results = [{"type": ["Result"], "alignment": copy.deepcopy(alignments)} for _ in range(parents)]
    return {**DOCUMENT, "credentialSubject": {"id": "urn:uuid:0", "type": ["AchievementSubject"], "result": results}}


@pytest.mark.parametrize(("parents", "children"), [(2, 4), (1, 10), (3, 2), (5, 1), (300, 0)])
def test_what_is_let_through_is_cheap(parents: int, children: int) -> None:
    document = result_tree(parents, children)
    require_harmless(document)
    started = time.process_time()
    canonical_nquads(document)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(("parents", "children"), [(2, 8), (8, 8), (2, 5), (1, 12), (11, 1)])
def test_lookalikes_are_refused_before_canonicalisation(parents: int, children: int) -> None:
    with pytest.raises(BadgeToolError, match="too_complex"):
        require_harmless(result_tree(parents, children))


def test_lookalikes_cannot_hide_behind_another_spelling() -> None:
    document = result_tree(2, 6)
    for number, result in enumerate(document["credentialSubject"]["result"]):
        for place, alignment in enumerate(result["alignment"]):
            alignment["type"] = ["Alignment"] * (1 + place)
            alignment["targetName"] = ["x"] * (1 + place + number)
    with pytest.raises(BadgeToolError, match="too_complex"):
        require_harmless(document)


def test_depth_is_bounded() -> None:
    node: dict[str, Any] = {"id": "urn:x", "type": ["Profile"]}
    for level in range(40):
        node = {"id": f"urn:x:{level}", "type": ["Profile"], "parentOrg": node}
    with pytest.raises(BadgeToolError, match="too_complex"):
        require_harmless({**DOCUMENT, "issuer": node})
