"""The tool's own columns in the gradebook: Assignment and Grade Services 2.0."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import requests
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem

from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_SCORE
from lti_tool.lti.connector import PlatformConnector, all_pages, rows_of
from lti_tool.lti.own_results import AgsResultsReader
from lti_tool.lti.platforms import quirks_of
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens

TAG = "lti-badges"
MAXIMUM = 1
_ROOM = "gradebook"
_CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
# Moodle answers a longer label with a broken status line.
_LONGEST_LABEL = 255
_GONE = frozenset({404, 410})
_NOT_OURS = frozenset({401, 403, 405, 501})


class AgsGradebook:
    """Implements usecases.ports.Gradebook. Addresses are used as the platform gave them, never built.

    Moodle lets a tool into every course and, by an address that happens to fit, into columns of other activities.
    """

    def __init__(self, http: requests.Session, tokens: CachedServiceTokens) -> None:
        self._http = http
        self._tokens = tokens
        self._results = AgsResultsReader(http, tokens)

    def columns(self, registration: Registration, course: Course, *, resource_id: str) -> list[str]:
        """The addresses of the line items of this resource id, oldest first: a copied course brings them along
        (AGS 2.0, 3.1.2). Raises ServiceError."""
        _require_offered(course)
        connector = self._connector(registration)
        # The whole list, of which Moodle cannot give pages, and which filters of the platform cannot falsify.
        rows = list(all_pages(lambda url: _page(connector, url), course.lineitems_url, _ROOM))
        # Platforms number them: the shorter address, or the smaller of two that are as long, is the older one.
        return sorted((_address(row) for row in _ours(rows, resource_id)), key=lambda url: (len(url), url))

    def make_column(self, registration: Registration, course: Course, *, resource_id: str, label: str) -> str:
        """Makes a line item out of 1 point and gives its address. Raises ServiceError."""
        _require_offered(course)
        item = LineItem().set_label(label[:_LONGEST_LABEL]).set_score_maximum(MAXIMUM)
        item.set_resource_id(resource_id).set_tag(TAG)
        answer = self._connector(registration).make_service_request(
            [SCOPE_LINEITEM],
            course.lineitems_url,
            is_post=True,
            data=item.get_value(),
            content_type=_ITEM,
            accept=_ITEM,
        )
        return _address(answer["body"])

    def remove_empty_column(self, registration: Registration, lineitem_url: str) -> bool:
        """Deletes a line item (AGS 2.0, 3.2.7); whether it is gone. It stays where somebody's score stands in it, where
        it belongs to a card that a teacher placed (Moodle would take the card's grades), and where the tool may not
        know or not delete. Raises ServiceError for what may pass."""
        connector = self._connector(registration)
        try:
            held: Any = connector.make_service_request([SCOPE_LINEITEM], lineitem_url, accept=_ITEM)["body"]
            _address(held)
            if held.get("resourceLinkId"):
                return False
            if any(result.score is not None for result in self._results.read(registration, lineitem_url)):
                return False
            connector.delete([SCOPE_LINEITEM], lineitem_url)
        except ServiceError as error:
            if error.status in _GONE:
                return True
            if error.status in _NOT_OURS:
                return False
            raise
        return True

    def rename_column(self, registration: Registration, lineitem_url: str, label: str) -> None:
        """Gives the column another name. PUT replaces all of a line item (AGS 2.0, 3.2.6), so it is read before and
        sent back as it was, with what we do not know of it. Raises ServiceError, 404 where the column is gone."""
        connector = self._connector(registration)
        held: Any = connector.make_service_request([SCOPE_LINEITEM], lineitem_url, accept=_ITEM)["body"]
        _address(held)
        if held.get("label") == label[:_LONGEST_LABEL]:
            return
        changed = json.dumps({**held, "label": label[:_LONGEST_LABEL]})
        connector.replace([SCOPE_LINEITEM], lineitem_url, changed, media_type=_ITEM)

    def post_score(
        self,
        registration: Registration,
        lineitem_url: str,
        *,
        subject: str,
        given: float | None,
        comment: str,
        at: datetime,
    ) -> None:
        """Posts a score out of 1, or (given None) clears it: a score without scoreGiven (AGS 2.0, 3.4.4).

        Always FullyGraded and Completed: a score that only tells of progress takes the grade away on Moodle and on
        Canvas. Raises ServiceError, with status 409 (Moodle) or 400 (Canvas) where the platform finds `at` too old.
        """
        grade = Grade().set_user_id(subject).set_activity_progress("Completed").set_comment(comment)
        grade.set_grading_progress("FullyGraded").set_timestamp(_timestamp(at))
        if given is not None:
            grade.set_score_given(given).set_score_maximum(MAXIMUM)
        extension = quirks_of(registration.product).score_extension
        if extension:
            grade.set_extra_claims(extension)
        service = AssignmentsGradesService(
            service_connector=self._connector(registration),
            service_data={"scope": [SCOPE_SCORE], "lineitem": lineitem_url},
        )
        try:
            service.put_grade(grade=grade)
        except ServiceError as error:
            if (error.code, error.status) == ("gradebook.refused", 422):
                raise ServiceError(
                    "gradebook.not_a_learner", "The platform keeps no grades of this person here.", status=422
                ) from error
            raise

    def score_of(self, registration: Registration, lineitem_url: str, subject: str) -> float | None:
        """What stands in the column for a learner, as a part of the maximum; None for nothing. Raises ServiceError."""
        for result in self._results.read(registration, lineitem_url, subject):
            if result.subject == subject and result.score is not None:
                return result.score / result.maximum
        return None

    def _connector(self, registration: Registration) -> PlatformConnector:
        return PlatformConnector(registration, self._tokens, self._http, _ROOM)


def _require_offered(course: Course) -> None:
    if not course.lineitems_url or (course.service_scopes and SCOPE_LINEITEM not in course.service_scopes):
        raise ServiceError("gradebook.not_offered", "The platform does not let the tool add columns here.", status=403)


def _ours(rows: Iterable[dict[str, Any]], resource_id: str) -> list[dict[str, Any]]:
    """Those with our resource id and tag; else with our resource id and none, as some platforms keep no tag."""
    named = [row for row in rows if row.get("resourceId") == resource_id]
    return [row for row in named if row.get("tag") == TAG] or [row for row in named if not row.get("tag")]


def _page(connector: PlatformConnector, url: str) -> tuple[list[dict[str, Any]], str | None]:
    answer = connector.make_service_request([SCOPE_LINEITEM], url, accept=_CONTAINER)
    return rows_of(answer, _ROOM), answer["next_page_url"]


def _address(row: Any) -> str:
    address = row.get("id") if isinstance(row, dict) else None
    if not isinstance(address, str) or not address:
        raise ServiceError("gradebook.malformed", "The platform's line item has no address.")
    return address


def _timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
