"""lti-badges demo --once, as a person runs it; and what it keeps, checked by programs that nobody here wrote.

The story is played with the practice LMS in each of its forms; what is kept is checked of the plain one.
"""

from __future__ import annotations

import copy
import fcntl
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib import baking
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError

from lti_tool.credentials.contexts import DID_V1, MULTIKEY_V1, context_document
from lti_tool.credentials.keys_text import from_multibase
from lti_tool.demo.scene import Scene
from lti_tool.sandbox.forms import FORMS
from tests.peers_support import ask_node

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

STEPS = [
    "start", "connect", "empty course", "early work", "make badge", "dry run", "publish", "place card",
    "earn", "what is missing", "gradebook", "teacher's list", "a later learner",
    "files", "wallet", "public page", "regrade", "revoke", "bad launches", "bad visitors", "bad events", "keep",
]  # fmt: skip
HOLDERS = ("lena-lichen", "nora-nettle", "oskar-oak")
WITHDRAWN = {"lena-lichen", "lena-lichen-wallet"}
EVERY_BADGE = (*HOLDERS, "lena-lichen-wallet")


@dataclass(frozen=True)
class Played:
    """One run of the command, and the folder it left."""

    code: int
    stdout: str
    stderr: str
    out: Path

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.stdout)
        return found

    def document(self, name: str) -> Any:
        return json.loads((self.out / name).read_text())


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory, "plain")


def play(tmp_path_factory: pytest.TempPathFactory, like: str) -> Played:
    """Played once, also where the tests of this file run in several processes: the first plays, the others read."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    out, result = shared / f"demo-once-{like}", shared / f"demo-once-{like}.json"
    with (shared / f"demo-once-{like}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not result.exists():
            command = [sys.executable, "-m", "lti_tool.cli", "demo", "--once", "--json", "--like", like]
            command += ["--out", str(out)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
            result.write_text(json.dumps([done.returncode, done.stdout, done.stderr]))
    return Played(*json.loads(result.read_text()), out)


@pytest.mark.parametrize("like", sorted(FORMS))
def test_the_whole_story_holds(tmp_path_factory: pytest.TempPathFactory, like: str) -> None:
    played = play(tmp_path_factory, like)
    report = played.report
    assert (played.code, report["ok"]) == (0, True), report["steps"][-1]
    assert [step["name"] for step in report["steps"]] == STEPS
    assert all(step["ok"] and step["detail"] for step in report["steps"])
    assert report["seconds"] < 60
    assert report["awards"] == 3
    assert played.stderr == ""


def test_every_credential_is_kept(played: Played) -> None:
    kept = sorted(Path(path).name for path in played.report["credentials"])
    expected = [f"{name}.{form}" for name in HOLDERS for form in ("json", "jwt", "png")]
    assert kept == sorted([*expected, "lena-lichen-wallet.json", "lena-lichen-wallet.jwt"])
    assert all(Path(path).stat().st_size for path in played.report["credentials"])


def openbadgeslib_verifier(played: Played) -> OB3LdpVerifier:
    issuer = played.document("did.json")
    multikey = next(one for one in issuer["verificationMethod"] if one["type"] == "Multikey")
    key = from_multibase(multikey["publicKeyMultibase"])
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return OB3LdpVerifier(pem, issuer_did=issuer["id"])


@pytest.mark.parametrize("name", EVERY_BADGE)
def test_openbadgeslib_accepts_the_badge_and_not_an_altered_one(played: Played, name: str) -> None:
    verifier, badge = openbadgeslib_verifier(played), played.document(f"{name}.json")
    assert verifier.verify(json.dumps(badge)).issuer.id == badge["issuer"]["id"]
    with pytest.raises(OB3VerificationError, match="signature"):
        verifier.verify(altered(badge))


@pytest.mark.parametrize("name", HOLDERS)
def test_openbadgeslib_finds_the_badge_in_the_picture(played: Played, name: str) -> None:
    text = baking.extract_png((played.out / f"{name}.png").read_bytes(), keyword=baking.ITXT_KEYWORD_OB3)
    assert text is not None
    assert json.loads(text) == played.document(f"{name}.json")
    openbadgeslib_verifier(played).verify(text)


def altered(badge: dict[str, Any]) -> dict[str, Any]:
    other = copy.deepcopy(badge)
    other["credentialSubject"]["achievement"]["name"] = "Professor"
    return other


def ask_digitalbazaar(played: Played, credential: dict[str, Any]) -> Any:
    """npm @digitalbazaar/vc with nothing but the folder and its own two contexts of DIDs."""
    status = credential["credentialStatus"]["statusListCredential"]
    documents = {url: context_document(url) for url in (DID_V1, MULTIKEY_V1)}
    documents |= {url: played.document(f"contexts/{url.rpartition('/')[2]}") for url in credential["@context"][1:]}
    documents |= {credential["issuer"]["id"]: played.document("did.json"), status: played.document("status-list.json")}
    return ask_node("verify_credential.mjs", {"credential": credential, "documents": documents})


@pytest.mark.peer("node")
@pytest.mark.parametrize("name", EVERY_BADGE)
def test_digitalbazaar_accepts_the_badge_and_sees_which_was_withdrawn(played: Played, name: str) -> None:
    answer = ask_digitalbazaar(played, played.document(f"{name}.json"))
    assert answer["errors"] == []
    assert answer["verified"]
    assert answer["statusVerified"]
    assert [one["set"] for one in answer["status"]] == [name in WITHDRAWN]


@pytest.mark.peer("node")
def test_digitalbazaar_refuses_an_altered_badge(played: Played) -> None:
    answer = ask_digitalbazaar(played, altered(played.document("oskar-oak.json")))
    assert not answer["verified"]
    assert any("signature" in message.lower() for message in answer["errors"])


@pytest.mark.peer("node")
@pytest.mark.parametrize("name", EVERY_BADGE)
def test_jose_accepts_the_jwt_and_not_an_altered_one(played: Played, name: str) -> None:
    token = (played.out / f"{name}.jwt").read_text()
    (key,) = (played.out / "keys").iterdir()
    jwk = json.loads(key.read_text())
    assert ask_node("verify_jwt.mjs", {"token": token, "jwk": jwk})["verified"]
    head, payload, signature = token.split(".")
    swapped = ("A" if payload[40] != "A" else "B").join((payload[:40], payload[41:]))
    assert not ask_node("verify_jwt.mjs", {"token": f"{head}.{swapped}.{signature}", "jwk": jwk})["verified"]


def test_a_story_that_does_not_hold_is_said_and_ends_with_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from lti_tool.demo.chapters import setting_up
    from lti_tool.demo.once import play_once

    def breaks(scene: Scene) -> str:
        raise RuntimeError(f"nothing is at {scene.place.tool_url}")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(setting_up, "STEPS", (("start", breaks),))
    assert play_once(as_json=True, out=None) == 1
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert said.err == "", "no server ran, so there are no logs to point at"
    assert not [*tmp_path.iterdir()]
    assert not report["ok"]
    assert [(step["name"], step["ok"]) for step in report["steps"]] == [("start", False)]
    assert report["steps"][0]["detail"].startswith("RuntimeError: nothing is at http://localhost:")
