"""A learning platform as far as launches see it: keys, and messages signed with them."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt

from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.lti import claims as c
from tests.fakes.clock import FakeClock
from tests.fakes.signing import public_jwk, rsa_key

ISSUER = "https://lms.example"
CLIENT_ID = "client-1"
DEPLOYMENT = "deployment-1"
BASE_URL = "https://badges.example"
REGISTRATION_ID = "reg-1"
LAUNCH_URL = f"{BASE_URL}/lti/{REGISTRATION_ID}/launch"
JWKS_URL = f"{ISSUER}/jwks"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
GONE = object()


def registration(**changes: Any) -> Registration:
    """An approved registration at the platform."""
    values: dict[str, Any] = {
        "id": REGISTRATION_ID,
        "tenant_id": "tenant-1",
        "name": "Example LMS",
        "issuer": ISSUER,
        "client_id": CLIENT_ID,
        "auth_login_url": f"{ISSUER}/auth",
        "auth_token_url": f"{ISSUER}/token",
        "jwks_url": JWKS_URL,
        "state": RegistrationState.ACTIVE,
    }
    return Registration(**{**values, **changes})


class FakePlatform:
    """Signs messages. `keys` is what its key set lists."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.kid = "platform-1"
        self.key = rsa_key("platform")
        self.keys: list[Any] = [public_jwk(self.key, self.kid)]

    def claims(self, nonce: str, /, **changes: Any) -> dict[str, Any]:
        """The claims of a learner's launch; a change to GONE takes a claim out."""
        issued_at = int(self.clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "sub": "user-7",
            "iat": issued_at,
            "exp": issued_at + 60,
            "nonce": nonce,
            "name": "Robin Example",
            "email": "robin@school.example",
            c.MESSAGE_TYPE: "LtiResourceLinkRequest",
            c.VERSION: "1.3.0",
            c.DEPLOYMENT_ID: DEPLOYMENT,
            c.TARGET_LINK_URI: LAUNCH_URL,
            c.ROLES: [LEARNER],
            c.RESOURCE_LINK: {"id": "link-1", "title": "Badges"},
            c.CONTEXT: {"id": "course-1", "title": "Laboratory Safety", "label": "LAB"},
            c.AGS_ENDPOINT: {
                "scope": [c.SCOPE_LINEITEM, c.SCOPE_SCORE],
                "lineitems": f"{ISSUER}/api/course-1/lineitems",
            },
            c.NRPS_SERVICE: {
                "context_memberships_url": f"{ISSUER}/api/course-1/members",
                "service_versions": ["2.0"],
            },
        }
        merged = {**claims, **changes}
        return {name: value for name, value in merged.items() if value is not GONE}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A token; header members can be changed, or taken out with GONE."""
        merged = {"alg": "RS256", "typ": "JWT", "kid": self.kid, **header}
        return self.sign_text(
            json.dumps({name: value for name, value in merged.items() if value is not GONE}), json.dumps(claims)
        )

    def sign_text(self, header: str, payload: str) -> str:
        """A genuine RS256 signature over whatever bytes a test wants to try."""
        signing_input = f"{segment(header)}.{segment(payload)}"
        algorithm = jwt.get_algorithm_by_name("RS256")
        signature = algorithm.sign(signing_input.encode(), self.key)
        return f"{signing_input}.{segment(signature)}"


def segment(value: str | bytes) -> str:
    """base64url without padding."""
    raw = value.encode() if isinstance(value, str) else value
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
