"""Badges of others: older contexts, an older data model, an older type of proof, and what is written less strictly."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from importlib.resources import files
from typing import Any

import base58
import pytest

from lti_tool.credentials.contexts import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    DATA_INTEGRITY_V2,
    DID_V1,
    ED25519_2020_V1,
    MULTIKEY_V1,
    OPEN_BADGES_3_0_0,
    OPEN_BADGES_3_0_1,
    OPEN_BADGES_3_0_2,
    OPEN_BADGES_3_0_3,
    READ_ONLY_URLS,
    context_document,
)
from lti_tool.credentials.data_integrity import DataIntegritySigner
from lti_tool.credentials.data_integrity.hashing import hash_data
from lti_tool.credentials.json_text import dump
from lti_tool.credentials.linked_data.plain import canonical_nquads
from lti_tool.credentials.verification import verify
from lti_tool.domain.credential import CheckName, CheckOutcome, VerificationReport
from lti_tool.domain.errors import BadgeToolError
from tests.factories.credentials import NOW, DidKey, Issuer, LocalResolver, full_claim
from tests.peers_support import ask_node

OLD = [OPEN_BADGES_3_0_0, OPEN_BADGES_3_0_1, OPEN_BADGES_3_0_2]


def plain_badge(signer: DidKey, *contexts: str) -> dict[str, Any]:
    """A badge with little in it, before it is signed: what every version has."""
    achievement = {
        "id": "https://other.example/a/1",
        "type": ["Achievement"],
        "name": "Orbits",
        "description": "Knows Kepler's laws.",
        "criteria": {"narrative": "Pass the quiz."},
    }
    return {
        "@context": list(contexts),
        "id": "https://other.example/badges/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Orbits",
        "issuer": {"id": signer.did, "type": ["Profile"], "name": "Other"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:ana", "type": ["AchievementSubject"], "achievement": achievement},
    }


def of_model_1_1(document: dict[str, Any], *more: str) -> dict[str, Any]:
    older = {"issuanceDate": document["validFrom"], **{k: v for k, v in document.items() if k != "validFrom"}}
    return older | {"@context": [CREDENTIALS_V1, *document["@context"][1:], *more]}


def as_written_then(signer: DidKey, context: str) -> dict[str, Any]:
    """Only 3.0.2 goes with version 2.0 of the data model: what the older ones redefine is protected there."""
    document = plain_badge(signer, CREDENTIALS_V2, context)
    return document if context == OPEN_BADGES_3_0_2 else of_model_1_1(document, DATA_INTEGRITY_V2)


def check(document: dict[str, Any]) -> VerificationReport:
    return verify(dump(document), LocalResolver(), now=NOW)


def said(report: VerificationReport) -> str:
    assert report.valid, [(one.code, one.sentence) for one in report.checks if one.outcome is not CheckOutcome.PASSED]
    assert report.check(CheckName.SCHEMA).code == "schema.relaxed"
    return report.check(CheckName.SCHEMA).sentence


@pytest.mark.parametrize("context", OLD)
def test_the_context_that_a_badge_names_is_the_one_it_is_checked_with(context: str) -> None:
    signer = DidKey.make("eddsa-rdfc-2022")
    signed = signer.sign(as_written_then(signer, context))
    assert f"an older version of the format, {context.rpartition('/')[2]}." in said(check(signed))
    changed = copy.deepcopy(signed)
    changed["credentialSubject"]["achievement"]["name"] = "Rockets"
    assert check(changed).check(CheckName.SIGNATURE).code == "signature.invalid"


@pytest.mark.peer("node")
def test_a_reader_that_nobody_here_wrote_takes_the_old_contexts_alike() -> None:
    signer = DidKey.make("eddsa-rdfc-2022")
    for context in (OPEN_BADGES_3_0_1, OPEN_BADGES_3_0_2):
        signed = signer.sign(as_written_then(signer, context))
        urls = (context, CREDENTIALS_V1, DATA_INTEGRITY_V2, DID_V1, MULTIKEY_V1)
        documents = {url: context_document(url) for url in urls} | signer.documents()
        answer = ask_node("verify_credential.mjs", {"credential": signed, "documents": documents})
        assert (answer["errors"], answer["verified"]) == ([], True)


def test_a_badge_of_data_model_1_1_with_its_own_names_and_dates() -> None:
    signer = DidKey.make("ecdsa-rdfc-2019")
    document = of_model_1_1(plain_badge(signer, CREDENTIALS_V2, OPEN_BADGES_3_0_1), DATA_INTEGRITY_V2)
    report = check(signer.sign(document))
    assert "version 1.1 of the data model" in said(report)
    assert report.facts is not None
    assert report.facts.valid_from == "2026-01-01T00:00:00Z"
    late = check(signer.sign(document | {"expirationDate": "2026-02-01T00:00:00Z"}))
    assert late.check(CheckName.DATES).code == "dates.expired"
    early = check(signer.sign(document | {"issuanceDate": "2030-01-01T00:00:00Z"}))
    assert early.check(CheckName.DATES).code == "dates.not_yet"


def test_a_proof_of_the_type_before_there_were_suites() -> None:
    signer = DidKey.make("eddsa-rdfc-2022")
    document = of_model_1_1(plain_badge(signer, CREDENTIALS_V2, OPEN_BADGES_3_0_1), ED25519_2020_V1)
    signed = DataIntegritySigner().sign(
        document | {"@context": [*document["@context"], DATA_INTEGRITY_V2]},
        created=NOW,
        verification_method=signer.method,
        private_key=signer.private,
    )
    options = {k: v for k, v in signed["proof"][0].items() if k not in ("proofValue", "cryptosuite")}
    options["type"] = "Ed25519Signature2020"
    signature = signer.private.sign(hash_data(document, options, canonical_nquads))  # type: ignore[call-arg]
    proof = options | {"proofValue": signed["proof"][0]["proofValue"]}
    assert check(document | {"proof": proof}).check(CheckName.SIGNATURE).code == "signature.invalid"
    proof["proofValue"] = "z" + base58.b58encode(signature).decode()
    said(check(document | {"proof": proof}))
    made_up = check(document | {"proof": proof | {"type": "RsaSignature2018"}})
    assert made_up.check(CheckName.SIGNATURE).code == "credential.proof_unsupported"


def test_single_values_where_the_strict_form_has_lists() -> None:
    signer = DidKey.make("eddsa-rdfc-2022")
    document = plain_badge(signer, CREDENTIALS_V2, OPEN_BADGES_3_0_3)
    document["credentialSubject"]["type"] = "AchievementSubject"
    document["credentialSubject"]["achievement"]["type"] = "Achievement"
    document["issuer"]["type"] = "Profile"
    assert "strict form at" in said(check(signer.sign(document)))
    nobody = copy.deepcopy(document)
    del nobody["credentialSubject"]["id"]
    assert check(signer.sign(nobody)).check(CheckName.SCHEMA).code == "schema.incomplete"
    nothing = copy.deepcopy(document)
    nothing["credentialSubject"]["achievement"]["criteria"] = {"type": "Criteria"}
    assert check(signer.sign(nothing)).check(CheckName.SCHEMA).outcome is CheckOutcome.FAILED
    for broken in ({"validFrom": "yesterday"}, {"name": 7}):
        report = check(document | broken)
        assert report.check(CheckName.SCHEMA).code == "schema.broken"


def test_what_is_written_here_stays_strict() -> None:
    issuer = Issuer()
    signed = issuer.writer.sign(issuer.writer.unsigned(full_claim(issuer.did)), NOW)
    report = verify(signed.json, issuer.resolver(), now=NOW)
    assert report.check(CheckName.SCHEMA).code == "schema.kept"
    assert READ_ONLY_URLS.isdisjoint(signed.document["@context"])


def test_contexts_are_those_that_were_published_and_no_others() -> None:
    listed = files("lti_tool.credentials.contexts").joinpath("SOURCES.md").read_text("utf-8")
    rows = re.findall(r"^\| (\S+) \| (https://\S+?),? .*?([0-9a-f]{64}) \|", listed, re.MULTILINE)
    assert {url for _, url, _ in rows} >= {CREDENTIALS_V1, *OLD}
    for name, url, digest in rows:
        content = files("lti_tool.credentials.contexts").joinpath(name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        assert context_document(url) == json.loads(content)
    for unknown in ("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.9.json", "file:///etc/passwd", ""):
        with pytest.raises(BadgeToolError, match="context_unknown"):
            context_document(unknown)
