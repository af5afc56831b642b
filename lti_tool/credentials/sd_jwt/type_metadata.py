"""What stands at the address of the type (draft-ietf-oauth-sd-jwt-vc, 6): how a wallet shows the badge."""

from __future__ import annotations

from typing import Any

_CLAIMS = (
    (("credentialSubject", "achievement", "name"), "Badge", False),
    (("credentialSubject", "achievement", "description"), "What it stands for", False),
    (("credentialSubject", "achievement", "criteria", "narrative"), "What it took", False),
    (("issuer", "name"), "Issued by", False),
    (("awardedDate",), "Awarded on", False),
    (("credentialSubject", "identifier", None), "Who earned it", True),
    (("sub",), "The holder's identifier", True),
    (("evidence",), "Evidence", True),
)


def type_metadata(type_url: str) -> dict[str, Any]:
    """The Type Metadata document of the badges that are written here."""
    return {
        "vct": type_url,
        "name": "Open Badge",
        "description": "An Open Badge 3.0 with the same members, of which the holder can keep some back.",
        "display": [{"locale": "en", "name": "Open Badge"}],
        "claims": [
            {
                "path": list(path),
                "display": [{"locale": "en", "label": label}],
                "sd": "always" if hidden else "never",
            }
            for path, label, hidden in _CLAIMS
        ],
    }
