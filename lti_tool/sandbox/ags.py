"""Assignment and Grade Services 2.0. A tool sees its own columns and no others."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from lti_tool.sandbox import ags_scores, line_items, links, scopes
from lti_tool.sandbox.access_tokens import authorize
from lti_tool.sandbox.course import CONTEXT_ID
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.line_items import LineItem
from lti_tool.sandbox.paging import page_of
from lti_tool.sandbox.practice import this_practice

blueprint = Blueprint("ags", __name__, url_prefix=f"/lti/ags/{CONTEXT_ID}/lineitems")

CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"


def _answer(value: Any, media_type: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value), status, headers, content_type=media_type)


def _body(media_type: str) -> Any:
    if request.mimetype != media_type:
        raise PracticeError("request.media_type", f"The content type must be {media_type}.", 415)
    try:
        return json.loads(request.get_data())
    except ValueError as error:
        raise PracticeError("request.malformed", "The body is not JSON.") from error


@blueprint.get("")
def list_items() -> Response:
    """The tool's columns, filtered by resource_link_id, resource_id and tag."""
    registration = authorize(scopes.LINE_ITEM, scopes.LINE_ITEM_READ)
    practice = this_practice()
    with practice.database.reading() as connection:
        items = line_items.listing(connection, registration.id)
    for name in ("resource_link_id", "resource_id", "tag"):
        if name in request.args:
            items = [item for item in items if getattr(item, name) == request.args[name]]
    page, headers = page_of(items)
    return _answer([item.to_json(practice.base_url) for item in page], CONTAINER, 200, headers)


@blueprint.post("")
def create_item() -> Response:
    """Makes a column, on its own or for one of the tool's links."""
    registration = authorize(scopes.LINE_ITEM)
    practice = this_practice()
    item = line_items.parse(_body(ITEM), registration.id)
    with practice.database.transaction() as connection:
        if item.resource_link_id and links.find(connection, registration, item.resource_link_id) is None:
            raise PracticeError("lineitem.link_unknown", "The tool has no such resource link.", 404)
        item = line_items.add(connection, item)
    value = item.to_json(practice.base_url)
    return _answer(value, ITEM, 201, {"Location": value["id"]})


@blueprint.get("/<int:item_id>")
def read_item(item_id: int) -> Response:
    """One column of the tool."""
    registration = authorize(scopes.LINE_ITEM, scopes.LINE_ITEM_READ)
    practice = this_practice()
    with practice.database.reading() as connection:
        item = line_items.find(connection, registration.id, item_id)
    return _answer(item.to_json(practice.base_url), ITEM)


@blueprint.put("/<int:item_id>")
def replace_item(item_id: int) -> Response:
    """Replaces one column of the tool; what is left out is cleared."""
    registration = authorize(scopes.LINE_ITEM)
    practice = this_practice()
    with practice.database.transaction() as connection:
        line_items.find(connection, registration.id, item_id)
        item = line_items.update(connection, line_items.parse(_body(ITEM), registration.id, item_id))
    return _answer(item.to_json(practice.base_url), ITEM)


@blueprint.delete("/<int:item_id>")
def delete_item(item_id: int) -> Response:
    """Removes one column of the tool."""
    registration = authorize(scopes.LINE_ITEM)
    with this_practice().database.transaction() as connection:
        line_items.delete(connection, line_items.find(connection, registration.id, item_id))
    return Response(status=204)


@blueprint.post("/<int:item_id>/scores")
def post_score(item_id: int) -> Response:
    """Sets the score of one person."""
    registration = authorize(scopes.SCORE)
    with this_practice().database.transaction() as connection:
        item = line_items.find(connection, registration.id, item_id)
        ags_scores.store(connection, item, ags_scores.parse(_body(SCORE)))
    return Response(status=200)


@blueprint.get("/<int:item_id>/results")
def list_results(item_id: int) -> Response:
    """What stands in the column, for all people or the one of ``user_id``."""
    registration = authorize(scopes.RESULT_READ)
    practice = this_practice()
    with practice.database.reading() as connection:
        item = line_items.find(connection, registration.id, item_id)
        rows = ags_scores.results(connection, item, request.args.get("user_id"))
    page, headers = page_of(rows)
    address = line_items.item_url(practice.base_url, item.id)
    return _answer([_result(item, address, row) for row in page], RESULTS, 200, headers)


def _result(item: LineItem, address: str, row: Any) -> dict[str, Any]:
    result = {
        "id": f"{address}/results?user_id={row['user_id']}",
        "scoreOf": address,
        "userId": row["user_id"],
        "resultScore": row["score"],
        "resultMaximum": item.maximum,
    }
    return {**result, "comment": row["comment"]} if row["comment"] else result
