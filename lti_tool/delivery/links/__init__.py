"""Links that carry a badge to other sites."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

LINKEDIN_ADD = "https://www.linkedin.com/profile/add"


def linkedin_add_to_profile(
    *,
    name: str,
    organization: str,
    issued_at: datetime,
    public_url: str,
    credential_id: str,
    organization_id: str = "",
    expires_at: datetime | None = None,
) -> str:
    """The address that opens LinkedIn's own form, filled in; the person saves it there herself.

    `organization_id` is LinkedIn's number of the organisation, which excludes its name. Months count from 1.
    `public_url` must be a page that anyone may open.
    """
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": name,
        **({"organizationId": organization_id} if organization_id else {"organizationName": organization}),
        "issueYear": str(issued_at.year),
        "issueMonth": str(issued_at.month),
    }
    if expires_at is not None:
        fields |= {"expirationYear": str(expires_at.year), "expirationMonth": str(expires_at.month)}
    fields |= {"certUrl": public_url, "certId": credential_id}
    return f"{LINKEDIN_ADD}?{urlencode(fields)}"
