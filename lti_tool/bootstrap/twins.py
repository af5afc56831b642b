"""The SD-JWT twin of a stored credential, made when it is asked for, and what its readers fetch."""

from __future__ import annotations

import hmac
import json
from typing import Any

from lti_tool.bootstrap.key_ring import IssuerKeyRing
from lti_tool.credentials.did_web import public_key_of_did
from lti_tool.credentials.keys_text import b64url, to_jwk
from lti_tool.credentials.sd_jwt import SdJwtTerms, type_metadata, write_sd_jwt
from lti_tool.credentials.status_list import decode
from lti_tool.credentials.token_status_list import write_token_status_list
from lti_tool.domain.errors import NotFound
from lti_tool.usecases.ports import Clock, Issuer, StatusList, StoredCredential, Transactions

_SALT_BYTES = 16


class SdJwtTwins:
    """Nothing of a twin is stored: key, salts and time come of the credential, so that it is the same each time until
    the key is replaced. `secret` (32 bytes) makes the salts, and never changes."""

    def __init__(
        self, transactions: Transactions, clock: Clock, ring: IssuerKeyRing, secret: bytes, base_url: str
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._ring = ring
        self._secret = secret
        self._base_url = base_url

    @property
    def type_url(self) -> str:
        """The ``vct`` of every twin."""
        return f"{self._base_url}/credential-types/open-badge"

    def type_metadata(self) -> dict[str, Any]:
        return type_metadata(self.type_url)

    def issuer_url(self, issuer: Issuer) -> str:
        return f"{self._base_url}/issuers/{issuer.slug}"

    def issuer_metadata(self, issuer: Issuer) -> dict[str, Any]:
        """JWT VC issuer metadata (draft-ietf-oauth-sd-jwt-vc, 5)."""
        return {"issuer": self.issuer_url(issuer), "jwks": {"keys": self._ring.jwt_keys(issuer)}}

    def of(self, credential: StoredCredential) -> str:
        """The twin of a signed credential; "" where its issuer has no key for it."""
        with self._transactions(write=False) as unit:
            issuer = unit.issuers.by_id(credential.unsigned["issuer"]["id"])
        found = self._ring.es256_key(issuer) if issuer else None
        if issuer is None or found is None:
            return ""
        key, kid = found
        terms = SdJwtTerms(
            issuer_url=self.issuer_url(issuer),
            type_url=self.type_url,
            issued_at=credential.created,
            salt_of=lambda place: self._salt(credential, place),
            status_url=self._status_url(credential),
            holder=to_jwk(public_key_of_did(credential.binding)) if credential.binding else None,
        )
        return write_sd_jwt(credential.unsigned, terms, kid=kid, private_key=key)

    def status_list(self, issuer: Issuer, found: StatusList) -> str:
        """The list as last signed, for readers of SD-JWTs. Raises `status.unknown`."""
        held = self._ring.es256_key(issuer)
        if held is None or found.document is None or found.valid_until is None:
            raise NotFound("status.unknown", "This issuer has no such status list.")
        key, kid = held
        return write_token_status_list(
            f"{self.issuer_url(issuer)}/token-status/{found.id}",
            decode(_encoded_list(found.document)),
            found.purpose,
            issued_at=self._clock.now(),
            valid_until=found.valid_until,
            kid=kid,
            private_key=key,
        )

    def _status_url(self, credential: StoredCredential) -> str:
        address: str = credential.unsigned.get("credentialStatus", {}).get("statusListCredential", "")
        return address.replace("/status/", "/token-status/")

    def _salt(self, credential: StoredCredential, place: str) -> str:
        text = "\0".join([credential.id, credential.binding, credential.created.isoformat(), place])
        return b64url(hmac.digest(self._secret, text.encode(), "sha256")[:_SALT_BYTES])


def _encoded_list(document: str) -> str:
    encoded: str = json.loads(document)["credentialSubject"]["encodedList"]
    return encoded
