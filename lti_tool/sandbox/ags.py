"""Assignment and Grade Services 2.0. A tool sees its own columns and no others."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from lti_tool.sandbox import ags_scores, line_items, scopes
from lti_tool.sandbox.access_tokens import authorize
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.line_items import LineItem
from lti_tool.sandbox.practice import Practice, this_practice

blueprint = Blueprint("ags", __name__)

CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
_FILTERS = (("resource_link_id", "resourceLinkId"), ("resource_id", "resourceId"), ("tag", "tag"))


def _answer(value: Any, media_type: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value), status, headers, content_type=media_type)


def _body(media_type: str) -> Any:
    if request.mimetype != media_type:
        raise this_practice().form.wrong_media_type(media_type, request.mimetype, request.path)
    try:
        return json.loads(request.get_data())
    except ValueError as error:
        raise PracticeError("request.malformed", "The body is not JSON.") from error


def list_items() -> Response:
    """The tool's columns, filtered by resource_link_id, resource_id and tag."""
    registration = authorize(scopes.LINE_ITEM, scopes.LINE_ITEM_READ)
    practice = this_practice()
    _check_accept(CONTAINER)
    with practice.database.reading() as connection:
        items = line_items.listing(connection, registration.id)
    shown = [_shown(practice, item) for item in items]
    for name, member in _FILTERS:
        if name in request.args:
            shown = [item for item in shown if item.get(member, "") == request.args[name]]
    page, headers = practice.form.column_page(shown, practice.asked())
    return _answer(list(page), CONTAINER, 200, headers)


def create_item() -> Response:
    """Makes a column, on its own or for one of the tool's links."""
    registration = authorize(scopes.LINE_ITEM)
    practice = this_practice()
    item = line_items.parse(_body(ITEM), registration.id)
    with practice.database.transaction() as connection:
        if item.resource_link_id:
            link = practice.form.asked_link(connection, registration, item.resource_link_id)
            if link is None:
                raise PracticeError(
                    "lineitem.link_unknown", "The tool has no such resource link.", practice.form.link_unknown_status
                )
            item = replace(item, resource_link_id=link.id)
        item = line_items.add(connection, item)
    value = _shown(practice, item)
    return _answer(value, ITEM, 201, {"Location": value["id"]})


def read_item(item: int) -> Response:
    """One column of the tool."""
    registration = authorize(scopes.LINE_ITEM, scopes.LINE_ITEM_READ)
    _check_accept(ITEM)
    practice = this_practice()
    with practice.database.reading() as connection:
        column = line_items.find(connection, registration.id, item)
    return _answer(_shown(practice, column), ITEM)


def replace_item(item: int) -> Response:
    """Replaces one column of the tool; what is left out is cleared."""
    registration = authorize(scopes.LINE_ITEM)
    practice = this_practice()
    with practice.database.transaction() as connection:
        line_items.find(connection, registration.id, item)
        column = line_items.update(connection, line_items.parse(_body(ITEM), registration.id, item))
    return _answer(_shown(practice, column), ITEM)


def delete_item(item: int) -> Response:
    """Removes one column of the tool."""
    registration = authorize(scopes.LINE_ITEM)
    with this_practice().database.transaction() as connection:
        line_items.delete(connection, line_items.find(connection, registration.id, item))
    return Response(status=204)


def post_score(item: int) -> Response:
    """Sets the score of one person."""
    registration = authorize(scopes.SCORE)
    practice = this_practice()
    with practice.database.transaction() as connection:
        column = line_items.find(connection, registration.id, item)
        value = _body(SCORE)
        status, body = practice.form.take_score(connection, practice.site, column, value, practice.clock())
    return Response(status=status) if body is None else _answer(body, SCORE, status)


def list_results(item: int) -> Response:
    """What stands in the column, for all people or the one of ``user_id``."""
    registration = authorize(scopes.RESULT_READ)
    practice = this_practice()
    _check_accept(RESULTS, "*/*")
    with practice.database.reading() as connection:
        column = line_items.find(connection, registration.id, item)
        rows = ags_scores.results(connection, column)
    shown = [_result(practice, column, row) for row in rows]
    if "user_id" in request.args:
        shown = [one for one in shown if one["userId"] == request.args["user_id"]]
    page, headers = practice.form.result_page(shown, practice.asked())
    return _answer(list(page), RESULTS, 200, headers)


def _check_accept(*media_types: str) -> None:
    this_practice().form.check_accept(request.headers.get("Accept", ""), media_types, request.path)


def _shown(practice: Practice, item: LineItem) -> dict[str, Any]:
    address = practice.form.line_item_url(practice.site, item.registration_id, item.id)
    return item.to_json(address, practice.form.link_id(item.resource_link_id))


def _result(practice: Practice, item: LineItem, row: Any) -> dict[str, Any]:
    form, user_id = practice.form, practice.form.subject(row["user_id"])
    results = form.line_item_url(practice.site, item.registration_id, item.id, "/results")
    result = {
        "id": f"{results}{'&' if '?' in results else '?'}user_id={user_id}",
        "scoreOf": form.line_item_url(practice.site, item.registration_id, item.id),
        "userId": user_id,
        "resultScore": row["score"],
        "resultMaximum": item.maximum,
    }
    return {**result, "comment": row["comment"]} if row["comment"] else result
