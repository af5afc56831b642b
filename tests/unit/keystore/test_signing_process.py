"""Keys in a process of their own: the same signatures, and no private key on this side of the socket."""

from __future__ import annotations

import copy
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lti_tool.bootstrap.house import assemble
from lti_tool.credentials.data_integrity import embedded_proof, signature_holds
from lti_tool.credentials.data_integrity.suites import signature_of
from lti_tool.credentials.signatures import sign_compact
from lti_tool.credentials.verification.issuer_keys import key_named
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.issuer import IssuerForm, IssuerKind
from lti_tool.keystore import ROTATED, KeyStore, SocketKeys
from lti_tool.keystore.signing_process import SigningServer
from lti_tool.settings import Settings
from tests.factories.house import _give_keys

PROOFS, TOKENS = ("credential-ed25519", "credential-p256"), ("lti", "credential-rsa", "credential-es256")


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    _give_keys(tmp_path / "keys")
    return KeyStore(tmp_path / "keys")


@pytest.fixture
def away(store: KeyStore, tmp_path: Path) -> Iterator[SocketKeys]:
    with SigningServer(tmp_path / "signer.sock", store) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield SocketKeys(tmp_path / "signer.sock")
        server.shutdown()


def test_it_signs_byte_for_byte_as_the_files_do(store: KeyStore, away: SocketKeys) -> None:
    for purpose in ROTATED:
        assert away.active(purpose) == store.active(purpose)
        assert away.jwks(purpose) == store.jwks(purpose)
    for purpose in PROOFS:
        assert signature_of(away.active(purpose).private_key, b"hash") == signature_of(
            store.active(purpose).private_key, b"hash"
        )
    for purpose in TOKENS:
        tokens = [sign_compact({"a": "é" * 9000}, {}, keys.active(purpose).private_key) for keys in (away, store)]
        assert tokens[0] == tokens[1]
    # As the LTI side signs.
    key = away.active("lti").private_key
    jwt.decode(jwt.encode({"a": 1}, key, "RS256"), key.public_key(), ["RS256"])
    made = key.sign(b"x", padding.PKCS1v15(), SHA256())
    assert made == store.active("lti").private_key.sign(b"x", padding.PKCS1v15(), SHA256())


def test_keys_are_rotated_and_retired_over_there(store: KeyStore, away: SocketKeys) -> None:
    made = away.rotate("credential-ed25519", timedelta(hours=1))
    assert store.all("credential-ed25519")[0] == made
    with pytest.raises(BadgeToolError, match=r"keys\.still_needed"):
        away.retire("lti", away.active("lti").kid)
    with pytest.raises(BadgeToolError, match=r"keys\.elsewhere"):
        away.encrypt()


def test_nothing_gives_a_private_key_away(away: SocketKeys) -> None:
    for purpose in ROTATED:
        key = away.active(purpose).private_key
        assert copy.deepcopy(key) is key
        with pytest.raises(BadgeToolError, match=r"keys\.elsewhere"):
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name in ("private_numbers", "private_bytes_raw", "decrypt", "exchange"):
        with pytest.raises(BadgeToolError, match=r"keys\.elsewhere"):
            getattr(key, name)()


@pytest.mark.parametrize(
    "line",
    [b"", b"\n", b"no json\n", b"[]\n", b"{}\n", b'{"do":"sign"}\n', b'{"do":"all","purpose":"../x"}\n',
     b'{"do":"sign","purpose":"lti","kid":"none","data":""}\n', b'{"do":"rotate","purpose":"lti"}\n',
     b'{"do":"private","purpose":"lti"}\n', b"\xff\xfe\n", b"x" * 3_000_000],
)  # fmt: skip
def test_a_request_that_is_none_is_refused_and_the_next_one_served(
    away: SocketKeys, tmp_path: Path, line: bytes
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        connection.connect(str(tmp_path / "signer.sock"))
        try:
            connection.sendall(line)
            connection.shutdown(socket.SHUT_WR)
            said = connection.makefile("rb").readline()
        except OSError:  # it hung up on what was too much
            said = b'{"error": []}'
    assert said.startswith(b'{"error"')
    assert b"PRIVATE" not in said
    assert away.active("lti").kid


def test_without_the_process_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadgeToolError, match=r"keys\.signer_away"):
        SocketKeys(tmp_path / "nobody.sock").active("lti")


def test_a_house_issues_with_a_real_signing_process(tmp_path: Path) -> None:
    """The command in a process of its own; the web process has no key file."""
    path = tmp_path / "signer.sock"
    _give_keys(tmp_path / "guarded")
    named = {"SIGNER_SOCKET": path, "KEYS_DIR": tmp_path / "guarded", "DATA_DIR": tmp_path / "none"}
    environment = os.environ | {f"LTI_BADGES_{name}": str(value) for name, value in named.items()}
    process = subprocess.Popen([sys.executable, "-m", "lti_tool.cli", "signer"], env=environment)
    try:
        deadline = time.monotonic() + 60
        while not path.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        house = assemble(Settings(data_dir=tmp_path / "data", keys_dir=tmp_path / "keys", signer_socket=path))
        house.prepare()
        own = house.issuers.add("own", IssuerKind.DID_KEY, IssuerForm("Own"))
        assert own.id.removeprefix("did:key:") in {pair.kid for pair in house.key_store.all("issuer-ed25519")}
        for issuer in (house.issuers.default(), own):
            now = house.clock.now().replace(microsecond=0)
            signed = house.signer.sign_status_list(
                issuer, f"https://x.example/issuers/{issuer.slug}/status/1", {3}, 131_072, now, now + timedelta(days=1)
            )
            document = json.loads(signed)
            proof = embedded_proof(document)
            assert signature_holds(document, proof, key_named(proof["verificationMethod"], house.verifier._resolver))
        assert list((tmp_path / "keys").glob("*.pem")) == []
        house.engine.dispose()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not path.exists()
