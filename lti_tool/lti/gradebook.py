"""The tool's own columns in the gradebook: Assignment and Grade Services 2.0."""

from __future__ import annotations

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
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens

TAG = "lti-badges"
MAXIMUM = 1
_ROOM = "gradebook"
_CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
# Moodle answers a longer label with a broken status line.
_LONGEST_LABEL = 255


class AgsGradebook:
    """Implements usecases.ports.Gradebook. Addresses are used as the platform gave them, never built."""

    def __init__(self, http: requests.Session, tokens: CachedServiceTokens) -> None:
        self._http = http
        self._tokens = tokens

    def ensure_column(self, registration: Registration, course: Course, *, resource_id: str, label: str) -> str:
        """The address of the line item of this resource id and our tag, made out of 1 point if there is none.

        Looked up first, because a copied course brings its line items along (AGS 2.0, 3.1.2). Raises ServiceError.
        """
        if not course.lineitems_url or (course.service_scopes and SCOPE_LINEITEM not in course.service_scopes):
            raise ServiceError(
                "gradebook.not_offered", "The platform does not let the tool add columns here.", status=403
            )
        connector = self._connector(registration)
        for row in all_pages(lambda url: _page(connector, url), course.lineitems_url, _ROOM):
            if row.get("resourceId") == resource_id and row.get("tag") == TAG:
                return _address(row)
        item = LineItem().set_label(label[:_LONGEST_LABEL]).set_score_maximum(MAXIMUM)
        item.set_resource_id(resource_id).set_tag(TAG)
        answer = connector.make_service_request(
            [SCOPE_LINEITEM],
            course.lineitems_url,
            is_post=True,
            data=item.get_value(),
            content_type=_ITEM,
            accept=_ITEM,
        )
        return _address(answer["body"])

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

        A platform that has the same or a later timestamp answers 409; what we say is then there, or overtaken.
        """
        grade = Grade().set_user_id(subject).set_activity_progress("Completed").set_comment(comment)
        grade.set_grading_progress("FullyGraded").set_timestamp(_timestamp(at))
        if given is not None:
            grade.set_score_given(given).set_score_maximum(MAXIMUM)
        service = AssignmentsGradesService(
            service_connector=self._connector(registration),
            service_data={"scope": [SCOPE_SCORE], "lineitem": lineitem_url},
        )
        try:
            service.put_grade(grade=grade)
        except ServiceError as error:
            if error.status != 409:
                raise

    def _connector(self, registration: Registration) -> PlatformConnector:
        return PlatformConnector(registration, self._tokens, self._http, _ROOM)


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
