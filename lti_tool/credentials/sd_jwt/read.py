"""Reading an SD-JWT VC of a badge: each disclosure must be one that the signature covers, once (RFC 9901, 7.1)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from lti_tool.credentials.json_text import MAX_JSON_BYTES, parse_object
from lti_tool.credentials.keys_text import b64url_decode
from lti_tool.credentials.sd_jwt.disclosures import ALGORITHM, DIGESTS, IN_LIST, digest_of
from lti_tool.credentials.timestamps import from_text
from lti_tool.domain.errors import BadgeToolError

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_TYPES = frozenset({"dc+sd-jwt", "vc+sd-jwt"})  # the second is the name in earlier drafts
_ALGORITHMS = frozenset({"ES256", "RS256"})
_MOST_DISCLOSURES, _MOST_DEPTH = 200, 16
# Claims of the token itself; the rest is the credential.
_OF_THE_TOKEN = frozenset({"iss", "sub", "iat", "nbf", "exp", "vct", "vct#integrity", "cnf", "status", ALGORITHM})


@dataclass(frozen=True, slots=True)
class SdJwt:
    """An SD-JWT that could be taken apart. Nothing of it is proved yet. `claims`: with what was disclosed put back."""

    signed: str
    algorithm: str
    kid: str
    claims: dict[str, Any]


def parse_sd_jwt(text: str) -> SdJwt:
    """Take an SD-JWT apart, with or without a key-binding JWT, which is not looked at: it answers a question that
    somebody else asked.

    Raises BadgeToolError ``credential.unreadable``, ``credential.jwt_header`` or ``credential.disclosure``.
    """
    signed, *disclosures = text.split("~")
    if len(text) > 2 * MAX_JSON_BYTES or not _COMPACT.fullmatch(signed) or len(disclosures) > _MOST_DISCLOSURES:
        raise _unreadable()
    try:
        header, payload = (parse_object(b64url_decode(part)) for part in signed.split(".")[:2])
    except ValueError as error:
        raise _unreadable() from error
    kid = header.get("kid")
    if header.get("typ") not in _TYPES or header.get("alg") not in _ALGORITHMS or not isinstance(kid, str):
        raise BadgeToolError("credential.jwt_header", "The SD-JWT's header is not one that this tool reads.")
    if payload.get(ALGORITHM, "sha-256") != "sha-256":
        raise _wrong()
    opened = _Opened({digest_of(text): _parts(text) for text in disclosures[:-1]})
    if len(opened.parts) != len(disclosures) - 1:
        raise _wrong()
    claims = opened.object(payload, 0)
    if opened.parts:
        raise _wrong()  # something that nobody signed
    return SdJwt(signed, header["alg"], kid, claims)


def credential_of(parsed: SdJwt) -> dict[str, Any]:
    """The credential, as far as it was disclosed.

    Raises BadgeToolError ``credential.jwt_claims`` where the token's own claims say another thing.
    """
    claims = parsed.claims
    credential = {term: value for term, value in claims.items() if term not in _OF_THE_TOKEN}
    times = {"nbf": credential.get("validFrom"), "exp": credential.get("validUntil")}
    for term, text in times.items():
        expected = int(from_text(text).timestamp()) if isinstance(text, str) else None
        if claims.get(term) != expected:
            raise BadgeToolError("credential.jwt_claims", "The JWT's claims contradict the credential inside it.")
    subject = credential.get("credentialSubject")
    if isinstance(subject, dict) and isinstance(claims.get("sub"), str):
        # In the place where the credential had it, so that the order of members is the same.
        credential["credentialSubject"] = {"id": claims["sub"], **subject}
    return credential


class _Opened:
    """Puts disclosures back in their places; what is left over in `parts` belonged nowhere."""

    def __init__(self, parts: dict[str, list[Any]]) -> None:
        self.parts = parts
        self._seen: set[str] = set()

    def value(self, node: Any, depth: int) -> Any:
        if depth > _MOST_DEPTH:
            raise _wrong()
        if isinstance(node, list):
            return self._items(node, depth)
        return self.object(node, depth) if isinstance(node, dict) else node

    def object(self, node: dict[str, Any], depth: int) -> dict[str, Any]:
        found = {name: self.value(value, depth + 1) for name, value in node.items() if name != DIGESTS}
        digests = node.get(DIGESTS, [])
        for parts in map(self._take, digests if isinstance(digests, list) else [None]):
            if parts is None:
                continue
            if len(parts) != 3 or parts[1] in found or parts[1] in (DIGESTS, IN_LIST):
                raise _wrong()
            found[parts[1]] = self.value(parts[2], depth + 1)
        return found

    def _items(self, node: list[Any], depth: int) -> list[Any]:
        found = []
        for item in node:
            if not isinstance(item, dict) or set(item) != {IN_LIST}:
                found.append(self.value(item, depth + 1))
                continue
            parts = self._take(item[IN_LIST])
            if parts is not None and len(parts) != 2:
                raise _wrong()
            if parts is not None:
                found.append(self.value(parts[1], depth + 1))
        return found

    def _take(self, digest: Any) -> list[Any] | None:
        """The disclosure behind a digest; None where the holder kept it back."""
        if not isinstance(digest, str) or digest in self._seen:
            raise _wrong()
        self._seen.add(digest)
        return self.parts.pop(digest, None)


def _parts(disclosure: str) -> list[Any]:
    try:
        parts = json.loads(b64url_decode(disclosure))
    except (ValueError, RecursionError) as error:
        raise _wrong() from error
    if not isinstance(parts, list) or len(parts) not in (2, 3) or not all(isinstance(p, str) for p in parts[:-1]):
        raise _wrong()
    return parts


def _unreadable() -> BadgeToolError:
    return BadgeToolError("credential.unreadable", "The text is not an SD-JWT.")


def _wrong() -> BadgeToolError:
    return BadgeToolError("credential.disclosure", "The SD-JWT discloses something that its issuer did not sign.")
