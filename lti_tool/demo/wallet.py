"""A small wallet that collects a badge by OpenID4VCI 1.0 with a pre-authorised code.

https://openid.net/specs/openid-4-verifiable-credential-issuance-1_0.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import base58
import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
TIMEOUT_S = 20
_ED25519_PREFIX = b"\xed\x01"  # multicodec ed25519-pub, as did:key writes it


class WalletRefused(Exception):
    """An endpoint answered with an error, or with something that the specification does not foresee."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What the wallet holds now: the badge as a JSON-LD document and as a JWT. Both are bound to its own DID."""

    document: dict[str, Any]
    jwt: str
    notification_id: str


@dataclass
class Wallet:
    """A holder's key, and what it does with an offer."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    _http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self._http.trust_env = False
        self._http.headers.update({"User-Agent": "lti-badges-demo-wallet", "Accept": "application/json"})

    @property
    def did(self) -> str:
        """The holder as did:key (https://w3c-ccg.github.io/did-key-spec/)."""
        return "did:key:z" + base58.b58encode(_ED25519_PREFIX + self.key.public_key().public_bytes_raw()).decode()

    def collect(self, offer_uri: str) -> Collected:
        """Follows an ``openid-credential-offer://`` address to the end, and tells the issuer that it was stored.

        Raises WalletRefused.
        """
        offer = self._get(_offer_address(offer_uri))
        issuer = str(offer["credential_issuer"])
        metadata = self._get(_well_known("openid-credential-issuer", issuer))
        if metadata["credential_issuer"] != issuer:
            raise WalletRefused("the metadata is another issuer's")
        # The issuer is its own authorization server where it names no other (12.2.4).
        server = self._get(_well_known("oauth-authorization-server", issuer))
        code = offer["grants"][GRANT]["pre-authorized_code"]
        form = {"grant_type": GRANT, "pre-authorized_code": code}
        token = str(self._post(server["token_endpoint"], data=form)["access_token"])
        forms = metadata["credential_configurations_supported"]
        by_format = {forms[name]["format"]: name for name in offer["credential_configuration_ids"]}
        answer, document = self._one(metadata, issuer, token, by_format["ldp_vc"])
        _, as_jwt = self._one(metadata, issuer, token, by_format["jwt_vc_json"])
        self._notify(metadata, token, answer["notification_id"])
        return Collected(document, as_jwt, answer["notification_id"])

    def _one(self, metadata: dict[str, Any], issuer: str, token: str, configuration: str) -> tuple[Any, Any]:
        """One credential of one configuration, for a fresh proof over a fresh nonce (7, 8)."""
        nonce = self._post(metadata["nonce_endpoint"])["c_nonce"]
        body = {
            "credential_configuration_id": configuration,
            "proofs": {"jwt": [self._proof(issuer, nonce)]},
        }
        answer = self._post(metadata["credential_endpoint"], json=body, headers=_bearer(token))
        return answer, answer["credentials"][0]["credential"]

    def _proof(self, issuer: str, nonce: str) -> str:
        """A key proof (appendix F.1)."""
        claims = {"aud": issuer, "iat": int(time.time()), "nonce": nonce}
        headers = {"typ": "openid4vci-proof+jwt", "kid": f"{self.did}#{self.did.removeprefix('did:key:')}"}
        return jwt.encode(claims, self.key, algorithm="EdDSA", headers=headers)

    def _notify(self, metadata: dict[str, Any], token: str, notification_id: str) -> None:
        body = {"notification_id": notification_id, "event": "credential_accepted"}
        response = self._http.post(
            metadata["notification_endpoint"], json=body, headers=_bearer(token), timeout=TIMEOUT_S
        )
        if response.status_code != 204:
            raise WalletRefused(f"the notification was answered with {response.status_code}")

    def _get(self, url: str) -> Any:
        return _json(self._http.get(url, timeout=TIMEOUT_S, allow_redirects=False))

    def _post(self, url: str, **content: Any) -> Any:
        return _json(self._http.post(url, timeout=TIMEOUT_S, allow_redirects=False, **content))


def _json(response: requests.Response) -> Any:
    if response.status_code != 200:
        raise WalletRefused(f"{urlsplit(response.url).path} answered {response.status_code}: {response.text[:300]}")
    return response.json()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _offer_address(offer_uri: str) -> str:
    """The address in an offer given by reference (4.1.3)."""
    parts = urlsplit(offer_uri)
    found = parse_qs(parts.query).get("credential_offer_uri", [])
    if parts.scheme != "openid-credential-offer" or len(found) != 1:
        raise WalletRefused(f"this is no credential offer: {offer_uri[:80]}")
    return found[0]


def _well_known(name: str, issuer: str) -> str:
    """The well-known part goes between host and path (12.2.2; RFC 8414, 3.1)."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}/.well-known/{name}{parts.path}"
