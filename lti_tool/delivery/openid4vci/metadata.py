"""What a wallet reads first: the credential issuer's and the authorization server's metadata."""

from __future__ import annotations

from typing import Any

from lti_tool.delivery.openid4vci.configurations import (
    BINDING_METHODS,
    PROOF_ALGORITHMS,
    SD_JWT,
    Configuration,
    offered_by,
)
from lti_tool.usecases.ports import Issuer

PRE_AUTHORIZED_GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"

_CLAIMS = (
    (("credentialSubject", "achievement", "name"), "Badge"),
    (("credentialSubject", "achievement", "description"), "What it stands for"),
    (("credentialSubject", "achievement", "criteria", "narrative"), "What it took"),
    (("issuer", "name"), "Issued by"),
    (("awardedDate",), "Awarded on"),
)


def issuer_metadata(issuer: Issuer, url: str) -> dict[str, Any]:
    """Credential issuer metadata (OpenID4VCI 1.0, 12.2.4) of the issuer whose identifier is `url`.

    ``authorization_servers`` is left out: the issuer is its own authorization server.
    """
    return {
        "credential_issuer": url,
        "credential_endpoint": f"{url}/credential",
        "nonce_endpoint": f"{url}/nonce",
        "notification_endpoint": f"{url}/notification",
        "display": [{"name": issuer.name, "locale": "en"}],
        "credential_configurations_supported": {
            configuration.id: _configuration(configuration, issuer, url)
            for configuration in offered_by(issuer).values()
        },
    }


def authorization_server_metadata(url: str) -> dict[str, Any]:
    """Authorization server metadata (RFC 8414; OpenID4VCI 1.0, 12.3).

    Anonymous access must be said aloud, as its default is false. ``response_types_supported`` would be empty,
    and RFC 8414 3.2 has empty members left out: there is no authorization endpoint.
    """
    return {
        "issuer": url,
        "token_endpoint": f"{url}/token",
        "token_endpoint_auth_methods_supported": ["none"],
        "grant_types_supported": [PRE_AUTHORIZED_GRANT],
        "pre-authorized_grant_anonymous_access_supported": True,
    }


def _configuration(configuration: Configuration, issuer: Issuer, url: str) -> dict[str, Any]:
    return {
        "format": configuration.format,
        "scope": configuration.id,
        "cryptographic_binding_methods_supported": list(BINDING_METHODS),
        "credential_signing_alg_values_supported": [configuration.signing_algorithm(issuer)],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": list(PROOF_ALGORITHMS)}},
        **configuration.definition,
        **({"vct": _type_url(url)} if configuration.format == SD_JWT else {}),
        "credential_metadata": {
            "display": [{"name": "Open Badge", "locale": "en"}],
            "claims": [{"path": list(path), "display": [{"name": name, "locale": "en"}]} for path, name in _CLAIMS],
        },
    }


def _type_url(issuer_url: str) -> str:
    """One type for all issuers of this tool, beside their folder."""
    return f"{issuer_url.rpartition('/issuers/')[0]}/credential-types/open-badge"
