"""From bytes to a credential: which of the forms is it, and can it be read safely?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lti_tool.credentials import sd_jwt
from lti_tool.credentials.baking import is_png, is_svg, unbake_png, unbake_svg
from lti_tool.credentials.json_text import MAX_JSON_BYTES, parse_object
from lti_tool.credentials.vc_jwt import CompactJwt, credential_of, parse_jwt
from lti_tool.domain.errors import BadgeToolError


@dataclass(frozen=True, slots=True)
class Reading:
    """A credential that could be read. `jwt` is set where the proof is the JWT around it, not inside.

    `form` is ``json``, ``jwt``, ``sd-jwt`` or ``link``, with ``png+`` or ``svg+`` before it where it was in an image. A
    link is the address of a hosted Open Badge 2.0: `address` then, and the document is empty.
    """

    form: str
    document: dict[str, Any]
    jwt: CompactJwt | None
    address: str = ""


def read(data: str | bytes) -> Reading:
    """Take what was handed in apart. Raises BadgeToolError with the reason it cannot be read."""
    if isinstance(data, bytes) and is_png(data):
        return _from_image("png", unbake_png(data))
    if isinstance(data, bytes) and is_svg(data):
        return _from_image("svg", unbake_svg(data))
    if len(data) > 2 * MAX_JSON_BYTES:
        raise BadgeToolError("credential.unreadable", "The file is too large to be a badge.")
    try:
        return _read_text(data.decode("utf-8-sig") if isinstance(data, bytes) else data)
    except UnicodeDecodeError as error:
        raise BadgeToolError("credential.unreadable", "The file is not a badge in a form this tool reads.") from error


def _from_image(kind: str, text: str) -> Reading:
    if text.startswith(("https://", "http://")) and not any(map(str.isspace, text)):
        return Reading(f"{kind}+link", {}, None, text)
    inner = _read_text(text)
    return Reading(f"{kind}+{inner.form}", inner.document, inner.jwt)


def from_resolver(value: dict[str, Any] | str) -> Reading:
    """The same for what a resolver returned."""
    return _read_text(value) if isinstance(value, str) else Reading("json", value, None)


def _read_text(text: str) -> Reading:
    stripped = text.strip()
    if stripped.startswith("{"):
        return Reading("json", parse_object(stripped), None)
    if "~" in stripped:
        found = sd_jwt.parse_sd_jwt(stripped)
        parsed = CompactJwt(found.signed, found.algorithm, found.kid, None, found.claims)
        return Reading("sd-jwt", sd_jwt.credential_of(found), parsed)
    parsed = parse_jwt(stripped)
    return Reading("jwt", credential_of(parsed), parsed)
