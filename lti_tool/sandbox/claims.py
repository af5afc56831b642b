"""What a launch says (LTI Core 1.3, section 5; Deep Linking 2.0, section 3.4)."""

from __future__ import annotations

import sqlite3
from typing import Any

from lti_tool.sandbox import copies, course, line_items, scopes
from lti_tool.sandbox.forms.launching import CLAIM
from lti_tool.sandbox.forms.plain import Form
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.launches import DEEP_LINKING, Hint
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.registrations import Registration


def context(form: Form) -> dict[str, Any]:
    """The course as launches and rosters name it."""
    return {"id": form.context_id, "label": course.LABEL, "title": course.TITLE}


def message(
    connection: sqlite3.Connection,
    form: Form,
    site: Site,
    registration: Registration,
    person: Person,
    link: Link | None,
    hint: Hint,
) -> dict[str, Any]:
    """The claims of one launch beside iss, aud, exp, iat and nonce."""
    claims: dict[str, Any] = {
        "sub": form.subject(person.id),
        **form.personal(registration, person),
        "locale": "en",
        CLAIM + "message_type": hint.message_type,
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": form.deployment_id(registration.id),
        CLAIM + "target_link_uri": hint.target_link_uri,
        CLAIM + "roles": form.launch_roles(person),
        CLAIM + "context": {**context(form), "type": [form.context_type]},
        CLAIM + "tool_platform": form.tool_platform(site),
        CLAIM + "launch_presentation": {
            "document_target": hint.document_target,
            "locale": "en",
            "return_url": f"{site.base_url}/course",
        },
        CLAIM + "custom": form.custom(site, registration, person, link),
    }
    if link is not None:
        claims[CLAIM + "resource_link"] = {"id": form.link_id(link.id), "title": link.title, "description": link.text}
    claims.update(_services(connection, form, site, registration, link))
    told = form.finish_claims(claims, site, registration, person, link)
    if not hint.context_id:
        return told
    return copies.retold(told, copies.find(connection, hint.context_id), form, registration, link)


def _services(
    connection: sqlite3.Connection, form: Form, site: Site, registration: Registration, link: Link | None
) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    granted = [scope for scope in registration.scopes if scope in scopes.GRADE_SCOPES]
    if granted:
        endpoint: dict[str, Any] = {"scope": granted, "lineitems": form.line_items_url(site, registration.id)}
        coupled = line_items.of_link(connection, registration.id, link.id) if link else []
        if len(coupled) == 1:
            endpoint["lineitem"] = form.line_item_url(site, registration.id, coupled[0].id)
        claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"] = endpoint
    if scopes.MEMBERS in registration.scopes:
        claims["https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"] = {
            "context_memberships_url": form.roster_url(site, registration.id),
            "service_versions": list(form.roster_versions),
        }
    return claims


def is_deep_linking(hint: Hint) -> bool:
    """Whether the launch asks for links instead of opening one."""
    return hint.message_type == DEEP_LINKING
