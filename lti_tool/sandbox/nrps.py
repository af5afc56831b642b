"""Names and Role Provisioning Services 2.0: who is in the course."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from lti_tool.sandbox import claims, people, scopes
from lti_tool.sandbox.access_tokens import authorize
from lti_tool.sandbox.forms.launching import CLAIM
from lti_tool.sandbox.practice import this_practice

blueprint = Blueprint("nrps", __name__)
MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


def memberships(tool: int = 0) -> Response:
    """The roster, as the form of this LMS gives it."""
    registration = authorize(scopes.MEMBERS)
    practice = this_practice()
    form = practice.form
    form.check_accept(request.headers.get("Accept", ""), (MEDIA_TYPE, "*/*"), request.path)
    rlid, role = request.args.get("rlid"), request.args.get("role")
    link = None
    with practice.database.reading() as connection:
        members = [person for person in people.everyone(connection) if form.in_roster(person)]
        if rlid is not None:
            link = form.roster_link(connection, registration, rlid)
    if role is not None:
        members = [person for person in members if form.has_role(person, role)]
    page, headers = form.roster_page(members, practice.asked())

    def member(person: people.Person) -> dict[str, Any]:
        entry = form.member(registration, person)
        if rlid is not None:
            added = form.member_message(practice.site, registration, person, link)
            entry["message"] = [{CLAIM + "message_type": "LtiResourceLinkRequest", **added}]
        return entry

    container = {
        "id": f"{practice.base_url}{request.path}",
        "context": claims.context(form),
        "members": [member(person) for person in page],
    }
    return Response(json.dumps(container), 200, headers, content_type=form.roster_media_type)
