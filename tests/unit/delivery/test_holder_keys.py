"""Ed25519 keys under which anybody can sign."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lti_tool.delivery.openid4vci.holder_keys import _SMALL_ORDER, holder_of
from lti_tool.delivery.openid4vci.refusal import WalletRefusal

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _decode(encoded: bytes) -> tuple[int, int]:
    """The point of an encoding (RFC 8032, 5.1.3), taking y modulo p."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, (number & (2**255 - 1)) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    assert (x * x - square) % P == 0, "no point of the curve"
    return ((P - x) % P if x % 2 != sign else x), y


def _double(point: tuple[int, int]) -> tuple[int, int]:
    x, y = point
    k = D * x * x * y * y % P
    return 2 * x * y * pow(1 + k, -1, P) % P, (y * y + x * x) * pow(1 - k, -1, P) % P


@pytest.mark.parametrize("encoded", sorted(_SMALL_ORDER), ids=lambda encoded: encoded.hex()[:6] + encoded.hex()[-2:])
def test_eight_times_each_listed_point_is_nothing(encoded: bytes) -> None:
    point = _decode(encoded)
    for _ in range(3):
        point = _double(point)
    assert point == (0, 1)


def test_all_eight_points_are_listed() -> None:
    assert len({_decode(encoded) for encoded in _SMALL_ORDER}) == 8


@pytest.mark.parametrize("encoded", sorted(_SMALL_ORDER), ids=lambda encoded: encoded.hex()[:6] + encoded.hex()[-2:])
def test_none_of_them_is_a_holder(encoded: bytes) -> None:
    with pytest.raises(WalletRefusal) as refused:
        holder_of({"kid": "did:key:z6Mk"}, lambda did: Ed25519PublicKey.from_public_bytes(encoded))
    assert (refused.value.error, refused.value.code) == ("invalid_proof", "wallet.key")
