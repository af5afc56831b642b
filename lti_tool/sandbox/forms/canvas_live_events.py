"""What Canvas's Live Events say of what happens in the course, in Canvas's format and in Caliper.

Ids are global in some bodies and local in others, as in Canvas itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from lti_tool.sandbox.course import ACTIVITIES, GRADED, TITLE
from lti_tool.sandbox.forms.canvas_numbers import COURSE, assignment_number
from lti_tool.sandbox.forms.canvas_people import SHARD, CanvasPeople, local_id, opaque, sis_id
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.rules import Progress, course_total
from lti_tool.sandbox.streams import Told

ACCOUNT = SHARD + 1
_ROLES = {"teacher": "TeacherEnrollment", "assistant": "TaEnrollment", "admin": "AccountAdmin"}


def whole(number: int) -> str:
    return str(SHARD + number)


class CanvasLiveEvents(CanvasPeople):
    """`at` is the event's time; `actor` who caused it, None for a job of Canvas's own."""

    has_streams = True

    def act_events(
        self, site: Site, at: str, actor: Person, learner: Person, before: Progress, after: Progress, graded: str | None
    ) -> Iterable[Told]:
        """Of one act of a learner, or of a teacher about her work."""
        if graded is not None:
            yield self._grade_change(site, at, actor, learner, before, after, graded)
            yield self._course_grade_change(site, at, actor, learner, after)
        # Only a requirement that is met is told of, and never which one.
        if after.completed - before.completed:
            yield self._course_progress(site, at, learner, after)

    def submission_event(self, site: Site, at: str, learner: Person, activity_id: str, text: str) -> Told:
        body = {
            "assignment_id": whole(assignment_number(activity_id)),
            "attempt": 1,
            "body": text,
            "late": False,
            "missing": False,
            "score": None,
            "grade": None,
            "graded_at": None,
            "submission_id": whole(self._submission(learner, activity_id)),
            "submission_type": "online_text_entry",
            "submitted_at": at,
            "updated_at": at,
            "user_id": whole(local_id(learner)),
            "workflow_state": "submitted",
        }
        return Told("submission_created", self._event(site, "submission_created", at, learner, body))

    def enrolment_event(self, site: Site, at: str, actor: Person, person: Person) -> Told:
        body = {
            "course_id": whole(COURSE),
            "course_section_id": whole(COURSE),
            "enrollment_id": whole(500 + local_id(person)),
            "type": _ROLES.get(person.kind, "StudentEnrollment"),
            "user_id": whole(local_id(person)),
            "user_name": person.name,
            "workflow_state": "active" if person.active else "inactive",
        }
        return Told("enrollment_updated", self._event(site, "enrollment_updated", at, actor, body))

    def _grade_change(
        self, site: Site, at: str, actor: Person, learner: Person, before: Progress, after: Progress, graded: str
    ) -> Told:
        score, maximum = after.scores.get(graded), ACTIVITIES[graded].maximum
        by_hand = actor.id != learner.id
        body = {
            "assignment_id": whole(assignment_number(graded)),
            "assignment_name": ACTIVITIES[graded].title,
            "grade": None if score is None else f"{score:g}",
            "grader_id": whole(local_id(actor)) if by_hand else None,
            "grading_complete": score is not None,
            "muted": False,
            "old_score": before.scores.get(graded),
            "points_possible": maximum,
            "score": score,
            "student_id": whole(local_id(learner)),
            "student_sis_id": sis_id(learner),
            "submission_id": whole(self._submission(learner, graded)),
            "user_id": whole(local_id(learner)),
        }
        canvas = self._event(site, "grade_change", at, actor, body)
        return Told("grade_change", canvas, self._caliper_grade(site, at, actor, body) if score is not None else None)

    def _course_grade_change(self, site: Site, at: str, actor: Person, learner: Person, after: Progress) -> Told:
        """Local ids. The one grade is of graded work, the other takes what is missing for nothing."""
        given, maximum = course_total(after.scores) or (0.0, 0.0)
        current = round(100 * given / maximum, 2) if maximum else None
        final = round(100 * given / sum(each.maximum or 0 for each in GRADED), 2)
        body = {
            "user_id": str(local_id(learner)),
            "course_id": str(COURSE),
            "workflow_state": "active",
            "updated_at": at,
            "current_score": current,
            "final_score": final,
            "unposted_current_score": current,
            "unposted_final_score": final,
        }
        return Told("course_grade_change", self._event(site, "course_grade_change", at, actor, body))

    def _course_progress(self, site: Site, at: str, learner: Person, after: Progress) -> Told:
        """Local ids, from a job that knows of no request. Canvas waits two minutes with it; this LMS does not."""
        met, needed = len(after.completed), len(ACTIVITIES)
        done = met == needed
        name = "course_completed" if done else "course_progress"
        progress = {
            "completed_at": at if done else None,
            "next_requirement_url": None if done else f"{site.base_url}/courses/{COURSE}/modules",
            "requirement_completed_count": met,
            "requirement_count": needed,
        }
        body = {
            "course": {"account_id": "1", "id": str(COURSE), "name": TITLE},
            "progress": progress,
            "user": {"email": learner.email, "id": str(local_id(learner)), "name": learner.name},
        }
        return Told(name, self._event(site, name, at, None, body))

    def _event(self, site: Site, name: str, at: str, actor: Person | None, body: dict[str, Any]) -> dict[str, Any]:
        metadata: dict[str, Any] = {
            "event_name": name,
            "event_time": at,
            "producer": "canvas",
            "root_account_id": str(ACCOUNT),
            "root_account_lti_guid": self.guid(site),
            "root_account_uuid": opaque("account-uuid"),
        }
        if actor is None:
            metadata |= {"job_id": "1020000000000001", "job_tag": "ContextModuleProgression#evaluate!"}
        else:
            metadata |= {
                "context_account_id": str(ACCOUNT),
                "context_id": whole(COURSE),
                "context_role": _ROLES.get(actor.kind, "StudentEnrollment"),
                "context_type": "Course",
                "hostname": urlsplit(site.base_url).hostname,
                "http_method": "POST",
                "request_id": str(uuid.uuid4()),
                "user_account_id": str(ACCOUNT),
                "user_id": whole(local_id(actor)),
                "user_login": actor.id,
            }
        return {"metadata": metadata, "body": body}

    def _caliper_grade(self, site: Site, at: str, actor: Person, body: dict[str, Any]) -> dict[str, Any]:
        def urn(kind: str, number: str) -> str:
            return f"urn:instructure:canvas:{kind}:{number}"

        attempt = {
            "id": urn("submission", body["submission_id"]),
            "type": "Attempt",
            "assignee": {"id": urn("user", body["student_id"]), "type": "Person"},
            "assignable": {"id": urn("assignment", body["assignment_id"]), "type": "AssignableDigitalResource"},
        }
        score = {"type": "Score", "attempt": attempt, "maxScore": body["points_possible"], "scoreGiven": body["score"]}
        event = {
            "@context": "http://purl.imsglobal.org/ctx/caliper/v1p1",
            "id": f"urn:uuid:{uuid.uuid4()}",
            "type": "GradeEvent",
            "actor": {"id": urn("user", whole(local_id(actor))), "type": "Person"},
            "action": "Graded",
            "object": attempt,
            "eventTime": at,
            "generated": score | {"id": urn("submission", body["submission_id"])},
            "edApp": {"id": f"{site.base_url}/", "type": "SoftwareApplication"},
            "group": {"id": urn("course", whole(COURSE)), "type": "CourseOffering"},
            "extensions": {"com.instructure.canvas": {"hostname": urlsplit(site.base_url).hostname}},
        }
        context = "http://purl.imsglobal.org/ctx/caliper/v1p1"
        return {"sensor": f"{site.base_url}/", "sendTime": at, "dataVersion": context, "data": [event]}

    def _submission(self, learner: Person, activity_id: str) -> int:
        return 1000 * assignment_number(activity_id) + local_id(learner)
