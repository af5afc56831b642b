"""What a launch says (LTI Core 1.3, section 5; Deep Linking 2.0, section 3.4)."""

from __future__ import annotations

import sqlite3
from typing import Any

from lti_tool.sandbox import course, line_items, scopes
from lti_tool.sandbox.launches import DEEP_LINKING, Hint
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.registrations import Registration

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
PRODUCT = "lti-badges-practice-lms"
VERSION = "1.0"
PERSONAL_CLAIMS = ("name", "given_name", "family_name", "email")


def personal(registration: Registration, person: Person) -> dict[str, str]:
    """The personal data the tool asked for when it registered, and no other."""
    known = {
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
    }
    asked = registration.tool.get("claims") or ()
    return {key: known[key] for key in PERSONAL_CLAIMS if key in asked}


def context() -> dict[str, Any]:
    """The course as launches and rosters name it."""
    return {"id": course.CONTEXT_ID, "label": course.LABEL, "title": course.TITLE}


def custom(registration: Registration, person: Person, link: Link | None) -> dict[str, str]:
    """Custom parameters of tool and link; a variable this LMS does not know arrives as it was written."""
    personal_data = personal(registration, person)
    variables = {
        "$User.id": person.id,
        "$Person.name.full": personal_data.get("name"),
        "$Person.name.given": personal_data.get("given_name"),
        "$Person.name.family": personal_data.get("family_name"),
        "$Person.email.primary": personal_data.get("email"),
        "$Context.id": course.CONTEXT_ID,
        "$Context.label": course.LABEL,
        "$Context.title": course.TITLE,
        "$Context.id.history": "",
        "$Membership.role": ",".join(person.roles),
        "$ResourceLink.id": link.id if link else None,
        "$ResourceLink.title": link.title if link else None,
    }
    given = {**(registration.tool.get("custom_parameters") or {}), **(link.custom if link else {})}
    found = {key: variables.get(str(value)) for key, value in given.items()}
    return {key: str(value) if found[key] is None else str(found[key]) for key, value in given.items()}


def message(
    connection: sqlite3.Connection,
    base_url: str,
    registration: Registration,
    person: Person,
    link: Link | None,
    hint: Hint,
) -> dict[str, Any]:
    """The claims of one launch beside iss, aud, exp, iat and nonce."""
    claims: dict[str, Any] = {
        "sub": person.id,
        **personal(registration, person),
        "locale": "en",
        CLAIM + "message_type": hint.message_type,
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": registration.deployment_id,
        CLAIM + "target_link_uri": hint.target_link_uri,
        CLAIM + "roles": list(person.roles),
        CLAIM + "context": {**context(), "type": [course.CONTEXT_TYPE]},
        CLAIM + "tool_platform": {
            "guid": base_url,
            "name": "Practice LMS",
            "product_family_code": PRODUCT,
            "version": VERSION,
            "url": base_url,
        },
        CLAIM + "launch_presentation": {
            "document_target": hint.document_target,
            "locale": "en",
            "return_url": f"{base_url}/course",
        },
        CLAIM + "custom": custom(registration, person, link),
    }
    if link is not None:
        claims[CLAIM + "resource_link"] = {"id": link.id, "title": link.title, "description": link.text}
    claims.update(_services(connection, base_url, registration, link))
    return claims


def _services(
    connection: sqlite3.Connection, base_url: str, registration: Registration, link: Link | None
) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    granted = [scope for scope in registration.scopes if scope in scopes.GRADE_SCOPES]
    if granted:
        endpoint: dict[str, Any] = {"scope": granted, "lineitems": line_items.container_url(base_url)}
        coupled = line_items.of_link(connection, registration.id, link.id) if link else []
        if len(coupled) == 1:
            endpoint["lineitem"] = line_items.item_url(base_url, coupled[0].id)
        claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"] = endpoint
    if scopes.MEMBERS in registration.scopes:
        claims["https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"] = {
            "context_memberships_url": f"{base_url}/lti/nrps/{course.CONTEXT_ID}/memberships",
            "service_versions": ["2.0"],
        }
    return claims


def deep_linking_settings(base_url: str, data: str) -> dict[str, Any]:
    """What a Deep Linking request adds; `data` comes back with the answer."""
    return {
        "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings": {
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_multiple": True,
            "accept_lineitem": True,
            "auto_create": True,
            "title": f"Add to {course.TITLE}",
            "deep_link_return_url": f"{base_url}/lti/deep-linking/return",
            "data": data,
        }
    }


def is_deep_linking(hint: Hint) -> bool:
    """Whether the launch asks for links instead of opening one."""
    return hint.message_type == DEEP_LINKING
