"""Writing the twin: every member of the credential, those that tell of the holder behind digests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from lti_tool.credentials.sd_jwt.disclosures import ALGORITHM, Disclosing, SaltOf
from lti_tool.credentials.signatures import sign_compact
from lti_tool.credentials.timestamps import from_text

MEDIA_TYPE = "dc+sd-jwt"


@dataclass(frozen=True, slots=True)
class SdJwtTerms:
    """What the twin says beside the credential.

    `issuer_url` is where ``/.well-known/jwt-vc-issuer`` is asked for its keys, `type_url` the ``vct``. `status_url`:
    its Token Status List, "" where the credential is on no list. `holder`: the wallet's public JWK, None where the
    badge is bound to none. `salt_of(place)` is the same each time and not to be guessed.
    """

    issuer_url: str
    type_url: str
    issued_at: datetime
    salt_of: SaltOf = field(repr=False)
    status_url: str = ""
    holder: dict[str, str] | None = None


def write_sd_jwt(
    credential: dict[str, Any], terms: SdJwtTerms, *, kid: str, private_key: EllipticCurvePrivateKey
) -> str:
    """The unsigned credential as an SD-JWT with all its disclosures, without a key-binding JWT. Same input, same text.

    ``sub`` (the recipient's id), each identifier (her name, her hashed address), evidence and results can be kept back
    by the holder; ``iss``, ``vct``, ``nbf``, ``exp``, ``cnf`` and ``status`` never (draft-ietf-oauth-sd-jwt-vc, 2.2.2).
    """
    hiding = Disclosing(terms.salt_of)
    subject = dict(credential["credentialSubject"])
    recipient = {"sub": subject.pop("id")} if "id" in subject else {}
    if "identifier" in subject:
        subject["identifier"] = hiding.items(subject["identifier"], "identifier")
    subject = hiding.members(subject, ("result",), "credentialSubject")
    claims = {**_registered(credential, terms), **credential, **recipient, "credentialSubject": subject}
    payload = hiding.members(claims, ("sub", "evidence"), "")
    signed = sign_compact({**payload, ALGORITHM: "sha-256"}, {"typ": MEDIA_TYPE, "kid": kid}, private_key)
    return "~".join([signed, *hiding.disclosures, ""])


def _registered(credential: dict[str, Any], terms: SdJwtTerms) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "iss": terms.issuer_url,
        "vct": terms.type_url,
        "iat": int(terms.issued_at.timestamp()),
        "nbf": int(from_text(credential["validFrom"]).timestamp()),
    }
    if "validUntil" in credential:
        claims["exp"] = int(from_text(credential["validUntil"]).timestamp())
    if terms.holder is not None:
        claims["cnf"] = {"jwk": terms.holder}
    if terms.status_url:
        index = int(credential["credentialStatus"]["statusListIndex"])
        claims["status"] = {"status_list": {"idx": index, "uri": terms.status_url}}
    return claims
