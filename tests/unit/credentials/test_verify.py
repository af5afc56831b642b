"""The six answers about a badge: good, altered, forged, withdrawn, out of date, unreadable, unreachable."""

from __future__ import annotations

import copy
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import base58
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lti_tool.credentials.baking import bake_png
from lti_tool.credentials.data_integrity import DataIntegritySigner
from lti_tool.credentials.data_integrity.hashing import hash_data
from lti_tool.credentials.keys_text import b64url, to_jwk, to_multibase
from lti_tool.credentials.linked_data.plain import canonical_nquads
from lti_tool.credentials.verification import verify
from lti_tool.domain.credential import CheckName, CheckOutcome, SignedBadge, VerificationReport
from tests.factories.credentials import LIST_URL, NOW, DidKey, Issuer, LocalResolver, full_claim, rsa_key

ISSUER = Issuer()
SIGNED: SignedBadge = ISSUER.writer.sign(ISSUER.writer.unsigned(full_claim(ISSUER.did)), NOW)


def png() -> bytes:
    output = io.BytesIO()
    Image.new("L", (2, 2)).save(output, "PNG")
    return output.getvalue()


def check(data: str | bytes, resolver: LocalResolver | None = None, **moved: float) -> VerificationReport:
    return verify(data, resolver or ISSUER.resolver(), now=NOW + timedelta(**moved))


def codes(report: VerificationReport) -> dict[str, str]:
    """The code of every check that did not pass."""
    return {str(c.name): c.code for c in report.checks if c.outcome is not CheckOutcome.PASSED}


FORMS: dict[str, str | bytes] = {
    "json": SIGNED.json,
    "jwt": SIGNED.jwt,
    "png+json": ISSUER.writer.bake(png(), SIGNED.document),
    "png+jwt": bake_png(png(), SIGNED.jwt),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_good_badge_in_every_form(form: str) -> None:
    report = check(FORMS[form])
    assert report.valid, codes(report)
    assert report.form == form
    assert [result.name for result in report.checks] == list(CheckName)
    assert all(result.sentence.endswith(".") for result in report.checks)
    facts = report.facts
    assert facts is not None
    assert (facts.issuer_id, facts.issuer_name) == (ISSUER.did, "Astronomy at Example")
    assert (facts.achievement_name, facts.recipient_name) == ("Orbits", 'Zoë "Z" {Bright}')
    assert facts.awarded_date == "2026-03-01T09:30:00Z"
    assert facts.criteria_url == "https://badges.example/achievements/orbits#criteria"
    assert [item.name for item in facts.evidence] == ["Quiz 'Orbits'"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("trouble", ["revoked", "expired", "not yet", "unreachable", "list unreachable"])
def test_trouble_in_every_form(form: str, trouble: str) -> None:
    resolver = ISSUER.resolver(*([94567] if trouble == "revoked" else []))
    if trouble == "unreachable":
        resolver = LocalResolver()
    if trouble == "list unreachable":
        resolver.lists.clear()
    report = check(FORMS[form], resolver, days={"expired": 4000, "not yet": -2}.get(trouble, 0))
    assert not report.valid
    found = codes(report)
    if trouble == "revoked":
        assert found == {"status": "status.revoked"}
    elif trouble == "expired":  # the list has lapsed as well, so it says nothing
        assert found == {"status": "status.list_lapsed", "dates": "dates.expired"}
    elif trouble == "not yet":
        assert found == {"status": "status.list_lapsed", "dates": "dates.not_yet"}
    elif trouble == "list unreachable":
        assert found == {"status": "resolver.unreachable"}
    else:
        assert not report.failed
        assert found["issuer_key"] in ("resolver.unreachable", "issuer_key.not_reached")


def altered(**members: Any) -> str:
    return json.dumps({**copy.deepcopy(SIGNED.document), **members})


def test_an_altered_badge_fails_and_its_status_is_not_asked_for() -> None:
    resolver = ISSUER.resolver()
    report = check(altered(name="Rockets"), resolver)
    assert codes(report) == {
        "signature": "signature.invalid",
        "issuer_key": "issuer_key.not_reached",
        "status": "status.not_reached",
    }
    assert report.failed
    assert resolver.asked == []


def test_an_undefined_member_fails() -> None:
    assert codes(check(altered(honours="first class")))["signature"] == "credential.term_undefined"


def test_an_altered_jwt_fails() -> None:
    head, _, signature = SIGNED.jwt.split(".")
    other = ISSUER.writer.sign(ISSUER.writer.unsigned(full_claim(ISSUER.did, evidence=())), NOW).jwt
    report = check(f"{head}.{other.split('.')[1]}.{signature}")
    assert codes(report)["signature"] == "signature.invalid"


def test_claims_that_contradict_the_credential_are_refused() -> None:
    key, kid = ISSUER.jwt
    payload = jwt.decode(SIGNED.jwt, options={"verify_signature": False})
    for change in ({"sub": "did:key:zOther"}, {"iss": "did:web:other"}, {"nbf": 1}, {"exp": 9999999999}):
        token = jwt.encode({**payload, **change}, key, "RS256", headers={"kid": kid})
        assert codes(check(token))["readable"] == "credential.jwt_claims"


@pytest.mark.parametrize(
    ("algorithm", "headers"),
    [
        ("HS256", {"kid": "https://badges.example/k.json"}),
        ("RS256", {}),
        ("RS256", {"kid": "https://badges.example/k.json", "jku": "https://evil.example"}),
        ("RS256", {"kid": "https://badges.example/k.json", "jwk": {}}),
        ("RS512", {"kid": "https://badges.example/k.json"}),
    ],
)
def test_only_the_profiles_headers_are_taken(algorithm: str, headers: dict[str, Any]) -> None:
    key: Any = "s" * 64 if algorithm == "HS256" else rsa_key()
    resolver = ISSUER.resolver()
    report = check(jwt.encode({"id": "urn:x"}, key, algorithm, headers=headers), resolver)
    assert codes(report)["readable"] == "credential.jwt_header"
    assert resolver.asked == []


def test_an_unsigned_jwt_is_no_badge() -> None:
    token = jwt.encode({"id": "urn:x"}, None, "none", headers={"kid": "https://badges.example/k.json"})
    assert codes(check(token))["readable"] == "credential.unreadable"
    assert codes(check(token + "AAAA"))["readable"] == "credential.jwt_header"


def test_an_embedded_jwk_proves_nothing_about_the_issuer() -> None:
    payload = jwt.decode(SIGNED.jwt, options={"verify_signature": False})
    stranger = rsa_key(1)
    token = jwt.encode(payload, stranger, "RS256", headers={"jwk": to_jwk(stranger.public_key())})
    report = check(token)
    assert report.check(CheckName.SIGNATURE).outcome is CheckOutcome.PASSED
    assert codes(report)["issuer_key"] == "issuer_key.foreign"
    assert report.failed


def test_a_stranger_cannot_sign_in_the_issuers_name() -> None:
    stranger = Ed25519PrivateKey.generate()
    fragment = to_multibase(stranger.public_key())
    unsigned = ISSUER.writer.unsigned(full_claim(ISSUER.did))
    for method in (f"did:key:{fragment}#{fragment}", f"{ISSUER.did}#{fragment}", f"did:web:evil.example#{fragment}"):
        forged = DataIntegritySigner().sign(unsigned, created=NOW, verification_method=method, private_key=stranger)
        resolver = ISSUER.resolver()
        report = check(json.dumps(forged), resolver)
        assert codes(report) == {"issuer_key": "issuer_key.foreign", "status": "status.not_reached"}, method
        assert "did:web:evil.example" not in resolver.asked


def test_a_retired_key_still_counts_and_a_withdrawn_one_does_not() -> None:
    resolver = ISSUER.resolver()
    document = resolver.dids[ISSUER.did]
    withdrawn = {**document, "assertionMethod": document["assertionMethod"][1:]}
    report = check(SIGNED.json, replace(resolver, dids={ISSUER.did: withdrawn}))
    assert codes(report)["issuer_key"] == "issuer_key.foreign"


def test_a_did_document_of_somebody_else_does_not_count() -> None:
    resolver = ISSUER.resolver()
    other = {**resolver.dids[ISSUER.did], "id": "did:web:other.example"}
    report = check(SIGNED.json, replace(resolver, dids={ISSUER.did: other}))
    assert codes(report)["issuer_key"] == "issuer_key.foreign"


def test_a_did_key_issuer_needs_nothing_fetched() -> None:
    private = Ed25519PrivateKey.generate()
    fragment = to_multibase(private.public_key())
    unsigned = ISSUER.writer.unsigned(full_claim(f"did:key:{fragment}"))
    del unsigned["credentialStatus"]
    signed = DataIntegritySigner().sign(
        unsigned, created=NOW, verification_method=f"did:key:{fragment}#{fragment}", private_key=private
    )
    report = check(json.dumps(signed), LocalResolver())
    assert report.valid, codes(report)


HTTPS_ISSUER = "https://uni.example/profile"


def https_issuer(**profile: Any) -> tuple[str, LocalResolver]:
    """A badge of an issuer that is an https address, its key in a document of its own."""
    private = Ed25519PrivateKey.generate()
    name = "https://uni.example/keys/1"
    method = {
        "id": name,
        "type": "Multikey",
        "controller": HTTPS_ISSUER,
        "publicKeyMultibase": to_multibase(private.public_key()),
    }
    unsigned = ISSUER.writer.unsigned(full_claim(HTTPS_ISSUER))
    del unsigned["credentialStatus"]
    signed = DataIntegritySigner().sign(unsigned, created=NOW, verification_method=name, private_key=private)
    listed = {"id": HTTPS_ISSUER, "verificationMethod": [method], "assertionMethod": [name]}
    resolver = LocalResolver(keys={name: method, HTTPS_ISSUER: {**listed, **profile}})
    return json.dumps(signed), resolver


def test_an_https_issuer_vouches_for_its_key() -> None:
    badge, resolver = https_issuer()
    assert check(badge, resolver).valid
    badge, resolver = https_issuer(assertionMethod=[])
    assert codes(check(badge, resolver)) == {"issuer_key": "issuer_key.foreign", "status": "status.not_reached"}


def test_an_issuer_that_names_no_keys_leaves_the_question_open() -> None:
    badge, resolver = https_issuer()
    resolver.keys[HTTPS_ISSUER] = {"id": HTTPS_ISSUER, "type": ["Profile"], "name": "Uni"}
    report = check(badge, resolver)
    assert codes(report) == {"issuer_key": "issuer_key.not_published"}
    assert not report.valid
    assert not report.failed


def test_an_es256_jwt_of_a_did_jwk_issuer() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    did = "did:jwk:" + b64url(json.dumps(to_jwk(private.public_key())).encode())
    payload = jwt.decode(SIGNED.jwt, options={"verify_signature": False})
    payload["issuer"]["id"] = payload["iss"] = did
    del payload["credentialStatus"]
    token = jwt.encode(payload, private, "ES256", headers={"kid": f"{did}#0"})
    report = check(token, LocalResolver())
    assert report.valid, codes(report)


def signed_by(private: Any, unsecured: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    signature = private.sign(hash_data(unsecured, options, canonical_nquads))
    return options | {"proofValue": "z" + base58.b58encode(signature).decode()}


def chained(first: dict[str, Any], named: str = "urn:uuid:first") -> dict[str, Any]:
    """The badge with a second proof, the issuer's, which rests on the first."""
    unsecured = {term: value for term, value in SIGNED.document.items() if term != "proof"}
    private, method = ISSUER.proof
    options = {term: value for term, value in first.items() if term not in ("id", "proofValue")}
    options |= {"previousProof": named, "verificationMethod": method}
    return unsecured | {"proof": [first, signed_by(private, unsecured | {"proof": [first]}, options)]}


def test_a_proof_that_rests_on_another_holds_with_it_alone() -> None:
    """Somebody else signed first, as a registrar does."""
    unsecured = {term: value for term, value in SIGNED.document.items() if term != "proof"}
    registrar = DidKey.make("eddsa-rdfc-2022")
    options = {term: value for term, value in SIGNED.document["proof"][0].items() if term != "proofValue"}
    options |= {"id": "urn:uuid:first", "verificationMethod": registrar.method}
    first = signed_by(registrar.private, unsecured, options)
    good = chained(first)
    assert check(json.dumps(good)).valid, codes(check(json.dumps(good)))
    # Another one in its place, one that does not hold, and none.
    other = copy.deepcopy(good)
    other["proof"][0]["created"] = "2026-01-01T00:00:00Z"
    assert codes(check(json.dumps(other)))["signature"] == "signature.invalid"
    bad = first | {"proofValue": SIGNED.document["proof"][0]["proofValue"]}
    assert codes(check(json.dumps(chained(bad))))["signature"] == "signature.invalid"
    for without in (good | {"proof": good["proof"][1:]}, chained(first, "urn:uuid:another")):
        assert codes(check(json.dumps(without)))["signature"] == "credential.proof_missing"


@pytest.mark.parametrize("swap", ["other issuer", "other address", "altered", "unsigned", "not a list"])
def test_a_list_that_cannot_be_trusted_says_nothing(swap: str) -> None:
    resolver = ISSUER.resolver()
    good = resolver.lists[LIST_URL]
    resolver.lists[LIST_URL] = {
        "other issuer": Issuer(slug="physics").status_list(),
        "other address": {**good, "id": LIST_URL + "1"},
        "altered": {**good, "credentialSubject": {**good["credentialSubject"], "ttl": 1}},
        "unsigned": {term: value for term, value in good.items() if term != "proof"},
        "not a list": {"html": "<p>gone</p>"},
    }[swap]
    report = check(SIGNED.json, resolver)
    result = report.check(CheckName.STATUS)
    assert result.outcome is CheckOutcome.NOT_CHECKED
    assert result.code in ("status.list_foreign", "status.list_untrusted", "status.list_unreadable")
    assert not report.valid


@pytest.mark.parametrize(
    "status",
    [
        {"statusListIndex": 94567},
        {"statusListIndex": "-1"},
        {"statusListIndex": "131072"},
        {"statusPurpose": "message"},
        {"id": "https://badges.example/revoked", "type": "1EdTechRevocationList"},
    ],
)
def test_a_status_that_cannot_be_read_is_not_good(status: dict[str, Any]) -> None:
    unsigned = ISSUER.writer.unsigned(full_claim(ISSUER.did))
    unsigned["credentialStatus"] = status if "id" in status else {**unsigned["credentialStatus"], **status}
    private, method = ISSUER.proof
    signed = DataIntegritySigner().sign(unsigned, created=NOW, verification_method=method, private_key=private)
    assert check(json.dumps(signed)).check(CheckName.STATUS).outcome is CheckOutcome.NOT_CHECKED


@pytest.mark.parametrize(
    "data",
    [
        "",
        "hello",
        "{",
        "[]",
        '{"a":1,"a":2}',
        '{"a":NaN}',
        '{"a":1e999}',
        '{"a":"\\ud800"}',
        '{"a":' * 50_000,
        "[" * 200_000,
        '{"a":' + "9" * 5000 + "}",
        '{"a":"' + "x" * 2_000_000 + '"}',
        b"\xff\xfe\x00",
        b"\x89PNG\r\n\x1a\n",
        png(),
        "a.b.c",
        "e30.e30.e30",
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_fetched(data: str | bytes) -> None:
    resolver = ISSUER.resolver()
    report = check(data, resolver)
    assert report.check(CheckName.READABLE).outcome is CheckOutcome.FAILED
    assert report.facts is None
    assert resolver.asked == []


ODD = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([]) | st.just({}) | st.just([{}])


@given(st.data())
@settings(max_examples=150)
def test_no_odd_document_raises_or_passes(data: st.DataObject) -> None:
    document = copy.deepcopy(SIGNED.document)
    node: Any = document
    while True:
        step = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        if not isinstance(node[step], dict | list) or not node[step] or data.draw(st.booleans()):
            break
        node = node[step]
    before, odd = node[step], data.draw(ODD)
    node[step] = odd
    report = check(json.dumps(document))
    assert report.valid == (odd == before)
