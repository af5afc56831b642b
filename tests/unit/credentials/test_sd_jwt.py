"""The SD-JWT twin: every member of the badge, parts of which the holder can keep back, and none that she can add."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.credentials.keys_text import b64url
from lti_tool.credentials.sd_jwt import credential_of, parse_sd_jwt
from lti_tool.credentials.token_status_list import write_token_status_list
from lti_tool.credentials.verification import verify
from lti_tool.domain.credential import CheckName, CheckOutcome
from lti_tool.domain.errors import BadgeToolError
from tests.factories.credentials import LIST_URL, NOW, Issuer, full_claim

ISSUER = Issuer()
UNSIGNED = ISSUER.writer.unsigned(full_claim(ISSUER.did))
TWIN = ISSUER.sd_jwt(UNSIGNED)


def opened(part: str) -> Any:
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def without(*names: str) -> str:
    """The twin as its holder shows it when she keeps these back."""
    signed, *disclosures = TWIN.split("~")[:-1]
    kept = [one for one in disclosures if not (len(opened(one)) == 3 and opened(one)[1] in names)]
    return "~".join([signed, *kept, ""])


def test_with_everything_disclosed_it_is_the_stored_credential_and_verifies() -> None:
    assert credential_of(parse_sd_jwt(TWIN)) == UNSIGNED
    report = verify(TWIN, ISSUER.resolver(), now=NOW)
    assert report.valid, report.checks
    assert report.form == "sd-jwt"
    assert report.facts is not None
    assert report.facts.recipient_name == 'Zoë "Z" {Bright}'
    assert ISSUER.sd_jwt(UNSIGNED) == TWIN


def test_header_and_claims_are_those_of_sd_jwt_vc() -> None:
    header, payload = map(opened, TWIN.split("~")[0].split(".")[:2])
    assert header == {"alg": "ES256", "typ": "dc+sd-jwt", "kid": ISSUER.sd_jwt_kid}
    assert payload["iss"] == "https://badges.example/issuers/astronomy"
    assert payload["vct"] == "https://badges.example/credential-types/open-badge"
    assert payload["status"] == {
        "status_list": {"idx": 94567, "uri": LIST_URL.replace("/status/", "/token-status/")},
    }
    shown = json.dumps(payload)
    for private in ("Zoë", "Zo\\u00eb", "emailAddress", "did:key:", "91 of 100", "5d1c0ffee"):
        assert private not in shown


def test_what_is_kept_back_is_said_to_be_and_fails_nothing() -> None:
    report = verify(without("sub", "evidence"), ISSUER.resolver(), now=NOW)
    assert not report.failed
    assert report.check(CheckName.SIGNATURE).outcome is CheckOutcome.PASSED
    assert report.facts is not None
    assert (report.facts.recipient_id, report.facts.evidence) == ("", ())
    nobody = "~".join([TWIN.split("~")[0], ""])
    report = verify(nobody, ISSUER.resolver(), now=NOW)
    assert report.check(CheckName.SCHEMA).code == "schema.withheld"
    assert not report.failed
    assert not report.valid


def tampered(change: str) -> str:
    signed, *disclosures, end = TWIN.split("~")
    if change == "payload":
        head, payload, signature = signed.split(".")
        other = {**opened(payload), "name": "Rockets"}
        signed = ".".join([head, b64url(json.dumps(other).encode()), signature])
    elif change == "value":
        disclosures[0] = b64url(json.dumps([*opened(disclosures[0])[:-1], {"hashed": False}]).encode())
    elif change == "added":
        disclosures.append(b64url(json.dumps(["salt", "role", "dean"]).encode()))
    elif change == "twice":
        disclosures.append(disclosures[0])
    elif change == "no list":
        disclosures[0] = b64url(b'{"a": 1}')
    return "~".join([signed, *disclosures, end])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("payload", "signature.invalid"),
        ("value", "credential.disclosure"),
        ("added", "credential.disclosure"),
        ("twice", "credential.disclosure"),
        ("no list", "credential.disclosure"),
    ],
)
def test_what_the_issuer_did_not_sign_is_refused(change: str, code: str) -> None:
    report = verify(tampered(change), ISSUER.resolver(), now=NOW)
    assert report.failed
    assert code in {check.code for check in report.checks}


def test_another_issuers_key_and_a_revoked_one() -> None:
    forger = Issuer()
    report = verify(forger.sd_jwt(UNSIGNED), ISSUER.resolver(), now=NOW)
    assert not report.valid
    resolver = ISSUER.resolver()
    resolver.keys |= forger.key_documents()
    foreign = verify(forger.sd_jwt(UNSIGNED), resolver, now=NOW)
    assert foreign.check(CheckName.ISSUER_KEY).code == "issuer_key.foreign"
    revoked = verify(TWIN, ISSUER.resolver(94567), now=NOW)
    assert revoked.check(CheckName.STATUS).code == "status.revoked"


@given(st.text(max_size=60) | st.lists(st.text("~.aA0_-", max_size=20), max_size=6).map("~".join))
def test_nothing_that_is_handed_in_breaks_it(text: str) -> None:
    with pytest.raises(BadgeToolError):
        parse_sd_jwt(f"{text}~")


@pytest.mark.parametrize(("purpose", "bits", "value"), [("revocation", 1, 1), ("suspension", 2, 2)])
def test_the_token_status_list_says_what_the_other_list_says(purpose: str, bits: int, value: int) -> None:
    import zlib

    from lti_tool.credentials.status_list import LIST_SIZE, decode, encode

    token = write_token_status_list(
        f"{LIST_URL}t", decode(encode({0, 9, 94567, LIST_SIZE - 1})), purpose,
        issued_at=NOW, valid_until=NOW, kid="k", private_key=ISSUER.sd_jwt_private,
    )  # fmt: skip
    header, payload = map(opened, token.split(".")[:2])
    assert (header["typ"], payload["sub"], payload["status_list"]["bits"]) == ("statuslist+jwt", f"{LIST_URL}t", bits)
    text = payload["status_list"]["lst"]
    packed = zlib.decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert len(packed) * 8 == LIST_SIZE * bits
    # Token Status List, section 4.1: the entry's bits, from the lowest of each byte.
    read = {
        index: packed[index * bits // 8] >> (index * bits % 8) & (2**bits - 1)
        for index in (0, 1, 8, 9, 94566, 94567, LIST_SIZE - 1)
    }
    assert read == {0: value, 1: 0, 8: 0, 9: value, 94566: 0, 94567: value, LIST_SIZE - 1: value}
