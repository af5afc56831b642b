"""The directory of private keys."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore.files import KeyFile, key_files, locked, read_key, secure_directory, write_key
from lti_tool.keystore.pair import PURPOSES, KeyPair, generate, public_jwk
from lti_tool.usecases.ports import Clock


class _SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class KeyStore:
    """Keys by purpose ("lti", "credential-ed25519", "credential-rsa"), one file each.

    The directory is looked at on every call, so that a key another process made is seen at once; a file is read
    only once, as a key file never changes under its name. Safe to share between threads.
    """

    def __init__(self, directory: Path, clock: Clock | None = None) -> None:
        self._directory = directory
        self._clock = clock or _SystemClock()
        self._read: dict[Path, KeyPair] = {}
        self._lock = threading.Lock()

    def ensure(self) -> None:
        """Makes the directory and whatever key is missing. Processes that start together end up with the same."""
        secure_directory(self._directory)
        with locked(self._directory):
            for purpose in PURPOSES:
                if not key_files(self._directory, purpose):
                    self._add(purpose)
        for purpose in PURPOSES:
            self.all(purpose)

    def active(self, purpose: str) -> KeyPair:
        """The newest key: the one to sign with. Raises `keys.missing`."""
        files = self._files(purpose)
        if not files:
            raise BadgeToolError(
                "keys.missing",
                f"There is no {purpose} key yet.",
                status=500,
                hint="The tool makes its keys when it starts.",
            )
        return self._pair(files[0])

    def all(self, purpose: str) -> list[KeyPair]:
        """Every key of a purpose, newest first: all of them are published."""
        return [self._pair(file) for file in self._files(purpose)]

    def rotate(self, purpose: str) -> KeyPair:
        """Adds a key, which is the active one from now on; the older ones stay published."""
        self._files(purpose)  # refuses an unknown purpose before anything is made
        secure_directory(self._directory)
        with locked(self._directory):
            file = self._add(purpose)
        return self._pair(file)

    def jwks(self, purpose: str) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK Set (RFC 7517, section 5), newest first."""
        return {"keys": [public_jwk(pair) for pair in self.all(purpose)]}

    def _add(self, purpose: str) -> KeyFile:
        """A new key that sorts before all others, even when the clock was set back."""
        now = self._clock.now()
        newest = key_files(self._directory, purpose)[:1]
        if newest and newest[0].created_at >= now:
            now = newest[0].created_at + timedelta(microseconds=1)
        return write_key(self._directory, purpose, generate(PURPOSES[purpose]), now)

    def _files(self, purpose: str) -> list[KeyFile]:
        if purpose not in PURPOSES:
            raise BadgeToolError("keys.unknown_purpose", "There are no keys for this purpose.", status=500)
        return key_files(self._directory, purpose)

    def _pair(self, file: KeyFile) -> KeyPair:
        with self._lock:
            pair = self._read.get(file.path)
            if pair is None:
                pair = self._read[file.path] = read_key(file)
            return pair
