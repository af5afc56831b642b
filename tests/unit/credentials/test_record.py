"""A record of badges (CLR 2.0): one signature over several badges that go on holding by themselves."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lti_tool.credentials.clr_2 import record_fits, record_problem
from lti_tool.credentials.verification import verify
from lti_tool.domain.attestation import RecordClaim
from lti_tool.domain.credential import BadgeClaim, CheckName, CheckOutcome, IssuerProfile, StatusEntry
from lti_tool.domain.errors import BadgeToolError
from tests.factories.credentials import LIST_URL, NOW, Issuer, full_claim

ISSUER = Issuer()
INDEXES = (7, 94567, 131_000)


def badge(number: int) -> BadgeClaim:
    plain = full_claim(ISSUER.did, credential_id=f"urn:uuid:0b8f0a52-5ac9-4a93-9d0c-2f4b41b61c0{number}")
    achievement = replace(
        plain.achievement, id=f"https://badges.example/achievements/{number}", name=f"Orbits {number}"
    )
    return replace(plain, achievement=achievement, status=StatusEntry(LIST_URL, INDEXES[number]))


def record_claim(issuer: Issuer, badges: tuple[str, ...], recipient: str) -> RecordClaim:
    profile = IssuerProfile(issuer.did, "Astronomy at Example", "https://badges.example/astronomy")
    return RecordClaim(
        "urn:uuid:5d1c0ffe-0000-4000-8000-000000000001", profile, recipient, "Record of badges", NOW, badges
    )


BADGES = tuple(ISSUER.writer.sign(ISSUER.writer.unsigned(badge(number)), NOW).json for number in range(3))
HOLDER = json.loads(BADGES[0])["credentialSubject"]["id"]
RECORD = ISSUER.writer.record(record_claim(ISSUER, BADGES, HOLDER))


def said(document: dict[str, Any], *revoked: int, issuer: Issuer = ISSUER) -> Any:
    return verify(json.dumps(document), issuer.resolver(*revoked), now=NOW + timedelta(minutes=5))


def test_it_holds_and_each_badge_in_it_does() -> None:
    report = said(RECORD)
    assert report.valid, report
    assert [one.name for one in report.contents] == ["Orbits 0", "Orbits 1", "Orbits 2"]
    assert report.check(CheckName.SCHEMA).sentence == "It is a complete record of badges (CLR 2.0)."
    assert tuple(json.dumps(one) for one in RECORD["credentialSubject"]["verifiableCredential"]) == tuple(
        json.dumps(json.loads(text)) for text in BADGES
    )
    assert ISSUER.writer.record(record_claim(ISSUER, BADGES, HOLDER)) == RECORD


def test_a_badge_in_it_that_was_withdrawn_is_told_by_itself() -> None:
    report = said(RECORD, 94567)
    assert [one.code for one in report.contents] == ["contained.good", "status.revoked", "contained.good"]
    assert all(check.outcome is CheckOutcome.PASSED for check in report.checks)
    assert not report.valid


def test_what_was_changed_inside_breaks_the_record() -> None:
    changed = copy.deepcopy(RECORD)
    changed["credentialSubject"]["verifiableCredential"][2]["credentialSubject"]["achievement"]["name"] = "Rockets"
    assert said(changed).check(CheckName.SIGNATURE).code == "signature.invalid"
    fewer = copy.deepcopy(RECORD)
    del fewer["credentialSubject"]["verifiableCredential"][1]
    assert said(fewer).check(CheckName.SIGNATURE).code == "signature.invalid"


def test_a_forged_badge_in_a_record_that_somebody_else_signed() -> None:
    forged = json.loads(BADGES[0])
    forged["name"] = "Rockets"
    report = said(ISSUER.writer.record(record_claim(ISSUER, (BADGES[1], json.dumps(forged)), HOLDER)))
    assert [one.code for one in report.contents] == ["contained.good", "signature.invalid"]
    other = said(ISSUER.writer.record(record_claim(ISSUER, BADGES[:1], "urn:uuid:somebody-else")))
    assert [one.code for one in other.contents] == ["contained.other_holder"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), None),
        (("type",), ["VerifiableCredential"]),
        (("@context",), ["https://www.w3.org/ns/credentials/v2"]),
        (("credentialSubject", "type"), ["AchievementSubject"]),
        (("credentialSubject", "verifiableCredential"), []),
        (("credentialSubject", "association"), [{"type": "Association", "associationType": "likes"}]),
        (("issuer",), {"name": "Nobody"}),
        (("validFrom",), "2026-01-01"),
    ],
)
def test_the_schema_refuses(path: tuple[str, ...], value: Any) -> None:
    assert record_problem(RECORD) is None
    changed = copy.deepcopy(RECORD)
    node = changed
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    assert record_problem(changed)


def test_more_badges_than_can_be_checked_safely_are_refused() -> None:
    plain = json.loads(BADGES[0])
    others = tuple(json.dumps(_another(plain, number)) for number in range(201))
    assert record_fits(record_claim(ISSUER, others[:200], HOLDER))
    assert not record_fits(record_claim(ISSUER, others, HOLDER))
    # Of badges with more in them fewer fit.
    full = tuple(json.dumps(_another(plain, number) | {"evidence": plain["evidence"] * 8}) for number in range(200))
    assert not record_fits(record_claim(ISSUER, full, HOLDER))
    # Nor may much of it be the same.
    with pytest.raises(BadgeToolError, match="too many"):
        ISSUER.writer.record(record_claim(ISSUER, BADGES * 30, HOLDER))
    # Fewer that are larger are too many as well: of a file one megabyte is read.
    large = json.loads(BADGES[0])
    large["credentialSubject"]["achievement"]["description"] = "x" * 100_000
    assert not record_fits(record_claim(ISSUER, (json.dumps(large),) * 11, HOLDER))


def _another(badge: dict[str, Any], number: int) -> dict[str, Any]:
    """A badge like it in form, with as much in it as ours have."""
    proof = {**badge["proof"][0], "proofValue": f"z{number}"}
    subject = {term: value for term, value in badge["credentialSubject"].items() if term != "result"}
    return {**badge, "id": f"urn:x:{number}", "proof": [proof], "credentialSubject": subject}
