"""Who issues badges: how an issuer is identified, and what may be said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.errors import BadgeToolError

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_EMAIL = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,190}")
_URL = re.compile(r"https?://[^\s<>\"]{1,1990}")
EDDSA, ECDSA = "eddsa-rdfc-2022", "ecdsa-rdfc-2019"
PROOFS, JWT_ALGORITHMS = (EDDSA, ECDSA), ("RS256", "ES256")
_NAME_LIMIT, _DESCRIPTION_LIMIT = 120, 1000


class IssuerKind(StrEnum):
    """How verifiers find an issuer's keys."""

    DID_WEB = "did:web"  # in its did.json; keys can be replaced
    HTTPS = "https"  # in its Open Badges 3.0 Profile; keys can be replaced
    DID_KEY = "did:key"  # in its name: no server is asked, and the key can never be replaced


class Scope(StrEnum):
    """For what an issuer can be chosen, from the narrowest."""

    BADGE = "badge"
    COURSE = "course"
    PLATFORM = "platform"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues for a tenant. `id` is what its badges name: a DID, or the address of its profile; `slug` stands in
    addresses. Neither ever changes. `proof` is the cryptosuite of its embedded proofs, `jwt_algorithm` that of its JWTs
    (Open Badges 3.0, 8).

    `colour` is "#rrggbb" or "", `image_id` a stored PNG or "", `parent_slug` the organisation that it belongs to, an
    issuer of the same tenant. `edited_at`: since when its name is an administrator's, and no longer the setting's.
    """

    tenant_id: str
    slug: str
    id: str
    name: str
    url: str
    proof: str = EDDSA
    jwt_algorithm: str = "RS256"
    email: str = ""
    description: str = ""
    image_id: str = ""
    colour: str = ""
    parent_slug: str = ""
    edited_at: datetime | None = None

    @property
    def kind(self) -> IssuerKind:
        if self.id.startswith("did:key:"):
            return IssuerKind.DID_KEY
        return IssuerKind.DID_WEB if self.id.startswith("did:web:") else IssuerKind.HTTPS


@dataclass(frozen=True, slots=True)
class IssuerForm:
    """What an administrator says of an issuer, as it was typed."""

    name: str
    url: str = ""
    email: str = ""
    description: str = ""
    colour: str = ""
    parent_slug: str = ""
    proof: str = EDDSA
    jwt_algorithm: str = "RS256"

    def tidied(self) -> IssuerForm:
        """Without white space at the ends. Raises BadgeToolError for a member that cannot stand."""
        found = IssuerForm(*(str(getattr(self, one.name)).strip() for one in fields(self)))
        found = replace(found, colour=found.colour.lower())
        if not 0 < len(found.name) <= _NAME_LIMIT or not found.name.isprintable():
            raise _refused("issuer.name_invalid", f"An issuer has a name of at most {_NAME_LIMIT} characters.")
        if found.url and not _URL.fullmatch(found.url):
            raise _refused("issuer.url_invalid", "The address of the issuer's web site begins with https://.")
        if found.email and not _EMAIL.fullmatch(found.email):
            raise _refused("issuer.email_invalid", "This is not an e-mail address.")
        if found.colour and not _COLOUR.fullmatch(found.colour):
            raise _refused("issuer.colour_invalid", "A colour is written as # and six digits from 0 to f.")
        if found.proof not in PROOFS or found.jwt_algorithm not in JWT_ALGORITHMS:
            raise _refused("issuer.proof_unknown", "Choose how badges are signed from what is offered.")
        if len(found.description) > _DESCRIPTION_LIMIT:
            sentence = f"The description has at most {_DESCRIPTION_LIMIT} characters."
            raise _refused("issuer.description_invalid", sentence)
        return found


def require_slug(slug: str) -> str:
    """A short name that can stand in addresses. Raises `issuer.slug_invalid`."""
    if not _SLUG.fullmatch(slug):
        raise _refused("issuer.slug_invalid", "An issuer's short name has small letters, digits and hyphens.")
    return slug


def ink_on(colour: str) -> str:
    """Black or white, whichever is read better on a colour "#rrggbb": one of them has a contrast of 4.5 at least
    (WCAG 2.2, 1.4.3 and the definition of relative luminance)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#ffffff"


def _refused(code: str, sentence: str) -> BadgeToolError:
    return BadgeToolError(code, sentence, status=422)
