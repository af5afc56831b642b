"""Endorsements: credentials of others inside the badge, each with a signature of its own; and proofs with P-256."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from lti_tool.credentials.contexts import CREDENTIALS_V2
from lti_tool.credentials.json_text import dump
from lti_tool.credentials.verification import verify
from lti_tool.domain.credential import CheckName, CheckOutcome
from tests.factories.credentials import NOW, DidKey, Issuer, LocalResolver, endorsement, full_claim

ISSUER = Issuer()
GUILD = DidKey.make("eddsa-rdfc-2022")


def badge(key: DidKey, *endorsements: dict[str, Any]) -> dict[str, Any]:
    unsigned = ISSUER.writer.unsigned(full_claim(ISSUER.did))
    unsigned = {term: value for term, value in unsigned.items() if term != "credentialStatus"}
    unsigned["issuer"] = unsigned["issuer"] | {"id": key.did}
    if endorsements:
        unsigned["credentialSubject"]["achievement"]["endorsement"] = list(endorsements)
    return key.sign(unsigned)


def endorsed() -> dict[str, Any]:
    about = ISSUER.writer.unsigned(full_claim(ISSUER.did))["credentialSubject"]["achievement"]["id"]
    return GUILD.sign(endorsement(about, GUILD.did))


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019"])
def test_each_suite_signs_and_notices_a_change(suite: str) -> None:
    key = DidKey.make(suite)
    signed = badge(key)
    assert signed == badge(key), "the same document, time and key give the same bytes"
    assert verify(dump(signed), LocalResolver(), now=NOW).valid
    changed = copy.deepcopy(signed)
    changed["credentialSubject"]["achievement"]["name"] = "Rockets"
    assert verify(dump(changed), LocalResolver(), now=NOW).check(CheckName.SIGNATURE).code == "signature.invalid"
    other = copy.deepcopy(signed)
    assert signed["proof"][0]["cryptosuite"] == suite
    other["proof"][0]["cryptosuite"] = "ecdsa-rdfc-2019" if suite == "eddsa-rdfc-2022" else "eddsa-rdfc-2022"
    assert verify(dump(other), LocalResolver(), now=NOW).failed


def test_a_good_endorsement_and_what_is_said_of_it() -> None:
    report = verify(dump(badge(DidKey.make("eddsa-rdfc-2022"), endorsed())), LocalResolver(), now=NOW)
    assert report.valid
    (said,) = report.endorsements
    assert (said.name, said.comment, said.outcome) == ("Guild of Astronomers", "We hire for this.", CheckOutcome.PASSED)


def test_endorsements_that_do_not_hold() -> None:
    forged = endorsed()
    forged["credentialSubject"]["endorsementComment"] = "We hire everybody."
    elsewhere = GUILD.sign(endorsement("urn:uuid:another-badge", GUILD.did))
    report = verify(dump(badge(DidKey.make("eddsa-rdfc-2022"), forged, elsewhere)), LocalResolver(), now=NOW)
    assert report.valid, "the badge itself is unaltered: its issuer signed it with these endorsements"
    assert [one.code for one in report.endorsements] == ["signature.invalid", "endorsement.of_another"]
    assert all(one.outcome is CheckOutcome.FAILED for one in report.endorsements)


def test_a_part_that_is_no_credential_brings_no_context() -> None:
    document = badge(DidKey.make("eddsa-rdfc-2022"))
    document["issuer"]["@context"] = [CREDENTIALS_V2]
    assert verify(dump(document), LocalResolver(), now=NOW).check(CheckName.SIGNATURE).code == (
        "credential.context_unknown"
    )
