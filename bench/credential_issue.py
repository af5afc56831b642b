"""Signed badges a second, against @digitalbazaar/vc issuing the same badges.

Both sides sign the same full Open Badges 3.0 credentials (about 3.8 KB, one learner each, all of one shape) with an
``eddsa-rdfc-2022`` embedded proof, in one long-lived process, one after another, contexts bundled. Ours is
`CredentialWriter.sign_embedded`: limits, strict JSON Schema, semantic checks and undefined-term check included, the
RS256 JWT that `CredentialWriter.sign` adds left out. The peer is ``vc.issue()`` with its own checks. Each side signs
once before the clock starts; a round is one run of each, and the last badge of every run is verified.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench._node_peer import ask, node_peer, peer_name
from bench._results import Row
from lti_tool.credentials.data_integrity import embedded_proof, signature_holds
from lti_tool.credentials.did_web import public_key_of_did
from lti_tool.credentials.writer import CredentialWriter
from lti_tool.domain.credential import EvidenceItem, ResultValue, StatusEntry
from tests.factories.credentials import NOW, Issuer, full_claim

_OURS = 600
_PEERS = 60


def run(rounds: int = 7) -> list[Row]:
    """Medians of `rounds` interleaved rounds; the ratio is the median of the rounds' ratios."""
    issuer = Issuer()
    writer = issuer.writer
    ours: list[float] = []
    theirs: list[float] = []
    with node_peer("issue_bench.mjs") as peer:
        _issue_ours(writer, issuer, badges_of(issuer, 0, 1))
        _issue_peers(peer, badges_of(issuer, 0, 1))
        for round_number in range(rounds):
            first = 1 + round_number * _OURS
            ours.append(_issue_ours(writer, issuer, badges_of(issuer, first, _OURS)))
            theirs.append(_issue_peers(peer, badges_of(issuer, first, _PEERS)))
    return [
        Row(
            name="credential_issue",
            ours=statistics.median(ours),
            peer=statistics.median(theirs),
            ratio=statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True)),
            unit="credentials/s",
            peer_name=peer_name(),
            runs=rounds,
        )
    ]


def badges_of(issuer: Issuer, first: int, count: int) -> list[dict[str, Any]]:
    """Badges of `count` learners: every id, name, score and piece of evidence differs."""
    claim = full_claim(issuer.did)
    return [
        issuer.writer.unsigned(
            replace(
                claim,
                credential_id=f"urn:uuid:0b8f0a52-5ac9-4a93-9d0c-{number:012d}",
                recipient=replace(claim.recipient, id=f"did:key:z6Mk{number:09d}", name=f"Learner {number}"),
                status=StatusEntry(claim.status.list_url, number),
                evidence=(EvidenceItem("Quiz 'Orbits'", f"{number % 21 + 80} of 100 points.", "Quiz"),),
                results=(ResultValue(str(number % 21 + 80), claim.results[0].scale_id),),
            )
        )
        for number in range(first, first + count)
    ]


def _issue_ours(writer: CredentialWriter, issuer: Issuer, badges: list[dict[str, Any]]) -> float:
    started = time.perf_counter()
    for badge in badges:
        last = writer.sign_embedded(badge, NOW)
    seconds = time.perf_counter() - started
    _require_signed(last, issuer.private.public_key())
    return len(badges) / seconds


def _issue_peers(peer: subprocess.Popen[str], badges: list[dict[str, Any]]) -> float:
    answer = ask(peer, badges)
    key = public_key_of_did(embedded_proof(answer["last"])["verificationMethod"])
    _require_signed(answer["last"], key)
    return len(badges) / float(answer["seconds"])


def _require_signed(document: dict[str, Any], key: Any) -> None:
    holds = isinstance(key, Ed25519PublicKey) and signature_holds(document, embedded_proof(document), key)
    if not holds:
        raise RuntimeError("a badge of this run does not verify, so its speed means nothing")
