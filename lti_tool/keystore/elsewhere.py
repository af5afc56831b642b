"""Private keys that are not in this process: they look like others to whoever signs, and cannot be read out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore.pair import PrivateKey, PublicKey

Sign = Callable[[bytes], bytes]
"""The signature over data as `cryptography` gives it: RSASSA-PKCS1-v1_5 with SHA-256, Ed25519, or ECDSA with SHA-256
and the nonce of RFC 6979, in DER."""


def key_elsewhere(public: PublicKey, sign: Sign) -> PrivateKey:
    """The private half of `public`, of which only `sign` can make use."""
    if isinstance(public, Ed25519PublicKey):
        return _Ed25519(public, sign)
    if isinstance(public, RSAPublicKey):
        return _Rsa(public, sign)
    return _P256(public, sign)


def _refused(*_: Any, **__: Any) -> NoReturn:
    raise BadgeToolError(
        "keys.elsewhere", "The private key is not in this process, and does nothing but sign.", status=500
    )


class _Elsewhere:
    """Signs with the one way that the key's purpose has; whatever else a private key can do is refused."""

    def __init__(self, public: Any, sign: Sign) -> None:
        self._public = public
        self._sign = sign

    def public_key(self) -> Any:
        return self._public

    def sign(self, data: bytes, *_: Any) -> bytes:
        return self._sign(data)

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    private_bytes = private_bytes_raw = private_numbers = decrypt = exchange = _refused


class _Ed25519(_Elsewhere, Ed25519PrivateKey):  # type: ignore[misc]  # `sign` takes and ignores what others need
    pass


class _Rsa(_Elsewhere, RSAPrivateKey):
    @property
    def key_size(self) -> int:
        size: int = self._public.key_size
        return size


class _P256(_Elsewhere, ec.EllipticCurvePrivateKey):  # type: ignore[misc]  # as above
    @property
    def curve(self) -> ec.EllipticCurve:
        return ec.SECP256R1()

    @property
    def key_size(self) -> int:
        return 256
