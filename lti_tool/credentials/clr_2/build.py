"""RecordClaim to an unsigned ClrCredential (https://www.imsglobal.org/spec/clr/v2p0/#clrcredential)."""

from __future__ import annotations

import json
from typing import Any

from lti_tool.credentials.contexts import CLR_2_0_1, CREDENTIALS_V2, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS
from lti_tool.credentials.timestamps import to_text
from lti_tool.domain.attestation import RecordClaim

# The order is prescribed.
CONTEXT = (CREDENTIALS_V2, CLR_2_0_1, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS)
SCHEMA_URL = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"


def build_record(claim: RecordClaim) -> dict[str, Any]:
    """The record as a plain dict in compact JSON-LD, without a proof and unchecked. The badges stand in it as they
    are: their own proofs go on holding."""
    issuer = {"id": claim.issuer.id, "type": ["Profile"], "name": claim.issuer.name}
    return {
        "@context": list(CONTEXT),
        "id": claim.record_id,
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": claim.name,
        "issuer": issuer | ({"url": claim.issuer.url} if claim.issuer.url else {}),
        "validFrom": to_text(claim.valid_from),
        **({"partial": True} if claim.partial else {}),
        "credentialSubject": {
            "id": claim.recipient_id,
            "type": ["ClrSubject"],
            "verifiableCredential": [json.loads(badge) for badge in claim.badges],
        },
        "credentialSchema": [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
    }
