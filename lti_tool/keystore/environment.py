"""Private keys that an operator hands to the process by its environment, where there is no disk to keep them on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import NoReturn

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore.envelope import is_sealed, unseal
from lti_tool.keystore.files import named
from lti_tool.keystore.pair import PURPOSES, ROTATED, KeyPair, is_of_kind, kid_of, public_jwk
from lti_tool.keystore.store import OVERLAP, signing
from lti_tool.usecases.ports import Clock


class EnvironmentKeys:
    """Does what KeyStore does with the files of a key directory as one JSON object: {name of the file: its content}.

    What is encrypted there is opened with the key-encryption secret. Keys are added, and taken out, where the
    environment is made. Raises `keys.environment`.
    """

    def __init__(self, text: str, clock: Clock, secret: bytes | None = None) -> None:
        self._clock = clock
        self._pairs = [_pair(name, content, secret) for name, content in _files(text)]
        self._pairs.sort(key=lambda pair: (pair.created_at, pair.kid), reverse=True)

    def ensure(self) -> None:
        """Raises `keys.environment` where a purpose has no key."""
        missing = [purpose for purpose in ROTATED if not self.all(purpose)]
        if missing:
            raise _unusable(f"There is no key for {', '.join(missing)}.")

    def active(self, purpose: str) -> KeyPair:
        found = {pair.kid: pair for pair in self.all(purpose)}
        return found[signing([_When(pair) for pair in found.values()], purpose, self._clock.now()).kid]

    def all(self, purpose: str) -> list[KeyPair]:
        if purpose not in PURPOSES:
            raise BadgeToolError("keys.unknown_purpose", "There are no keys for this purpose.", status=500)
        return [pair for pair in self._pairs if pair.purpose == purpose]

    def rotate(self, purpose: str, overlap: timedelta = OVERLAP) -> KeyPair:
        _refuse()

    def retire(self, purpose: str, kid: str) -> None:
        _refuse()

    def encrypt(self, old_secrets: Sequence[bytes] = ()) -> int:
        _refuse()

    def jwks(self, purpose: str) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK Set (RFC 7517, section 5), newest first."""
        return {"keys": [public_jwk(pair) for pair in self.all(purpose)]}


class _When:
    """A key by the names that `signing` asks for."""

    def __init__(self, pair: KeyPair) -> None:
        self.kid = pair.kid
        self.signs_from = pair.created_at


def _files(text: str) -> list[tuple[str, str]]:
    try:
        read = json.loads(text)
    except ValueError:
        raise _unusable("It is no JSON.") from None
    if not isinstance(read, dict) or not all(isinstance(content, str) for content in read.values()):
        raise _unusable("It is no object of file names and their contents.")
    return list(read.items())


def _pair(name: str, content: str, secret: bytes | None) -> KeyPair:
    said = named(name)
    if said is None or said.purpose not in PURPOSES:
        raise _unusable("One of its names is that of no key file.")
    key = unseal(content.encode(), secret, name)
    if key is None or not is_of_kind(key, PURPOSES[said.purpose]) or kid_of(key.public_key(), said.purpose) != said.kid:
        raise _unusable(f"{name} holds no such key.")
    return KeyPair(said.kid, said.purpose, key, said.signs_from, is_sealed(content.encode()))


def _unusable(why: str) -> BadgeToolError:
    return BadgeToolError(
        "keys.environment",
        f"LTI_BADGES_PRIVATE_KEYS cannot be used. {why}",
        status=500,
        hint="It is a JSON object: for each file of a key directory its name and its content.",
    )


def _refuse() -> NoReturn:
    raise BadgeToolError(
        "keys.elsewhere",
        "The keys are in the environment of this process.",
        status=409,
        hint="Change a key directory (`lti-badges keys` without private_keys), and set the variable anew from it.",
    )
