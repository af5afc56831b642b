"""The keys that sign launches: the current one, and those that were before it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lti_tool.sandbox.secrets_store import PlatformKey

FILE = "platform-key.pem"
Naming = Callable[[str, datetime], str]


class KeyRing:
    """Keys in a folder. `name` makes a ``kid`` of a key's fingerprint and of when it was made. `ahead`: how many keys
    are listed before they sign."""

    def __init__(self, folder: Path, name: Naming, ahead: int = 0) -> None:
        self._folder = folder
        self._name = name
        self._ahead = ahead
        self._lock = threading.Lock()
        self._keys = [self._load(self._path(number)) for number in range(1 + max(self._older(), ahead))]

    def _path(self, number: int) -> Path:
        """Number 0 is the key a fresh folder gets; each rotation adds the next."""
        return self._folder / (FILE if number == 0 else f"platform-key-{number}.pem")

    def _older(self) -> int:
        number = 0
        while self._path(number + 1).exists():
            number += 1
        return number

    def _load(self, path: Path) -> tuple[str, PlatformKey]:
        key = PlatformKey.keep(path)
        made_at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
        return self._name(key.fingerprint, made_at), key

    def rotate(self) -> str:
        """Signs with the next key from now on; the key set goes on to list the old ones. Returns its ``kid``."""
        with self._lock:
            self._keys.append(self._load(self._path(len(self._keys))))
            return self.kid

    @property
    def kid(self) -> str:
        """The key that signs now."""
        return self._current[0]

    @property
    def _current(self) -> tuple[str, PlatformKey]:
        return self._keys[-1 - self._ahead]

    def sign(self, claims: dict[str, Any]) -> str:
        """A JWS (RS256) over `claims`, in compact form, with the current key."""
        kid, key = self._current
        return key.sign(claims, kid)

    def jwks(self) -> dict[str, Any]:
        """The public halves as a JSON Web Key Set."""
        return {"keys": [key.jwk(kid) for kid, key in self._keys]}
