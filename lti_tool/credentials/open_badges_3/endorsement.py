"""EndorsementClaim to an unsigned EndorsementCredential (https://www.imsglobal.org/spec/ob/v3p0/#endorsementcredential)."""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from lti_tool.credentials.linked_data.limits import require_harmless
from lti_tool.credentials.open_badges_3.build import build_profile
from lti_tool.credentials.open_badges_3.schema import endorsement_problem
from lti_tool.credentials.timestamps import to_text
from lti_tool.domain.attestation import EndorsementClaim
from lti_tool.domain.errors import BadgeToolError


def build_endorsement(claim: EndorsementClaim) -> dict[str, Any]:
    """The endorsement as a plain dict in compact JSON-LD, without a proof, checked by the strict schema.

    Raises BadgeToolError ``credential.schema`` or ``credential.not_compact``.
    """
    document = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
        "id": claim.endorsement_id,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": f"Endorsement by {claim.endorser.name}",
        "issuer": build_profile(claim.endorser),
        "validFrom": to_text(claim.valid_from),
        "credentialSubject": {
            "id": claim.about,
            "type": ["EndorsementSubject"],
            "endorsementComment": claim.comment,
        },
    }
    require_harmless(document)
    where = endorsement_problem(document)
    if where is not None:
        raise BadgeToolError("credential.schema", f"The endorsement breaks the Open Badges schema at {where}.")
    return document
