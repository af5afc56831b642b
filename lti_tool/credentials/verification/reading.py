"""From bytes to a credential: which of the forms is it, and can it be read safely?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lti_tool.credentials.baking import is_png, unbake_png
from lti_tool.credentials.json_text import MAX_JSON_BYTES, parse_object
from lti_tool.credentials.vc_jwt import CompactJwt, credential_of, parse_jwt
from lti_tool.domain.errors import BadgeToolError


@dataclass(frozen=True, slots=True)
class Reading:
    """A credential that could be read. `jwt` is set where the proof is the JWT around it, not inside.

    `form` is ``json``, ``jwt``, ``png+json`` or ``png+jwt``.
    """

    form: str
    document: dict[str, Any]
    jwt: CompactJwt | None


def read(data: str | bytes) -> Reading:
    """Take what was handed in apart. Raises BadgeToolError with the reason it cannot be read."""
    if isinstance(data, bytes) and is_png(data):
        inner = _read_text(unbake_png(data))
        return Reading(f"png+{inner.form}", inner.document, inner.jwt)
    if len(data) > 2 * MAX_JSON_BYTES:
        raise BadgeToolError("credential.unreadable", "The file is too large to be a badge.")
    try:
        return _read_text(data.decode("utf-8-sig") if isinstance(data, bytes) else data)
    except UnicodeDecodeError as error:
        raise BadgeToolError("credential.unreadable", "The file is not a badge in a form this tool reads.") from error


def from_resolver(value: dict[str, Any] | str) -> Reading:
    """The same for what a resolver returned."""
    return _read_text(value) if isinstance(value, str) else Reading("json", value, None)


def _read_text(text: str) -> Reading:
    stripped = text.strip()
    if stripped.startswith("{"):
        return Reading("json", parse_object(stripped), None)
    parsed = parse_jwt(stripped)
    return Reading("jwt", credential_of(parsed), parsed)
