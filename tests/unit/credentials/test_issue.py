"""Building, checking and signing: what comes out, and what is refused before anything is signed."""

from __future__ import annotations

import copy
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
import pytest

from lti_tool.credentials.data_integrity import embedded_proof, signature_holds
from lti_tool.credentials.json_text import dump, parse_object
from lti_tool.credentials.open_badges_3 import require_issuable
from lti_tool.credentials.verification import verify
from lti_tool.domain.credential import ImageRef, Recipient, ResultValue
from lti_tool.domain.errors import BadgeToolError
from tests.factories.credentials import NOW, Issuer, full_claim


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def unsigned(issuer: Issuer) -> dict[str, Any]:
    return issuer.writer.unsigned(full_claim(issuer.did))


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every scalar in a document, without its contexts."""
    if isinstance(node, dict):
        for term, item in node.items():
            if term != "@context":
                yield from paths(item, (*path, term))
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from paths(item, (*path, number))
    else:
        yield path


def changed(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """A copy in which the scalar at `path` is another one of its kind."""
    other = copy.deepcopy(document)
    node = other
    for step in path[:-1]:
        node = node[step]
    value = node[path[-1]]
    node[path[-1]] = (not value) if isinstance(value, bool) else value + "x"
    return other


def test_every_member_is_covered_by_the_signature(issuer: Issuer, unsigned: dict[str, Any]) -> None:
    signed = issuer.writer.sign_embedded(unsigned, NOW)
    key = issuer.private.public_key()
    assert signature_holds(signed, embedded_proof(signed), key)
    every = [path for path in paths(signed) if path[0] != "proof"]
    assert len(every) > 55
    for path in every:
        if "type" in path[-2:]:  # a changed type is no longer a defined one
            with pytest.raises(BadgeToolError, match="term_undefined"):
                signature_holds(changed(signed, path), embedded_proof(signed), key)
        else:
            assert not signature_holds(changed(signed, path), embedded_proof(signed), key), path


@pytest.mark.parametrize("member", ["created", "verificationMethod"])
def test_the_proof_covers_its_own_options(issuer: Issuer, unsigned: dict[str, Any], member: str) -> None:
    signed = issuer.writer.sign_embedded(unsigned, NOW)
    proof = embedded_proof(signed)
    assert not signature_holds(signed, {**proof, member: proof[member] + "0"}, issuer.private.public_key())


def test_a_removed_member_breaks_the_signature(issuer: Issuer, unsigned: dict[str, Any]) -> None:
    signed = issuer.writer.sign_embedded(unsigned, NOW)
    # Without a type the terms that it brings are undefined, which is refused before any key is used.
    for term in signed.keys() - {"@context", "proof", "type"}:
        shortened = {key: value for key, value in signed.items() if key != term}
        assert not signature_holds(shortened, embedded_proof(signed), issuer.private.public_key()), term


@pytest.mark.parametrize(("suite", "algorithm"), [("eddsa-rdfc-2022", "RS256"), ("ecdsa-rdfc-2019", "ES256")])
def test_signing_again_gives_the_same_bytes(suite: str, algorithm: str) -> None:
    issuer = Issuer.choosing(suite, algorithm)
    first = issuer.writer.sign(issuer.writer.unsigned(full_claim(issuer.did)), NOW)
    # As it comes back from the database, on a writer that has not seen the shape.
    stored = parse_object(dump(issuer.writer.unsigned(full_claim(issuer.did))))
    again = issuer.writer.sign(stored, NOW)
    assert (first.json, first.jwt) == (again.json, again.jwt)
    assert first.json == dump(first.document)
    assert first.document["proof"][0]["cryptosuite"] == suite
    assert jwt.get_unverified_header(first.jwt)["alg"] == algorithm
    for form in (first.json, first.jwt):
        report = verify(form, issuer.resolver(), now=NOW)
        assert report.valid, report.checks


def test_the_jwt_is_as_the_open_badges_profile_has_it(issuer: Issuer, unsigned: dict[str, Any]) -> None:
    token = issuer.writer.sign(unsigned, NOW).jwt
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT", "kid": issuer.jwt[1]}
    key = issuer.jwt_private.public_key()
    payload = jwt.decode(token, key, algorithms=["RS256"], options={"verify_nbf": False, "verify_exp": False})
    claims = {name: payload.pop(name) for name in ("iss", "jti", "sub", "nbf", "exp")}
    assert payload == unsigned
    assert claims == {
        "iss": issuer.did,
        "jti": unsigned["id"],
        "sub": unsigned["credentialSubject"]["id"],
        "nbf": int(NOW.timestamp()),
        "exp": 2082758400,
    }


def test_times_are_whole_utc_seconds(issuer: Issuer) -> None:
    elsewhere = datetime(2026, 3, 2, 11, 30, 5, 999999, tzinfo=timezone(timedelta(hours=2)))
    document = issuer.writer.unsigned(full_claim(issuer.did, valid_from=elsewhere))
    assert document["validFrom"] == "2026-03-02T09:30:05Z"
    with pytest.raises(BadgeToolError, match="time_without_zone"):
        issuer.writer.unsigned(full_claim(issuer.did, valid_from=elsewhere.replace(tzinfo=None)))


def test_nothing_empty_is_written(issuer: Issuer) -> None:
    claim = full_claim(issuer.did, evidence=(), results=(), valid_until=None, recipient=Recipient("urn:uuid:1-2"))
    plain = replace(claim.achievement, tags=(), alignments=(), result_scales=(), image=None, version="")
    document = issuer.writer.unsigned(replace(claim, achievement=plain))
    text = dump(document)
    assert "null" not in text
    assert "[]" not in text
    assert '""' not in text
    assert not {"evidence", "validUntil"} & document.keys()


def test_no_socket_is_opened(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **options: Any) -> Any:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    writer = issuer.writer
    writer.sign(writer.unsigned(full_claim(issuer.did)), NOW)
    issuer.status_list(3)


def _without(document: dict[str, Any], *path: str) -> None:
    node = document
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.update(naem="Orbits"), "credential.term_undefined"),
        (lambda d: d["credentialSubject"]["achievement"].update(criteriaText="x"), "credential.term_undefined"),
        (lambda d: d["evidence"][0].update(narative="x"), "credential.term_undefined"),
        (lambda d: d["type"].append("OpenBadgesCredential"), "credential.term_undefined"),
        (lambda d: d["@context"].pop(), "credential.term_undefined"),
        (lambda d: d["@context"].append("https://w3id.example/more"), "credential.context_unknown"),
        (lambda d: d["issuer"].update({"@context": {"name": "urn:x"}}), "credential.context_unknown"),
        (lambda d: d["evidence"][0].update(id="evidence one"), "credential.iri_invalid"),
        (lambda d: d["evidence"][0].update(id="evidence/1"), "credential.iri_invalid"),
        (lambda d: d.update(id="_:b0"), "credential.not_compact"),
        (lambda d: d.update({"https://schema.org/name": "x"}), "credential.not_compact"),
        (lambda d: d.update({"@included": [{"id": "urn:x"}]}), "credential.not_compact"),
        (lambda d: d.update(description="bell \x07"), "credential.not_compact"),
        (lambda d: d.update(description=None), "credential.not_compact"),
        (lambda d: d["credentialSubject"]["achievement"].update(tag=[["a"]]), "credential.not_compact"),
        (lambda d: d.update(evidence=[{"type": ["Evidence"]}] * 400), "credential.too_complex"),
        (lambda d: d.update(validFrom="2026-03-02T09:30:00"), "credential.schema"),
        (lambda d: d["issuer"].update(image="https://x.example/i.png"), "credential.schema"),
        (lambda d: d.update(credentialStatus=[d["credentialStatus"]]), "credential.schema"),
        (lambda d: _without(d, "credentialStatus", "id"), "credential.schema"),
        (lambda d: d["credentialSubject"]["identifier"][0].update(identityType="email"), "credential.schema"),
        (lambda d: d["credentialSubject"]["achievement"].update(achievementType="Course!"), "credential.schema"),
        (lambda d: d["@context"].reverse(), "credential.schema"),
        (lambda d: d["credentialSubject"].update(identifier=[]), "credential.incomplete"),
        (lambda d: d["credentialSubject"]["achievement"].update(criteria={}), "credential.incomplete"),
        (lambda d: d["credentialSubject"]["identifier"][1].update(identityHash="abc"), "credential.incomplete"),
        (lambda d: _without(d, "credentialSubject", "id"), "credential.incomplete"),
        (lambda d: d.update(validFrom="2026-03-02T11:30:00+02:00"), "credential.incomplete"),
        (lambda d: d.update(validUntil="2026-03-01T00:00:00Z"), "credential.incomplete"),
        (lambda d: d.update(jti="urn:uuid:1"), "credential.incomplete"),
    ],
)
def test_a_credential_that_a_verifier_could_refuse_is_not_signed(
    issuer: Issuer, unsigned: dict[str, Any], change: Any, code: str
) -> None:
    change(unsigned)
    with pytest.raises(BadgeToolError) as refusal:
        issuer.writer.sign(unsigned, NOW)
    assert refusal.value.code == code


def test_a_result_needs_a_scale_that_exists(issuer: Issuer) -> None:
    with pytest.raises(BadgeToolError, match="incomplete"):
        issuer.writer.unsigned(full_claim(issuer.did, results=(ResultValue("91", "urn:uuid:none"),)))


def test_another_issuers_badge_is_not_signed(issuer: Issuer) -> None:
    with pytest.raises(BadgeToolError, match="foreign_issuer"):
        issuer.writer.sign(issuer.writer.unsigned(full_claim("did:web:other.example")), NOW)


def test_a_data_uri_image_is_signed_like_any_other(issuer: Issuer) -> None:
    image = ImageRef("data:image/png;base64,iVBORw0KGgo=", "dot")
    claim = full_claim(issuer.did)
    document = issuer.writer.unsigned(replace(claim, achievement=replace(claim.achievement, image=image)))
    signed = issuer.writer.sign_embedded(document, NOW)
    assert signature_holds(signed, embedded_proof(signed), issuer.private.public_key())
    require_issuable(document)
