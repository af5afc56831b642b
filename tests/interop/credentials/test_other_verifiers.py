"""What we issue, checked by programs that nobody here wrote: each accepts the badge and refuses it once altered."""

from __future__ import annotations

import copy
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib import baking
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError
from PIL import Image

from lti_tool.credentials.contexts import (
    CLR_2_0_1,
    DID_V1,
    MULTIKEY_V1,
    OPEN_BADGES_3_0_3,
    OPEN_BADGES_EXTENSIONS,
    context_document,
)
from lti_tool.credentials.did_web import key_document
from lti_tool.credentials.keys_text import b64url, b64url_decode
from lti_tool.credentials.verification import verify
from lti_tool.domain.attestation import RecordClaim
from lti_tool.domain.credential import IssuerProfile, SignedBadge
from tests.factories.credentials import LIST_URL, DidKey, Issuer, endorsement, full_claim
from tests.peers_support import ask_node

INDEX = 94567
# These readers look at the clock themselves.
TODAY = datetime.now(UTC)


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module")
def badge(issuer: Issuer) -> SignedBadge:
    claim = full_claim(
        issuer.did,
        valid_from=TODAY - timedelta(hours=1),
        awarded_date=TODAY - timedelta(days=1),
        valid_until=TODAY + timedelta(days=365),
    )
    return issuer.writer.sign(issuer.writer.unsigned(claim), TODAY)


def renamed(document: dict[str, Any]) -> dict[str, Any]:
    other = copy.deepcopy(document)
    other["credentialSubject"]["achievement"]["name"] = "Rockets"
    return other


@pytest.mark.peer("node")
class TestDigitalBazaar:
    """npm @digitalbazaar/vc with eddsa-rdfc-2022-cryptosuite and vc-bitstring-status-list."""

    def ask(self, issuer: Issuer, credential: dict[str, Any], status_list: dict[str, Any]) -> Any:
        contexts = (OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS, DID_V1, MULTIKEY_V1)
        documents = {url: context_document(url) for url in contexts}
        documents |= {issuer.did: issuer.did_json(), LIST_URL: status_list}
        return ask_node("verify_credential.mjs", {"credential": credential, "documents": documents})

    def test_accepts_the_badge_and_finds_it_not_revoked(self, issuer: Issuer, badge: SignedBadge) -> None:
        answer = self.ask(issuer, json.loads(badge.json), issuer.status_list(7, at=TODAY))
        assert answer["errors"] == []
        assert answer["verified"]
        assert answer["statusErrors"] == []
        assert answer["statusVerified"]
        assert answer["status"] == [{"index": str(INDEX), "purpose": "revocation", "set": False}]

    def test_sees_that_it_was_revoked(self, issuer: Issuer, badge: SignedBadge) -> None:
        answer = self.ask(issuer, badge.document, issuer.status_list(INDEX, at=TODAY))
        assert answer["status"] == [{"index": str(INDEX), "purpose": "revocation", "set": True}]

    def test_refuses_an_altered_badge(self, issuer: Issuer, badge: SignedBadge) -> None:
        answer = self.ask(issuer, renamed(badge.document), issuer.status_list(at=TODAY))
        assert not answer["verified"]
        assert any("signature" in message.lower() for message in answer["errors"])

    def test_refuses_an_altered_status_list(self, issuer: Issuer, badge: SignedBadge) -> None:
        altered, honest = issuer.status_list(at=TODAY), issuer.status_list(INDEX, at=TODAY)
        altered["credentialSubject"] = honest["credentialSubject"]
        answer = self.ask(issuer, badge.document, altered)
        assert not answer["statusVerified"]
        assert answer["statusErrors"]

    @pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019"])
    def test_accepts_an_endorsed_badge_and_refuses_it_altered(self, issuer: Issuer, suite: str) -> None:
        endorser, key = DidKey.make("eddsa-rdfc-2022"), DidKey.make(suite)
        unsigned = issuer.writer.unsigned(full_claim(issuer.did, valid_from=TODAY - timedelta(hours=1)))
        del unsigned["credentialStatus"]
        unsigned["issuer"] |= {"id": key.did}
        achievement = unsigned["credentialSubject"]["achievement"]
        achievement["endorsement"] = [endorser.sign(endorsement(achievement["id"], endorser.did))]
        signed = key.sign(unsigned)
        documents = {url: context_document(url) for url in (OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS, MULTIKEY_V1)}
        documents |= key.documents() | endorser.documents()
        for credential, holds in ((signed, True), (renamed(signed), False), (achievement["endorsement"][0], True)):
            answer = ask_node("verify_credential.mjs", {"credential": credential, "documents": documents})
            assert answer["verified"] is holds, answer["errors"]
        inner = copy.deepcopy(signed)
        inner["credentialSubject"]["achievement"]["endorsement"][0]["credentialSubject"]["endorsementComment"] = "No."
        assert not ask_node("verify_credential.mjs", {"credential": inner, "documents": documents})["verified"]

    def test_refuses_another_issuers_key(self, issuer: Issuer, badge: SignedBadge) -> None:
        impostor = Issuer()
        answer = self.ask(impostor, badge.document, impostor.status_list(at=TODAY))
        assert not answer["verified"]


@pytest.mark.peer("node")
class TestJose:
    """npm jose."""

    def ask(self, issuer: Issuer, token: str) -> Any:
        jwk = key_document(issuer.did, issuer.jwt_private.public_key(), issuer.jwt[1])
        return ask_node("verify_jwt.mjs", {"token": token, "jwk": jwk})

    def test_accepts_the_jwt(self, issuer: Issuer, badge: SignedBadge) -> None:
        answer = self.ask(issuer, badge.jwt)
        assert answer["verified"]
        assert answer["header"] == {"alg": "RS256", "typ": "JWT", "kid": issuer.jwt[1]}
        assert answer["payload"]["credentialSubject"] == badge.document["credentialSubject"]

    def test_refuses_an_altered_jwt(self, issuer: Issuer, badge: SignedBadge) -> None:
        head, payload, signature = badge.jwt.split(".")
        place = len(payload) // 2
        altered = payload[:place] + ("A" if payload[place] != "A" else "B") + payload[place + 1 :]
        answer = self.ask(issuer, f"{head}.{altered}.{signature}")
        assert answer == {"verified": False, "error": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"}


class TestOpenBadgesLib:
    """PyPI openbadgeslib, which canonicalises with PyLD."""

    def verifier(self, issuer: Issuer) -> OB3LdpVerifier:
        key = issuer.private.public_key()
        return OB3LdpVerifier(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), issuer_did=issuer.did)

    def test_accepts_the_badge(self, issuer: Issuer, badge: SignedBadge) -> None:
        assert self.verifier(issuer).verify(badge.json).issuer.id == issuer.did

    def test_refuses_an_altered_badge(self, issuer: Issuer, badge: SignedBadge) -> None:
        with pytest.raises(OB3VerificationError, match="signature"):
            self.verifier(issuer).verify(renamed(badge.document))

    def test_accepts_what_is_baked_into_an_image(self, issuer: Issuer, badge: SignedBadge) -> None:
        output = io.BytesIO()
        Image.new("RGBA", (8, 8), (10, 20, 30, 128)).save(output, "PNG")
        baked = issuer.writer.bake(output.getvalue(), badge.document)
        text = baking.extract_png(baked, keyword=baking.ITXT_KEYWORD_OB3)
        assert text is not None
        assert self.verifier(issuer).verify(text).issuer.id == issuer.did
        with pytest.raises(OB3VerificationError, match="signature"):
            self.verifier(issuer).verify(text.replace("Orbits", "Rockets"))


@pytest.mark.peer("node")
def test_sd_jwt_core_accepts_the_twin_shows_a_part_of_it_and_refuses_it_altered(issuer: Issuer) -> None:
    """npm @sd-jwt/core, as a verifier and as the wallet that keeps the name back."""
    claim = full_claim(issuer.did, valid_from=TODAY - timedelta(hours=1))
    unsigned = issuer.writer.unsigned(claim)
    token, jwk = issuer.sd_jwt(unsigned), issuer.key_documents()[issuer.sd_jwt_kid]
    signed, first, *others = token.split("~")
    salt, value = json.loads(b64url_decode(first))
    altered = "~".join([signed, b64url(json.dumps([salt, {**value, "identityHash": "Somebody"}]).encode()), *others])
    payload = signed.split(".")[1]
    forged = json.dumps({**json.loads(b64url_decode(payload)), "name": "Rockets"}).encode()
    renamed_token = token.replace(payload, b64url(forged))
    stranger = Issuer().key_documents()
    foreign = next(key for key in stranger.values() if key["kty"] == "EC")
    questions = [
        {"token": token, "jwk": jwk},
        {"token": token, "jwk": jwk, "show": {"evidence": True}},
        {"token": altered, "jwk": jwk},
        {"token": renamed_token, "jwk": jwk},
        {"token": token, "jwk": foreign},
    ]
    answers = ask_node("read_many.mjs", [{"reader": "sd-jwt", **question} for question in questions])
    # Of a changed disclosure it takes nothing: what is left is signed, and does not say what was made up.
    assert "Somebody" not in json.dumps(answers[2].get("payload"))
    assert [answer["verified"] for answer in answers] == [True, True, True, False, False], answers
    whole, part = (answer["payload"] for answer in answers[:2])
    assert whole["credentialSubject"] == {
        member: value for member, value in unsigned["credentialSubject"].items() if member != "id"
    }
    assert whole["sub"] == unsigned["credentialSubject"]["id"]
    assert part["evidence"] == unsigned["evidence"]
    assert "sub" not in part
    assert "Zoë" not in json.dumps(part, ensure_ascii=False)
    assert verify(answers[1]["presented"], issuer.resolver(), now=TODAY).failed is False


@pytest.mark.peer("node")
def test_digital_bazaar_accepts_a_record_of_badges_and_refuses_it_altered(issuer: Issuer, badge: SignedBadge) -> None:
    """CLR 2.0: the record, and the badge that stands in it."""
    other = issuer.writer.unsigned(
        full_claim(issuer.did, credential_id="urn:uuid:1b8f0a52-5ac9-4a93-9d0c-2f4b41b61c01", valid_from=TODAY)
    )
    badges = (badge.json, issuer.writer.sign(other, TODAY).json)
    holder = str(other["credentialSubject"]["id"])
    profile = IssuerProfile(issuer.did, "Astronomy at Example")
    claim = RecordClaim("urn:uuid:2b8f0a52-5ac9-4a93-9d0c-2f4b41b61c01", profile, holder, "Record", TODAY, badges)
    record = issuer.writer.record(claim)
    large = issuer.writer.record(replace(claim, badges=_many(issuer, 50), partial=True))
    altered = copy.deepcopy(record)
    altered["credentialSubject"]["verifiableCredential"][1]["name"] = "Rockets"
    contexts = (CLR_2_0_1, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS, DID_V1, MULTIKEY_V1)
    documents = {url: context_document(url) for url in contexts}
    documents |= {issuer.did: issuer.did_json(), LIST_URL: issuer.status_list(at=TODAY)}
    inside = record["credentialSubject"]["verifiableCredential"][1]
    questions = [
        {"reader": "credential", "credential": one, "documents": documents} for one in (record, inside, large, altered)
    ]
    answers = ask_node("read_many.mjs", questions)
    assert [answer["verified"] for answer in answers] == [True, True, True, False], answers


def _many(issuer: Issuer, number: int) -> tuple[str, ...]:
    claims = (
        full_claim(issuer.did, credential_id=f"urn:uuid:1b8f0a52-5ac9-4a93-9d0c-2f4b41b6{one:04}", valid_from=TODAY)
        for one in range(number)
    )
    return tuple(issuer.writer.sign(issuer.writer.unsigned(claim), TODAY).json for claim in claims)
