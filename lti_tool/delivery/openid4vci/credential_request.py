"""The form of a credential request (OpenID4VCI 1.0, 8.2), before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.delivery.openid4vci.configurations import CONFIGURATIONS, Configuration
from lti_tool.delivery.openid4vci.refusal import WalletRefusal, invalid_credential_request, invalid_proof


@dataclass(frozen=True, slots=True)
class CredentialRequest:
    """What is asked for, and the one proof (a compact JWT) that came with it."""

    configuration: Configuration
    proof: str


def read_request(body: Mapping[str, Any]) -> CredentialRequest:
    """Reads the JSON object that a wallet posted. Raises WalletRefusal with the errors of 8.3.1.2."""
    if "credential_response_encryption" in body:
        raise WalletRefusal("invalid_encryption_parameters", "encryption", "Answers are not encrypted here.")
    return CredentialRequest(_configuration(body), _proof(body))


def _configuration(body: Mapping[str, Any]) -> Configuration:
    members = [name for name in ("credential_configuration_id", "credential_identifier") if name in body]
    if len(members) != 1:
        raise invalid_credential_request(
            "identifier", "Exactly one of credential_configuration_id and credential_identifier is needed."
        )
    wanted = body[members[0]]
    configuration = CONFIGURATIONS.get(wanted) if isinstance(wanted, str) else None
    if configuration is not None:
        # The identifier that a token response names for a configuration is the configuration's own id.
        return configuration
    word = members[0].removesuffix("_id")
    raise WalletRefusal(f"unknown_{word}", f"unknown_{word}", "No such credential is offered.")


def _proof(body: Mapping[str, Any]) -> str:
    if "proofs" not in body:
        raise invalid_proof("missing", "The request has no proofs.")
    proofs = body["proofs"]
    if not isinstance(proofs, dict) or len(proofs) != 1:
        raise invalid_credential_request("proof_types", "The proofs must be of exactly one type.")
    if "jwt" not in proofs:
        raise invalid_proof("proof_type", "Proofs must be of type jwt.")
    given = proofs["jwt"]
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], str):
        # No batch_credential_issuance in the metadata: one badge is bound to one key.
        raise invalid_credential_request("proof_count", "Exactly one proof is needed.")
    return given[0]
