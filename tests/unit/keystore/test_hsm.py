"""Keys in a security module (SoftHSM): made there, the same signatures each time, and nothing of them in files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from lti_tool.bootstrap.house import assemble
from lti_tool.bootstrap.key_places import own_keys
from lti_tool.credentials.data_integrity import embedded_proof, signature_holds
from lti_tool.credentials.signatures import sign_compact
from lti_tool.credentials.verification.issuer_keys import key_named
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.issuer import IssuerForm, IssuerKind
from lti_tool.keystore import ROTATED, Keys, KeyStore, SocketKeys
from lti_tool.keystore.hsm import HELD
from lti_tool.keystore.signing_process import SigningServer
from lti_tool.settings import Settings
from tests.factories.house import HandClock, _give_keys
from tests.services.peers import require_peer

pytestmark = pytest.mark.peer("softhsm2")
PIN = "1234"


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A token of this module's own. A process reads SoftHSM's configuration once."""
    folder = tmp_path_factory.mktemp("hsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    words = ["--init-token", "--free", "--label", "badges", "--pin", PIN, "--so-pin", "4321"]
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)
    yield require_peer("softhsm2")
    del os.environ["SOFTHSM2_CONF"]


@pytest.fixture
def settings(module: Path, tmp_path: Path) -> Settings:
    (tmp_path / "pin").write_text(f"{PIN}\n")
    return Settings(
        data_dir=tmp_path / "data",
        keys_dir=tmp_path / "keys",
        pkcs11_module=module,
        pkcs11_token="badges",
        pkcs11_pin_file=tmp_path / "pin",
    )


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def keys(settings: Settings, clock: HandClock) -> Keys:
    made = own_keys(settings, clock)
    made.ensure()
    return made


def token(keys: Keys, purpose: str = "credential-rsa") -> str:
    return sign_compact({"a": 1}, {}, keys.active(purpose).private_key)


def test_keys_live_and_sign_in_the_module(keys: Keys, settings: Settings, clock: HandClock) -> None:
    assert {path.name.partition(".")[0] for path in settings.keys_dir.glob("*.pem")} == set(ROTATED) - HELD
    again = own_keys(settings, clock)
    again.ensure()
    assert {one: again.active(one).kid for one in ROTATED} == {one: keys.active(one).kid for one in ROTATED}
    assert token(keys) == token(again)
    ed25519 = keys.active("credential-ed25519").private_key
    assert ed25519.sign(b"hash") == again.active("credential-ed25519").private_key.sign(b"hash")
    ed25519.public_key().verify(ed25519.sign(b"hash"), b"hash")
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: token(keys), range(20)))) == 1

    clock.pass_time(hours=1)
    before = keys.active("lti")
    made = keys.rotate("lti")
    assert (keys.active("lti"), again.all("lti")[0]) == (before, made)  # published, and not signing yet
    clock.pass_time(hours=1)
    assert keys.active("lti") == made
    with pytest.raises(BadgeToolError, match=r"keys\.still_needed"):
        keys.retire("lti", made.kid)
    keys.retire("lti", before.kid)
    assert before.kid not in {pair.kid for pair in again.all("lti")}
    with pytest.raises(BadgeToolError, match=r"keys\.missing"):
        before.private_key.sign(b"x")


def test_a_key_from_before_there_was_a_module_signs_what_it_was_to_sign(
    settings: Settings, clock: HandClock, tmp_path: Path
) -> None:
    _give_keys(settings.keys_dir)
    before = KeyStore(settings.keys_dir, clock).active("credential-ed25519")
    keys = own_keys(settings, clock)
    keys.ensure()
    assert keys.active("credential-ed25519").kid != before.kid
    assert before in keys.all("credential-ed25519")


def test_a_process_that_was_forked_opens_its_own_session(keys: Keys) -> None:
    expected = token(keys)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            os.write(write, token(keys).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        assert stream.read().decode() == expected
    os.waitpid(child, 0)
    assert token(keys) == expected


def test_an_installation_signs_with_it_through_the_signing_process(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "signer.sock"
    house = assemble(settings)
    guarded = house.key_store
    guarded.ensure()
    with SigningServer(path, guarded) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        web = assemble(Settings(data_dir=tmp_path / "data", keys_dir=tmp_path / "web", signer_socket=path))
        web.prepare()
        assert isinstance(web.key_store, SocketKeys)
        own = web.issuers.add("own", IssuerKind.DID_KEY, IssuerForm("Own"))
        for issuer in (web.issuers.default(), own):
            now = web.clock.now().replace(microsecond=0)
            url = f"https://x.example/issuers/{issuer.slug}/status/1"
            document = json.loads(web.signer.sign_status_list(issuer, url, {3}, 131_072, now, now + timedelta(days=1)))
            proof = embedded_proof(document)
            key = key_named(proof["verificationMethod"], web.verifier._resolver)
            assert signature_holds(document, proof, key)
        assert list((tmp_path / "web").glob("*.pem")) == []
        server.shutdown()
    web.engine.dispose()
    house.engine.dispose()


def test_what_cannot_be_opened_is_told_without_the_pin(settings: Settings, clock: HandClock, tmp_path: Path) -> None:
    with pytest.raises(BadgeToolError, match=r"keys\.module"):
        own_keys(settings.model_copy(update={"pkcs11_token": "another"}), clock).active("lti")
    (tmp_path / "pin").write_text("secret-pin-that-is-wrong")
    named = {"PKCS11_MODULE": settings.pkcs11_module, "PKCS11_TOKEN": "badges", "PKCS11_PIN_FILE": tmp_path / "pin"}
    named |= {"KEYS_DIR": settings.keys_dir, "DATA_DIR": settings.data_dir}
    environment = os.environ | {f"LTI_BADGES_{name}": str(value) for name, value in named.items()}
    words = [sys.executable, "-m", "lti_tool.cli", "keys", "ensure"]
    told = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert told.stderr.startswith("keys.module: The security module cannot be opened (PinIncorrect).")
    assert "secret-pin" not in told.stderr + told.stdout
    (tmp_path / "pin").unlink()
    with pytest.raises(BadgeToolError, match=r"keys\.pin_unreadable"):
        own_keys(settings, clock)
