"""Badges verified a second, against @digitalbazaar/vc verifying the same badges.

Both sides check the same full Open Badges 3.0 credentials (about 3.8 KB, one learner each) with an ``eddsa-rdfc-2022``
embedded proof, in one long-lived process, one after another, contexts and the issuer's DID document at hand. Neither
asks for a status. Ours is the whole `verify` from JSON text: limits, strict JSON Schema, meaning, proof, the issuer's
own list of keys and dates, by the plain path that shares nothing with what signed. The peer is
``vc.verifyCredential()`` of parsed JSON. Each side verifies once before the clock starts; a round is one run of each,
and every badge must be found genuine.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from dataclasses import replace
from typing import Any

from bench._node_peer import ask, node_peer, peer_name
from bench._results import Row
from lti_tool.credentials.contexts import DID_V1, MULTIKEY_V1, context_document
from lti_tool.credentials.json_text import dump
from lti_tool.credentials.verification import verify
from lti_tool.domain.credential import EvidenceItem
from tests.factories.credentials import NOW, Issuer, LocalResolver, full_claim

_OURS = 150
_PEERS = 60


def run(rounds: int = 7) -> list[Row]:
    """Medians of `rounds` interleaved rounds; the ratio is the median of the rounds' ratios."""
    issuer = Issuer()
    resolver = issuer.resolver()
    badges = _badges(issuer, max(_OURS, _PEERS))
    documents = {issuer.did: issuer.did_json(), **{url: context_document(url) for url in (DID_V1, MULTIKEY_V1)}}
    ours: list[float] = []
    theirs: list[float] = []
    with node_peer("verify_bench.mjs", documents) as peer:
        _verify_ours(badges[:1], resolver)
        _verify_peers(peer, badges[:1])
        for _ in range(rounds):
            ours.append(_verify_ours(badges[:_OURS], resolver))
            theirs.append(_verify_peers(peer, badges[:_PEERS]))
    return [
        Row(
            name="credential_verify",
            ours=statistics.median(ours),
            peer=statistics.median(theirs),
            ratio=statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True)),
            unit="credentials/s",
            peer_name=peer_name(),
            runs=rounds,
        )
    ]


def _badges(issuer: Issuer, count: int) -> list[dict[str, Any]]:
    claim, writer = full_claim(issuer.did), issuer.writer
    made = []
    for number in range(count):
        unsigned = writer.unsigned(
            replace(
                claim,
                credential_id=f"urn:uuid:0b8f0a52-5ac9-4a93-9d0c-{number:012d}",
                recipient=replace(claim.recipient, id=f"did:key:z6Mk{number:09d}", name=f"Learner {number}"),
                evidence=(EvidenceItem("Quiz 'Orbits'", f"{number % 21 + 80} of 100 points.", "Quiz"),),
            )
        )
        del unsigned["credentialStatus"]
        made.append(writer.sign_embedded(unsigned, NOW))
    return made


def _verify_ours(badges: list[dict[str, Any]], resolver: LocalResolver) -> float:
    texts = [dump(badge) for badge in badges]
    started = time.perf_counter()
    reports = [verify(text, resolver, now=NOW) for text in texts]
    seconds = time.perf_counter() - started
    _require_all(sum(report.valid for report in reports), badges)
    return len(badges) / seconds


def _verify_peers(peer: subprocess.Popen[str], badges: list[dict[str, Any]]) -> float:
    answer = ask(peer, {"credentials": badges, "now": NOW.isoformat()})
    _require_all(int(answer["verified"]), badges)
    return len(badges) / float(answer["seconds"])


def _require_all(verified: int, badges: list[dict[str, Any]]) -> None:
    if verified != len(badges):
        raise RuntimeError(f"only {verified} of {len(badges)} badges verify, so the speed means nothing")
