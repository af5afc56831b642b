"""Names and Role Provisioning Services 2.0: who is in the course."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from lti_tool.sandbox import claims, links, people, scopes
from lti_tool.sandbox.access_tokens import authorize
from lti_tool.sandbox.course import CONTEXT_ID
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.paging import page_of
from lti_tool.sandbox.people import MEMBERSHIP, Person
from lti_tool.sandbox.practice import this_practice
from lti_tool.sandbox.registrations import Registration

blueprint = Blueprint("nrps", __name__)
MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LARGEST_PAGE = 50


@blueprint.get(f"/lti/nrps/{CONTEXT_ID}/memberships")
def memberships() -> Response:
    """The roster.

    As in the common LMSs, suspended people are simply not in it and ``status`` is always Active, while the
    test student is there with her TestUser role.
    """
    registration = authorize(scopes.MEMBERS)
    practice = this_practice()
    with practice.database.reading() as connection:
        members = [person for person in people.everyone(connection) if person.enrolled]
        link = _asked_link(connection, registration)
    role = request.args.get("role")
    if role is not None:
        full = role if "://" in role else MEMBERSHIP + role
        members = [person for person in members if full in person.roles]
    page, headers = page_of(members, LARGEST_PAGE)
    container = {
        "id": f"{practice.base_url}{request.path}",
        "context": claims.context(),
        "members": [_member(registration, person, link) for person in page],
    }
    return Response(json.dumps(container), 200, headers, content_type=MEDIA_TYPE)


def _asked_link(connection: Any, registration: Registration) -> Link | None:
    rlid = request.args.get("rlid")
    if rlid is None:
        return None
    link = links.find(connection, registration, rlid)
    if link is None:
        raise PracticeError("nrps.link_unknown", "The tool has no such resource link.", 404)
    return link


def _member(registration: Registration, person: Person, link: Link | None) -> dict[str, Any]:
    member: dict[str, Any] = {
        "status": "Active",
        "user_id": person.id,
        "roles": list(person.roles),
        **claims.personal(registration, person),
    }
    if link is not None:
        member["message"] = [
            {
                claims.CLAIM + "message_type": "LtiResourceLinkRequest",
                claims.CLAIM + "custom": claims.custom(registration, person, link),
            }
        ]
    return member
