"""From a token a platform sent to claims that can be believed. Shared by launches and notices."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from lti_tool.domain.platform import Registration
from lti_tool.lti.jwks import JwksCache
from lti_tool.lti.refusals import refusal
from lti_tool.lti.standard_claims import check_standard_claims
from lti_tool.lti.strict_json import read_bytes
from lti_tool.lti.token_form import TokenForm, read_form
from lti_tool.usecases.ports import Clock

# RS256 (RFC 7518, 3.3). The token was taken apart before, by rules that are stricter than PyJWT's.
_RS256 = (PKCS1v15(), SHA256())


class PlatformTokens:
    """Verifies tokens of registered platforms. `trusted_audiences` may stand in `aud` beside our client_id."""

    def __init__(self, keys: JwksCache, clock: Clock, trusted_audiences: Collection[str] = ()) -> None:
        self._keys = keys
        self._clock = clock
        self._trusted_audiences = frozenset(trusted_audiences)

    def verify(self, compact: str, registration: Registration) -> dict[str, Any]:
        """The claims of a token with a good RS256 signature, issuer, audience, times and a nonce.

        Whether the nonce is one of ours, and what the claims mean, is the caller's part.
        """
        form = read_form(compact)
        self.verify_claims(form.claims, registration)  # before any key is fetched for them
        self.verify_signature(form, registration)
        return form.claims

    def verify_signature(self, form: TokenForm, registration: Registration) -> None:
        """Raises jwt.signature_invalid, or what JwksCache.find raises."""
        key = self._keys.find(registration.jwks_url, form.kid)
        try:
            key.verify(read_bytes(form.signature), form.signed, *_RS256)
        except (ValueError, InvalidSignature) as error:
            raise refusal("jwt.signature_invalid") from error

    def verify_claims(self, claims: dict[str, Any], registration: Registration) -> None:
        """Raises claim.* unless issuer, audience and times are right."""
        check_standard_claims(
            claims,
            issuer=registration.issuer,
            client_id=registration.client_id,
            now=self._clock.now(),
            trusted_audiences=self._trusted_audiences,
        )
