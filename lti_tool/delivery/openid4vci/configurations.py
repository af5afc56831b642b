"""The forms in which a wallet can collect a badge."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lti_tool.domain.issuer import ECDSA, IssuerKind
from lti_tool.usecases.ports import Issuer, StoredCredential

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
TYPES = ("VerifiableCredential", "OpenBadgeCredential")
SD_JWT = "dc+sd-jwt"
PROOF_ALGORITHMS = ("EdDSA", "ES256")
BINDING_METHODS = ("did:key", "did:jwk", "jwk")


@dataclass(frozen=True, slots=True)
class Configuration:
    """A credential configuration (OpenID4VCI 1.0, 12.2.4 and appendix A)."""

    id: str
    format: str
    signing_algorithm: Callable[[Issuer], str]
    definition: dict[str, Any]
    credential: Callable[[StoredCredential], object]


def _document(badge: StoredCredential) -> object:
    # Appendix A.1.2.4: the credential of ldp_vc is a JSON object, not a string.
    return json.loads(badge.document or "")


def _jwt(badge: StoredCredential) -> object:
    return badge.jwt


def offered_by(issuer: Issuer) -> dict[str, Configuration]:
    """Those of which the issuer's badges have the form: a did:key of Ed25519 has no key for JWTs."""
    has_jwt = issuer.kind is not IssuerKind.DID_KEY or issuer.proof == ECDSA
    return {name: one for name, one in CONFIGURATIONS.items() if has_jwt or one.format == "ldp_vc"}


CONFIGURATIONS = {
    configuration.id: configuration
    for configuration in (
        Configuration(
            "OpenBadgeCredential_ldp_vc",
            "ldp_vc",
            lambda issuer: issuer.proof,
            {"credential_definition": {"@context": list(CONTEXTS), "type": list(TYPES)}},
            _document,
        ),
        Configuration(
            "OpenBadgeCredential_jwt",
            "jwt_vc_json",
            lambda issuer: issuer.jwt_algorithm,
            {"credential_definition": {"type": list(TYPES)}},
            _jwt,
        ),
        # Its type is an address of ours, which the metadata add (appendix A.3.2).
        Configuration("OpenBadgeCredential_sd_jwt", SD_JWT, lambda issuer: "ES256", {}, lambda badge: None),
    )
}
