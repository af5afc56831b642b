"""Who and where: identities come from the LTI launch, never from an e-mail address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

# Names derived below are stable for ever: a restored backup derives the same ids again and so awards nothing twice.
_NAMESPACE = UUID("5b8a2f0e-6f0c-5d0b-9a57-3f1f8d0f6c11")


def derived_id(*parts: str) -> str:
    """A UUIDv5 (text) of the parts; equal parts give equal ids, and no two lists of parts collide by joining."""
    return str(uuid5(_NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)))


@dataclass(frozen=True, slots=True)
class Course:
    """A context of one deployment of one registration. `id` is ours, `context_id` the LMS's."""

    id: str
    registration_id: str
    deployment_id: str
    context_id: str
    title: str
    lineitems_url: str = ""
    memberships_url: str = ""
    groups_url: str = ""
    service_scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A user of one deployment of one registration: (registration, deployment, subject) is the identity."""

    id: str
    registration_id: str
    deployment_id: str
    subject: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, for the history: a person of the LMS, an administrator, or the tool itself."""

    kind: str
    id: str = ""
    name: str = ""


SYSTEM = Actor("system", "", "LTI Badges")
