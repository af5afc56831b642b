"""Keys are rotated and retired while tokens are fetched and people come in, and nothing fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from lti_tool.keystore import KeyStore, store
from lti_tool.lti.keys import signing_key
from lti_tool.lti.service_tokens import CachedServiceTokens
from tests.functional.diagnosis.stage import Stage, staged

# A quarter of an hour in small: a platform keeps our key set for one second, and a new key waits for two.
KEPT_SECONDS, OVERLAP = 1.0, timedelta(seconds=2)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(store, "OVERLAP", OVERLAP)
    with staged(tmp_path, f"sqlite:///{tmp_path / 'tool.sqlite3'}", monkeypatch) as made:
        made.connect()
        yield made


class CachingPlatform:
    """Checks our signatures with a key set that it keeps for a while, and asks for it again only after that."""

    def __init__(self, jwks_url: str) -> None:
        self._url = jwks_url
        self._keys: dict[str, Any] = {}
        self._fetched_at = 0.0

    def verify(self, token: str) -> None:
        if time.monotonic() - self._fetched_at > KEPT_SECONDS:
            self._fetched_at = time.monotonic()
            listed = requests.get(self._url, timeout=5).json()
            self._keys = {key["kid"]: jwt.PyJWK(key).key for key in listed["keys"]}
        kid = jwt.get_unverified_header(token)["kid"]
        jwt.decode(token, self._keys[kid], algorithms=["RS256"])


@pytest.mark.slow
def test_rotations_while_everybody_works(stage: Stage, tmp_path: Path) -> None:
    house, registration = stage.house, stage.registration
    tokens = CachedServiceTokens(house.http, house.key_store, house.clock)
    platform = CachingPlatform(f"{stage.url}/lti/jwks.json")
    done, failures, stopped = {"token": 0, "launch": 0, "signature": 0}, [], threading.Event()
    kids: set[str] = set()

    def token() -> None:
        assert tokens.renew(registration, registration.service_scopes)

    def launch() -> None:
        answer = stage.launch()
        assert answer.status_code == 303, answer.text

    def signature() -> None:
        kid, key = signing_key(house.key_store)
        kids.add(kid)
        platform.verify(jwt.encode({"a": 1}, key, algorithm="RS256", headers={"kid": kid}))
        time.sleep(0.01)

    def repeat(name: str, do: Callable[[], None]) -> None:
        while not stopped.is_set():
            try:
                do()
            except Exception as error:  # whatever it is, it must not have happened
                failures.append((name, repr(error)))
            done[name] += 1

    # One thread checks signatures, as each platform has a cache of its own.
    threads = [
        threading.Thread(target=repeat, args=(do.__name__, do)) for do in (token, token, launch, launch, signature)
    ]
    for thread in threads:
        thread.start()
    elsewhere = KeyStore(tmp_path / "keys")  # the operator's command runs in another process
    made = [elsewhere.active("lti").kid]
    for _ in range(2):
        made.append(elsewhere.rotate("lti", OVERLAP).kid)
        time.sleep(2 * OVERLAP.total_seconds() + 0.5)
        elsewhere.retire("lti", made[-2])
    time.sleep(0.5)
    stopped.set()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert min(done.values()) > 10, done
    assert kids == set(made)  # each had its turn
    listed = requests.get(f"{stage.url}/lti/jwks.json", timeout=5).json()["keys"]
    assert [key["kid"] for key in listed] == made[-1:]


def test_the_same_without_an_overlap_fails(stage: Stage, tmp_path: Path) -> None:
    """The test above could find what it looks for."""
    platform = CachingPlatform(f"{stage.url}/lti/jwks.json")

    def sign() -> None:
        kid, key = signing_key(stage.house.key_store)
        platform.verify(jwt.encode({"a": 1}, key, algorithm="RS256", headers={"kid": kid}))

    sign()
    KeyStore(tmp_path / "keys").rotate("lti", timedelta(0))
    with pytest.raises(KeyError):
        sign()
