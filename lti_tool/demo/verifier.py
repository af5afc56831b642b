"""A stranger who checks badges: he knows nothing but what is served at the addresses that they name.

The embedded signature is checked with the same code as `lti-badges verify`, handed documents that were fetched over
HTTP; the JWT with PyJWT alone.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import jwt
import requests

from lti_tool.credentials.verification import verify
from lti_tool.domain.credential import VerificationReport
from lti_tool.domain.errors import BadgeToolError

TIMEOUT_S = 20


@dataclass
class Stranger:
    """Fetches and checks."""

    _http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self._http.trust_env = False
        self._http.headers.update({"User-Agent": "lti-badges-demo-verifier", "Accept": "application/json"})

    def check(self, badge: str | bytes) -> VerificationReport:
        """The report on a badge as JSON, JWT or PNG, with everything fetched anew."""
        return verify(badge, self, now=datetime.now(UTC))

    def check_jwt(self, token: str) -> dict[str, Any]:
        """The claims of a badge as JWT, its signature checked against the document at its kid.

        Raises jwt.PyJWTError.
        """
        kid = jwt.get_unverified_header(token)["kid"]
        key = jwt.PyJWK(self.key_document(kid)).key
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})
        return claims

    def is_revoked(self, document: dict[str, Any]) -> bool:
        """The badge's own bit on its status list (Bitstring Status List 1.0, 3.2 and 4: gzip, first bit highest)."""
        status = document["credentialStatus"]
        encoded = self.status_list(status["statusListCredential"])["credentialSubject"]["encodedList"]
        bits = gzip.decompress(base64.urlsafe_b64decode(encoded.removeprefix("u") + "=" * (-len(encoded[1:]) % 4)))
        index = int(status["statusListIndex"])
        return bool(bits[index // 8] >> (7 - index % 8) & 1)

    # What credentials.verification.Resolver asks for.

    def did_document(self, did: str) -> dict[str, Any]:
        return self._get(did_address(did))

    def key_document(self, url: str) -> dict[str, Any]:
        return self._get(url)

    def hosted_document(self, url: str) -> dict[str, Any]:
        return self._get(url)

    def status_list(self, url: str) -> dict[str, Any]:
        return self._get(url)

    def _get(self, url: str) -> dict[str, Any]:
        try:
            # A stranger comes without a cache: what is asked for is today's answer.
            response = self._http.get(url, timeout=TIMEOUT_S, allow_redirects=False)
            response.raise_for_status()
            document: dict[str, Any] = dict(json.loads(response.content))
        except (requests.RequestException, ValueError, TypeError) as error:
            raise BadgeToolError("fetch.failed", f"{url} could not be read.", status=502) from error
        return document


def did_address(did: str) -> str:
    """Where a did:web's document is (https://w3c-ccg.github.io/did-method-web/#read-resolve), http on this machine."""
    host, *path = (unquote(part) for part in did.removeprefix("did:web:").split(":"))
    scheme = "http" if host.partition(":")[0] in ("localhost", "127.0.0.1") else "https"
    return f"{scheme}://{host}/{'/'.join(path) or '.well-known'}/did.json"
