"""The credential that carries a status list; signed like any other, by the issuer of the badges on it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from lti_tool.credentials.contexts import CREDENTIALS_V2
from lti_tool.credentials.status_list.bitstring import LIST_SIZE, encode
from lti_tool.credentials.timestamps import to_text
from lti_tool.domain.errors import BadgeToolError

# For how long a reader may go by a copy (Bitstring Status List 1.0, 2.2): without it, five minutes.
TTL_MS = 30_000


def build_status_list(
    list_url: str,
    issuer_id: str,
    revoked: Collection[int],
    *,
    size: int = LIST_SIZE,
    purpose: str = "revocation",
    valid_from: datetime,
    valid_until: datetime,
) -> dict[str, Any]:
    """The unsigned BitstringStatusListCredential served at `list_url`, with every index of `revoked` set."""
    return {
        "@context": [CREDENTIALS_V2],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id,
        "validFrom": to_text(valid_from),
        "validUntil": to_text(valid_until),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "ttl": TTL_MS,
            "encodedList": encode(revoked, size),
        },
    }


def require_status_list(document: dict[str, Any], *, list_url: str, issuer_id: str, purpose: str) -> str:
    """The ``encodedList`` of a list that is the one meant: this address, this issuer, this purpose.

    Raises BadgeToolError ``status.list_foreign`` or ``status.list_unreadable``.
    """
    subject = document.get("credentialSubject")
    types = document.get("type")
    if not isinstance(subject, dict) or not isinstance(types, list) or "BitstringStatusListCredential" not in types:
        raise BadgeToolError("status.list_unreadable", "What the issuer serves as a status list is not one.")
    issuer = document.get("issuer")
    issuer = issuer.get("id") if isinstance(issuer, dict) else issuer
    if document.get("id") != list_url or issuer != issuer_id or subject.get("statusPurpose") != purpose:
        raise BadgeToolError("status.list_foreign", "The status list is not the one this badge is on.")
    encoded = subject.get("encodedList")
    if subject.get("type") != "BitstringStatusList" or not isinstance(encoded, str):
        raise BadgeToolError("status.list_unreadable", "What the issuer serves as a status list is not one.")
    return encoded
