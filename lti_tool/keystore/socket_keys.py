"""The keys of a signing process, as everybody else sees them: the private ones never come here."""

from __future__ import annotations

import json
import socket
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_der_public_key

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore.elsewhere import key_elsewhere
from lti_tool.keystore.pair import KeyPair, public_jwk
from lti_tool.keystore.signing_process import MOST_BYTES, SECONDS
from lti_tool.keystore.store import OVERLAP


class SocketKeys:
    """Does what KeyStore does by asking the process behind a socket. Raises `keys.signer_away` where none answers."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ensure(self) -> None:
        self._ask(do="ensure")

    def active(self, purpose: str) -> KeyPair:
        return self._pair(self._ask(do="active", purpose=purpose))

    def all(self, purpose: str) -> list[KeyPair]:
        return [self._pair(one) for one in self._ask(do="all", purpose=purpose)]

    def rotate(self, purpose: str, overlap: timedelta = OVERLAP) -> KeyPair:
        return self._pair(self._ask(do="rotate", purpose=purpose, overlap=overlap.total_seconds()))

    def retire(self, purpose: str, kid: str) -> None:
        self._ask(do="retire", purpose=purpose, kid=kid)

    def encrypt(self, old_secrets: Sequence[bytes] = ()) -> int:
        """Raises `keys.elsewhere`: secrets do not go over the socket."""
        raise BadgeToolError(
            "keys.elsewhere",
            "The keys are in a signing process.",
            status=409,
            hint="Run this where the signing process runs, with its settings and without signer_socket.",
        )

    def jwks(self, purpose: str) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK Set (RFC 7517, section 5), newest first."""
        return {"keys": [public_jwk(pair) for pair in self.all(purpose)]}

    def _pair(self, said: dict[str, Any]) -> KeyPair:
        public: Any = load_der_public_key(b64decode(said["public"]))
        sign = partial(self._sign, said["purpose"], said["kid"])
        at = datetime.fromisoformat(said["created_at"])
        return KeyPair(said["kid"], said["purpose"], key_elsewhere(public, sign), at, said["encrypted"])

    def _sign(self, purpose: str, kid: str, data: bytes) -> bytes:
        return b64decode(self._ask(do="sign", purpose=purpose, kid=kid, data=b64encode(data).decode()))

    def _ask(self, **request: Any) -> Any:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(SECONDS)
                connection.connect(str(self._path))
                connection.sendall(json.dumps(request).encode() + b"\n")
                with connection.makefile("rb") as stream:
                    said = json.loads(stream.readline(2 * MOST_BYTES))
        except (OSError, ValueError) as error:
            raise BadgeToolError(
                "keys.signer_away",
                "The signing process does not answer.",
                status=503,
                hint="Start `lti-badges signer`, and see who may connect to its socket (signer_socket).",
            ) from error
        if "error" in said:
            code, message, status, hint = said["error"]
            raise BadgeToolError(code, message, status=status, hint=hint)
        return said["ok"]
