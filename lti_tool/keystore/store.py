"""The directory of private keys."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore.files import (
    KeyFile,
    key_files,
    locked,
    read_key,
    remove_key,
    secure_directory,
    write_key,
)
from lti_tool.keystore.pair import PURPOSES, ROTATED, KeyPair, generate, public_jwk
from lti_tool.usecases.ports import Clock

# A new key is listed this long before it signs: our key set may be kept for ten minutes (web/protocols/lti), and
# whoever kept it then comes again before the first signature.
OVERLAP = timedelta(minutes=15)


class _SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class KeyStore:
    """Keys by purpose (see `PURPOSES`), one file each.

    The directory is looked at on every call, so that a key another process made is seen at once; a file is read
    only once, as the key under its name never changes. With a `secret` new keys are encrypted; plain ones are read
    all the same, until `encrypt` is called. Safe to share between threads.
    """

    def __init__(self, directory: Path, clock: Clock | None = None, secret: bytes | None = None) -> None:
        self._directory = directory
        self._clock = clock or _SystemClock()
        self._secret = secret
        self._read: dict[Path, KeyPair] = {}
        self._lock = threading.Lock()

    def ensure(self, purposes: Collection[str] = ROTATED) -> None:
        """Makes the directory and whatever key is missing. Processes that start together end up with the same."""
        secure_directory(self._directory)
        with locked(self._directory):
            for purpose in purposes:
                if not key_files(self._directory, purpose):
                    self._add(purpose, self._clock.now())
        for purpose in PURPOSES:
            self.all(purpose)

    def active(self, purpose: str) -> KeyPair:
        """The key to sign with now: the newest whose time has come. Raises `keys.missing`."""
        return self._pair(self._active(self._files(purpose), purpose))

    def all(self, purpose: str) -> list[KeyPair]:
        """Every key of a purpose, newest first, also one that does not sign yet: all of them are published."""
        found = []
        for file in self._files(purpose):
            try:
                found.append(self._pair(file))
            except FileNotFoundError:  # retired by another process since the directory was read
                continue
        return found

    def rotate(self, purpose: str, overlap: timedelta = OVERLAP) -> KeyPair:
        """Adds a key. It is published at once and signs after the overlap; the older ones stay published."""
        self._files(purpose)  # refuses an unknown purpose before anything is made
        secure_directory(self._directory)
        with locked(self._directory):
            file = self._add(purpose, self._clock.now() + overlap)
        return self._pair(file)

    def retire(self, purpose: str, kid: str) -> None:
        """Takes a key out of the published set and deletes it. Raises `keys.unknown`, and `keys.still_needed` for the
        key that signs, one that is yet to sign, and one whose last signatures may still be under way."""
        with locked(self._directory):
            files = self._files(purpose)
            found = require_unneeded(files, kid, self._active(files, purpose), self._clock.now())
            remove_key(found)
        with self._lock:
            self._read.pop(found.path, None)

    def encrypt(self, old_secrets: Sequence[bytes] = ()) -> int:
        """Writes every key again that is not encrypted with the present secret, under its name; gives how many.

        Of old secrets each is tried. All keys are opened before the first is written. Raises `keys.secret_missing`,
        and `keys.secret_wrong` where none fits.
        """
        if self._secret is None:
            raise BadgeToolError(
                "keys.secret_missing",
                "No key-encryption secret is set.",
                status=500,
                hint="Set LTI_BADGES_KEY_ENCRYPTION_SECRET or LTI_BADGES_KEY_ENCRYPTION_SECRET_FILE.",
            )
        with locked(self._directory):
            opened = [self._open(file, old_secrets) for purpose in PURPOSES for file in self._files(purpose)]
            stale = [(file, pair) for file, pair, current in opened if not current]
            for file, pair in stale:
                write_key(self._directory, file.purpose, pair.private_key, file.signs_from, self._secret)
        with self._lock:
            self._read.clear()
        return len(stale)

    def jwks(self, purpose: str) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK Set (RFC 7517, section 5), newest first."""
        return {"keys": [public_jwk(pair) for pair in self.all(purpose)]}

    def _open(self, file: KeyFile, old_secrets: Sequence[bytes]) -> tuple[KeyFile, KeyPair, bool]:
        """The key, and whether it is encrypted with the present secret."""
        for secret in (self._secret, *old_secrets):
            try:
                pair = read_key(file, secret)
            except BadgeToolError as error:
                if error.code != "keys.secret_wrong":
                    raise
                wrong = error
            else:
                return file, pair, pair.encrypted and secret == self._secret
        raise wrong

    def _active(self, files: Sequence[KeyFile], purpose: str) -> KeyFile:
        return signing(files, purpose, self._clock.now())

    def _add(self, purpose: str, signs_from: datetime) -> KeyFile:
        """A new key that comes after the one that signs now, even when the clock was set back."""
        files = key_files(self._directory, purpose)
        if files:
            signs_from = max(signs_from, self._active(files, purpose).signs_from + timedelta(microseconds=1))
        return write_key(self._directory, purpose, generate(PURPOSES[purpose]), signs_from, self._secret)

    def _files(self, purpose: str) -> list[KeyFile]:
        if purpose not in PURPOSES:
            raise BadgeToolError("keys.unknown_purpose", "There are no keys for this purpose.", status=500)
        return key_files(self._directory, purpose)

    def _pair(self, file: KeyFile) -> KeyPair:
        with self._lock:
            pair = self._read.get(file.path)
            if pair is None:
                pair = self._read[file.path] = read_key(file, self._secret)
            return pair


class _Named(Protocol):
    @property
    def kid(self) -> str: ...
    @property
    def signs_from(self) -> datetime: ...


N = TypeVar("N", bound=_Named)


def signing(keys: Sequence[N], purpose: str, now: datetime) -> N:
    """Of keys, newest first, the one that signs. Raises `keys.missing`."""
    if not keys:
        raise BadgeToolError(
            "keys.missing",
            f"There is no {purpose} key yet.",
            status=500,
            hint="The tool makes its keys when it starts.",
        )
    # The newest where this machine's clock was set back before all of them.
    return next((key for key in keys if key.signs_from <= now), keys[0])


def require_unneeded(keys: Sequence[N], kid: str, active: N, now: datetime) -> N:
    """The key of that id, where it can be retired. Raises `keys.unknown` and `keys.still_needed`."""
    found = next((key for key in keys if key.kid == kid), None)
    if found is None:
        raise BadgeToolError("keys.unknown", "There is no such key.", status=404, hint="See `keys list`.")
    fresh = now - active.signs_from < OVERLAP
    if found == active or found.signs_from > active.signs_from or fresh:
        raise BadgeToolError(
            "keys.still_needed",
            "This key signs, will sign, or did so until a moment ago.",
            status=409,
            hint="Rotate first, and retire the old key half an hour later.",
        )
    return found
