"""The form for a platform's values, filled in from what is stored, from a guide, or from what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.domain.platform import PRODUCTION, Registration
from lti_tool.domain.platform_values import PlatformValues
from lti_tool.lti.platforms import environment_of
from lti_tool.web.admin.guides import Guide
from lti_tool.web.form_text import typed

# Field -> what it is called where an LMS has no name of its own, and what it is.
_TEXTS = {
    "name": ("Name", "As your teachers call it."),
    "issuer": ("Issuer", "Also called platform ID. Letter by letter: a slash at the end makes another one."),
    "client_id": ("Client ID", "What the platform calls LTI Badges."),
    "deployment_ids": (
        "Deployment IDs",
        "One on each line. Leave it empty where the platform shows none: the first launch names it, and you accept it.",
    ),
    "auth_login_url": ("Authentication URL", "Where the platform answers OpenID Connect logins."),
    "auth_token_url": ("Token URL", "Where LTI Badges gets access to grades and rosters."),
    "jwks_url": ("Keyset URL", "The platform’s public keys."),
    "auth_audience": ("Token audience", "Only where the platform shows one; otherwise the token URL serves."),
}
_LONG = frozenset({"deployment_ids"})
_OPTIONAL = frozenset({"deployment_ids", "auth_audience"})


@dataclass(frozen=True, slots=True)
class Field:
    """`called`: the LMS's own word for it. `error` is "" where nothing is wrong."""

    name: str
    label: str
    called: str
    hint: str
    text: str
    example: str
    error: str
    is_long: bool
    is_needed: bool

    @property
    def described_by(self) -> str:
        return f"{self.name}-hint" + (f" {self.name}-error" if self.error else "")


def read(form: Mapping[str, str], product: str) -> PlatformValues:
    """What was sent. "auto" leaves the environment to the issuer, and awarding to the environment: a copy for testing
    awards nothing unless somebody says so."""
    issuer = typed(form, "issuer")
    environment, issuing = typed(form, "environment") or "auto", typed(form, "issuing") or "auto"
    if environment == "auto":
        environment = environment_of(issuer)
    return PlatformValues(
        name=typed(form, "name"),
        issuer=issuer,
        client_id=typed(form, "client_id"),
        auth_login_url=typed(form, "auth_login_url"),
        auth_token_url=typed(form, "auth_token_url"),
        jwks_url=typed(form, "jwks_url"),
        auth_audience=typed(form, "auth_audience"),
        deployment_ids=deployment_ids(typed(form, "deployment_ids")),
        product=product,
        environment=environment,
        issuing=environment == PRODUCTION if issuing == "auto" else issuing == "yes",
    )


def choices(form: Mapping[str, str], held: Registration) -> tuple[str, str]:
    """Which environment and which awarding the form shows chosen: what was sent, else what is stored, else "auto"."""
    if not held.issuer:
        environment, issuing = "auto", "auto"
    else:
        environment, issuing = held.environment, "yes" if held.issuing else "no"
    return typed(form, "environment") or environment, typed(form, "issuing") or issuing


def deployment_ids(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))


def stored(registration: Registration, deployments: Mapping[str, str]) -> PlatformValues:
    """The values of a registration, for changing them."""
    return PlatformValues(
        name=registration.name,
        issuer=registration.issuer,
        client_id=registration.client_id,
        auth_login_url=registration.auth_login_url,
        auth_token_url=registration.auth_token_url,
        jwks_url=registration.jwks_url,
        auth_audience=registration.auth_audience,
        deployment_ids=tuple(sorted(name for name, state in deployments.items() if state == "active")),
        product=registration.product,
        environment=registration.environment,
        issuing=registration.issuing,
    )


def fields(values: PlatformValues, guide: Guide, errors: Mapping[str, str]) -> list[Field]:
    """In the order in which the LMS shows them. What is the same for all its customers is filled in."""
    order = ["name", *guide.asks, *(name for name in _TEXTS if name != "name" and name not in guide.asks)]
    fresh = not values.issuer and not errors
    return [_field(name, values, guide, errors.get(name, ""), fresh) for name in order]


def _field(name: str, values: PlatformValues, guide: Guide, error: str, fresh: bool) -> Field:
    label, hint = _TEXTS[name]
    held = getattr(values, name)
    text = "\n".join(held) if isinstance(held, tuple) else held
    return Field(
        name=name,
        label=label,
        called=guide.asks.get(name, ""),
        hint=hint,
        text=text or (guide.known.get(name, "") if fresh else ""),
        example=guide.examples.get(name, ""),
        error=error,
        is_long=name in _LONG,
        is_needed=name not in _OPTIONAL,
    )
