"""What is handed in to cost this machine much: refused, each within 2 seconds of CPU and 64 MiB."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SECONDS, MEBIBYTES = 2.0, 64
# A process of its own for each: what one takes at most is measured from its beginning on.
PROGRAM = """
import base64, gzip, json, os, re, struct, time, zlib
from lti_tool.credentials.verification import verify
from dataclasses import replace
from lti_tool.domain.attestation import RecordClaim
from lti_tool.domain.credential import IssuerProfile
from tests.factories.credentials import LIST_URL, NOW, Issuer, full_claim

issuer = Issuer()
badge = issuer.writer.sign(issuer.writer.unsigned(full_claim(issuer.did)), NOW)
resolver, document = issuer.resolver(), badge.document
context = document["@context"][1]

def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

def png(*chunks):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\\x89PNG\\r\\n\\x1a\\n" + header + b"".join(chunks) + chunk(b"IEND", b"")

def nested(depth):
    return "{" + '"a":{' * depth + "}" * depth + "}"

def twins(number):
    return {**document, "evidence": [{"type": ["Evidence"]} for _ in range(number)]}

def ring(size):
    parts = [{"id": f"_:b{n}", "type": ["Evidence"], "narrative": f"_:b{(n + 1) % size}"} for n in range(size)]
    return {**document, "evidence": parts}

def record(*badges):
    profile = IssuerProfile(issuer.did, "Astronomy", "https://badges.example/astronomy")
    holder, texts = document["credentialSubject"]["id"], tuple(map(json.dumps, badges))
    return issuer.writer.record(RecordClaim("urn:uuid:1", profile, holder, "Record", NOW, texts))

def another(number):
    claim = full_claim(issuer.did, credential_id=f"urn:uuid:0b8f0a52-5ac9-4a93-9d0c-2f4b41b6{number:04}")
    claim = replace(claim, status=replace(claim.status, index=number))
    return issuer.writer.sign(issuer.writer.unsigned(claim), NOW).document

many_contexts = {**document, "@context": document["@context"] + [context] * 147}
zeros = zlib.compress(b"\\0" * 60_000_000, 9)
bits = "u" + base64.urlsafe_b64encode(gzip.compress(b"\\0" * 200_000_000, 1)).decode().rstrip("=")
ATTACKS = {
    "twins that cannot be told apart": twins(300),
    "as many twins as are let through": twins(10),
    "named blank nodes in a ring": ring(60),
    "one context 3,900 times": {**document, "@context": document["@context"] + [context] * 3900},
    "as many contexts as are let through": many_contexts,
    "a record of as many badges as are let through": record(*map(another, range(190))),
    "a record of as many contexts as are let through": record(*[many_contexts] * 4),
    "a record of more badges": {**record(document), "credentialSubject": {"verifiableCredential": [document] * 201}},
    "a record of badges in badges": {"type": ["ClrCredential"], "verifiableCredential": twins(300)},
    "contexts inside endorsements": {**document, "endorsement": [{"@context": [context] * 20, "type": "x"}] * 200},
    "a context of its own": {**document, "@context": [*document["@context"], {"@vocab": "urn:x:"}]},
    "a context by relative address": {**document, "@context": [*document["@context"], "../x"]},
    "an unknown context": {**document, "@context": [*document["@context"], "https://evil.example/c"]},
    "a context in a part": {**document, "evidence": [{"@context": context, "type": ["Evidence"]}]},
    "depth": nested(100_000),
    "as much text as is taken": {**document, "description": "x" * 1_000_000},
    "text beyond that": {**document, "description": "x" * 30_000_000},
    "many members": {**document, **{f"m{n}": "x" for n in range(60_000)}},
    "a number of many digits": json.dumps(document)[:-1] + ',"n":' + "9" * 900_000 + "}",
    "a list in a list": json.dumps(document)[:-1] + ',"n":' + "[" * 400_000 + "]" * 400_000 + "}",
    "a token of dots": "." * 2_000_000,
    "a token with a huge header": "e" * 1_900_000 + ".a.b",
    "a text chunk that unpacks to much": png(chunk(b"iTXt", b"openbadgecredential\\0\\1\\0\\0\\0" + zeros)),
    "many such chunks": png(*[chunk(b"iTXt", b"openbadgecredential\\0\\1\\0\\0\\0" + zeros)] * 20),
    "a drawing of many parts": "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g/>" * 400_000 + "</svg>",
    "a deep drawing": "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 200_000 + "</svg>",
    "entities": "<!DOCTYPE svg [<!ENTITY a 'aaaa'>]><svg xmlns='http://www.w3.org/2000/svg'>" + "&a;" * 9 + "</svg>",
}

def memory(kind):
    with open("/proc/self/status") as status:
        return int(re.search(kind + r":\\s+(\\d+) kB", status.read())[1]) / 1024

def measured(data, found=None):
    sent = data if isinstance(data, bytes) else data.encode() if isinstance(data, str) else json.dumps(data).encode()
    readable, writable = os.pipe()
    if os.fork() == 0:
        before, begun = memory("VmRSS"), time.process_time()
        report = verify(sent, found or resolver, now=NOW)
        answer = time.process_time() - begun, memory("VmHWM") - before, report.valid
        os.write(writable, json.dumps(answer).encode())
        os._exit(0)
    os.wait()
    return json.loads(os.read(readable, 999))

verify(badge.json, resolver, now=NOW)
bomb = issuer.resolver()
bomb.lists[LIST_URL] = {**bomb.lists[LIST_URL], "credentialSubject": {
    **bomb.lists[LIST_URL]["credentialSubject"], "encodedList": bits}}
found = {name: measured(data) for name, data in ATTACKS.items()}
found["a status list that unpacks to much"] = measured(badge.json, bomb)
found["a good badge"] = measured(badge.json)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[float, float, bool]]:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    answers: dict[str, tuple[float, float, bool]] = json.loads(done.stdout)
    return answers


@pytest.mark.slow
def test_each_attack_is_refused_before_it_costs_much(found: dict[str, tuple[float, float, bool]]) -> None:
    accepted = [name for name, (_, _, valid) in found.items() if valid]
    costly = {name: cost for name, cost in found.items() if cost[0] > SECONDS or cost[1] > MEBIBYTES}
    # To name a context again says nothing new.
    honest = ["as many contexts as are let through", "a record of as many badges as are let through"]
    honest += ["a record of as many contexts as are let through", "a good badge"]
    assert (accepted, costly) == (honest, {})
    assert len(found) > 20
