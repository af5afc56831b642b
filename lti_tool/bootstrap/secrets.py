"""The server's own secret, and what is derived from it."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The text of a file that only this user may read; made at the first call, by one process of many."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link appears whole or not at all, and fails where another process was first.
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


class ServerSecret:
    """One secret a server; purposes get keys of their own, so that no value of one use helps with another."""

    def __init__(self, keys_dir: Path) -> None:
        self._secret = read_or_make(keys_dir / "server-secret", lambda: secrets.token_urlsafe(48)).encode()
        self._page_tokens = self.derive("page-token")

    def derive(self, purpose: str) -> bytes:
        """32 bytes for a purpose (HMAC-SHA-256 as a key derivation)."""
        return hmac.digest(self._secret, purpose.encode(), "sha256")

    def page_token(self, session_id: str) -> str:
        """The token that the pages of a launch session carry."""
        return hmac.digest(self._page_tokens, session_id.encode(), "sha256").hex()


def admin_token(path: Path) -> str:
    """The operator's sign-in token, made at the first start."""
    return read_or_make(path, lambda: secrets.token_urlsafe(24))
