"""Keys in a hardware security module, by PKCS #11: made there, signing there, never read out.

Ed25519 and RSA alone: their signatures are the same each time, as the credentials need them, and a module's ECDSA draws
a random number. Keys of P-256 stay in files. Each key is a pair of objects, labelled as its file would be.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore.elsewhere import key_elsewhere
from lti_tool.keystore.files import file_name, locked, named, secure_directory
from lti_tool.keystore.pair import PURPOSES, ROTATED, KeyPair, PublicKey, kid_of, public_jwk
from lti_tool.keystore.store import OVERLAP, KeyStore, require_unneeded, signing
from lti_tool.usecases.ports import Clock

HELD = frozenset(purpose for purpose, kind in PURPOSES.items() if kind != "p256")
_NEW = "new"


@dataclass(frozen=True, slots=True)
class Module:
    """Where the module's library is, the token's label, and the PIN that opens it."""

    library: Path
    token: str
    pin: str


@dataclass(frozen=True, slots=True)
class _Held:
    label: str
    purpose: str
    signs_from: datetime
    kid: str


class HsmKeys:
    """Does what KeyStore does; `files` keeps the keys that the module cannot hold, and its directory the lock by which
    processes take turns in making keys. One session a process, used by one thread at a time."""

    def __init__(self, module: Module, files: KeyStore, directory: Path, clock: Clock) -> None:
        self._module = module
        self._files = files
        self._directory = directory
        self._clock = clock
        self._lock = threading.RLock()
        self._session: Any = None
        self._pid = 0
        self._public: dict[str, PublicKey] = {}

    def ensure(self) -> None:
        self._files.ensure(frozenset(ROTATED) - HELD)
        with locked(self._directory):
            for purpose in ROTATED:
                if purpose in HELD and not self._held(purpose):
                    self._make(purpose, self._clock.now())

    def active(self, purpose: str) -> KeyPair:
        if purpose not in HELD:
            return self._files.active(purpose)
        return self._pair(signing(self._held(purpose), purpose, self._clock.now()))

    def all(self, purpose: str) -> list[KeyPair]:
        """Also keys from before there was a module: what was to be signed with one is signed with it still."""
        held = [self._pair(one) for one in self._held(purpose)] if purpose in HELD else []
        return held + self._files.all(purpose)

    def rotate(self, purpose: str, overlap: timedelta = OVERLAP) -> KeyPair:
        if purpose not in HELD:
            return self._files.rotate(purpose, overlap)
        secure_directory(self._directory)
        with locked(self._directory):
            return self._pair(self._make(purpose, self._clock.now() + overlap))

    def retire(self, purpose: str, kid: str) -> None:
        if purpose not in HELD:
            return self._files.retire(purpose, kid)
        with locked(self._directory), self._lock:
            held = self._held(purpose)
            found = require_unneeded(held, kid, signing(held, purpose, self._clock.now()), self._clock.now())
            for item in self._objects(found.label):
                item.destroy()
        return None

    def encrypt(self, old_secrets: Sequence[bytes] = ()) -> int:
        return self._files.encrypt(old_secrets)

    def jwks(self, purpose: str) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK Set (RFC 7517, section 5), newest first."""
        return {"keys": [public_jwk(pair) for pair in self.all(purpose)]}

    def _pair(self, held: _Held) -> KeyPair:
        key = key_elsewhere(self._public[held.label], partial(self._sign, held))
        return KeyPair(held.kid, held.purpose, key, held.signs_from, True)

    def _held(self, purpose: str) -> list[_Held]:
        """The newest first. An object whose label says something else is nobody's business here."""
        import pkcs11

        found = []
        with self._lock:
            for item in self._opened().get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY}):
                name = named(item.label)
                if name is not None and name.purpose == purpose:
                    if item.label not in self._public:
                        self._public[item.label] = _read(item, purpose)
                    found.append(_Held(item.label, purpose, name.signs_from, name.kid))
        return sorted(found, key=lambda one: (one.signs_from, one.kid), reverse=True)

    def _make(self, purpose: str, signs_from: datetime) -> _Held:
        with self._lock:
            held = self._held(purpose)
            if held:
                latest = signing(held, purpose, self._clock.now()).signs_from
                signs_from = max(signs_from, latest + timedelta(microseconds=1))
            public, private = _generate(self._opened(), purpose)
            kid = kid_of(_read(public, purpose), purpose)
            label = file_name(purpose, signs_from, kid)
            # The public half last: by it a key is found.
            for item in (private, public):
                _set_label(item, label)
            self._public[label] = _read(public, purpose)
        return _Held(label, purpose, signs_from.astimezone(UTC), kid)

    def _sign(self, held: _Held, data: bytes) -> bytes:
        import pkcs11

        rsa = PURPOSES[held.purpose] == "rsa"
        mechanism = pkcs11.Mechanism.SHA256_RSA_PKCS if rsa else pkcs11.Mechanism.EDDSA
        with self._lock:
            private = next((one for one in self._objects(held.label) if hasattr(one, "sign")), None)
            if private is None:
                raise BadgeToolError("keys.missing", "The module has no such key any more.", status=500)
            made: bytes = private.sign(data, mechanism=mechanism)
            return made

    def _objects(self, label: str) -> list[Any]:
        import pkcs11

        return list(self._opened().get_objects({pkcs11.Attribute.LABEL: label}))

    def _opened(self) -> Any:
        """The session of this process; a child that was forked opens one of its own (PKCS #11, 5.4)."""
        import pkcs11

        if self._session is None or self._pid != os.getpid():
            try:
                library = pkcs11.lib(str(self._module.library))
                if self._pid not in (0, os.getpid()):
                    library.reinitialize()
                token = library.get_token(token_label=self._module.token)
                self._session = _log_in(token, self._module.pin)
            except (pkcs11.exceptions.PKCS11Error, RuntimeError) as error:
                raise BadgeToolError(
                    "keys.module",
                    f"The security module cannot be opened ({type(error).__name__}).",
                    status=503,
                    hint="Look at pkcs11_module, pkcs11_token and pkcs11_pin_file.",
                ) from None
            self._pid = os.getpid()
        return self._session


def _log_in(token: Any, pin: str) -> Any:
    import pkcs11

    try:
        return token.open(rw=True, user_pin=pin)
    except pkcs11.exceptions.UserAlreadyLoggedIn:
        # A process logs in once for all its sessions (PKCS #11, 5.6.8).
        return token.open(rw=True)


def _generate(session: Any, purpose: str) -> Any:
    import pkcs11
    from asn1crypto.core import PrintableString

    if PURPOSES[purpose] == "rsa":
        return session.generate_keypair(pkcs11.KeyType.RSA, 2048, label=_NEW, store=True)
    curve = {pkcs11.Attribute.EC_PARAMS: PrintableString("edwards25519").dump()}
    parameters = session.create_domain_parameters(pkcs11.KeyType.EC_EDWARDS, curve, local=True)
    return parameters.generate_keypair(mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, label=_NEW, store=True)


def _read(item: Any, purpose: str) -> PublicKey:
    import pkcs11
    from pkcs11.util.rsa import encode_rsa_public_key

    if PURPOSES[purpose] == "rsa":
        key: Any = load_der_public_key(_spki(encode_rsa_public_key(item)))
        return key  # type: ignore[no-any-return]
    # An octet string around the point (PKCS #11 3.0, 6.3.5).
    return Ed25519PublicKey.from_public_bytes(item[pkcs11.Attribute.EC_POINT][-32:])


def _spki(pkcs1: bytes) -> bytes:
    from asn1crypto.keys import PublicKeyInfo, RSAPublicKey

    made: bytes = PublicKeyInfo.wrap(RSAPublicKey.load(pkcs1), "rsa").dump()
    return made


def _set_label(item: Any, label: str) -> None:
    import pkcs11

    item[pkcs11.Attribute.LABEL] = label
    with suppress(AttributeError, KeyError):
        item[pkcs11.Attribute.ID] = label.encode()
