"""The bytes that a signature is over, alike for both suites with SHA-256
(https://www.w3.org/TR/vc-di-eddsa/#hashing-eddsa-rdfc-2022, https://www.w3.org/TR/vc-di-ecdsa/#hashing-ecdsa-rdfc-2019).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

Canonical = Callable[[dict[str, Any]], str]


def hash_data(document: dict[str, Any], proof: dict[str, Any], canonical: Canonical) -> bytes:
    """SHA-256 of the canonical proof options, then SHA-256 of the canonical unsecured document: 64 bytes.

    `proof` without ``proofValue`` and ``@context``, `document` without ``proof``.
    """
    options = {"@context": document["@context"], **proof}
    return hashlib.sha256(canonical(options).encode()).digest() + hashlib.sha256(canonical(document).encode()).digest()
