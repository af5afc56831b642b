"""The course as Canvas's API tells it: rows without their paging."""

from __future__ import annotations

import sqlite3
from typing import Any

from lti_tool.sandbox import coursework, people
from lti_tool.sandbox.canvas_api.grades import course_grades, submissions_of
from lti_tool.sandbox.course import GRADED, MODULES, Activity, Module
from lti_tool.sandbox.forms.canvas_numbers import assignment_number, item_number, module_number
from lti_tool.sandbox.forms.canvas_people import local_id
from lti_tool.sandbox.people import Person

_FIRST_QUIZ = 700
_REQUIREMENTS = {"page": "must_view", "quiz": "must_submit", "assignment": "min_score"}
_TYPES = {"page": "Page", "quiz": "Quiz", "assignment": "Assignment"}


def quiz_number(activity_id: str) -> int:
    return _FIRST_QUIZ + assignment_number(activity_id)


def learners(connection: sqlite3.Connection) -> list[Person]:
    """With the test student, whom Canvas counts as a student of another kind."""
    return [each for each in people.everyone(connection) if each.learns and each.active]


def assignment_groups(base_url: str, included: bool) -> list[dict[str, Any]]:
    group: dict[str, Any] = {"id": 1, "name": "Assignments", "position": 1, "group_weight": 0}
    return [group | ({"assignments": [_assignment(each, base_url) for each in GRADED]} if included else {})]


def _assignment(activity: Activity, base_url: str) -> dict[str, Any]:
    number = assignment_number(activity.id)
    return {
        "id": number,
        "name": activity.title,
        "points_possible": activity.maximum,
        "grading_type": "points",
        "published": True,
        "html_url": f"{base_url}/course/activities/{activity.id}",
        **({"quiz_id": quiz_number(activity.id)} if activity.kind == "quiz" else {}),
    }


def modules(connection: sqlite3.Connection, base_url: str, included: bool, learner: Person | None) -> list[Any]:
    done = _completed(connection, learner) if learner else None
    return [_module(each, base_url, included, done) for each in MODULES]


def _completed(connection: sqlite3.Connection, learner: Person) -> dict[str, str]:
    """When what was completed, by activity."""
    rows = connection.execute("SELECT activity_id, completed_at FROM completions WHERE user_id = ?", (learner.id,))
    return dict(map(tuple, rows))


def _module(module: Module, base_url: str, included: bool, done: dict[str, str] | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": module_number(module.id),
        "name": module.title,
        "position": module_number(module.id),
        "published": True,
        "items_count": len(module.activities),
    }
    if included:
        told["items"] = [_item(each, base_url, done) for each in module.activities]
    if done is not None:
        times = [done.get(each.id) for each in module.activities]
        complete = [at for at in times if at]
        state = "completed" if len(complete) == len(times) else "started" if complete else "unlocked"
        told |= {"state": state, "completed_at": max(complete) if state == "completed" else None}
    return told


def _item(activity: Activity, base_url: str, done: dict[str, str] | None) -> dict[str, Any]:
    requirement: dict[str, Any] = {"type": _REQUIREMENTS[activity.kind]}
    if done is not None:
        requirement["completed"] = activity.id in done
    content = {"quiz": quiz_number, "assignment": assignment_number}.get(activity.kind)
    return {
        "id": item_number(activity.id),
        "title": activity.title,
        "type": _TYPES[activity.kind],
        "published": True,
        "html_url": f"{base_url}/course/activities/{activity.id}",
        "completion_requirement": requirement,
        **({"content_id": content(activity.id)} if content else {}),
    }


def enrollments(connection: sqlite3.Connection, kinds: list[str]) -> list[dict[str, Any]]:
    return [row for person in learners(connection) if (row := _enrollment(connection, person))["type"] in kinds]


def _enrollment(connection: sqlite3.Connection, person: Person) -> dict[str, Any]:
    kind = "StudentViewEnrollment" if person.kind == "test-student" else "StudentEnrollment"
    grades: dict[str, Any] = {"html_url": "", "current_grade": None, "final_grade": None}
    return {
        "id": 5000 + local_id(person),
        "course_id": 1,
        "course_section_id": 1,
        "user_id": local_id(person),
        "type": kind,
        "enrollment_state": "active",
        "created_at": "2026-01-01T00:00:00Z",
        "grades": grades | course_grades(submissions_of(connection, person.id)),
        "user": {"id": local_id(person), "name": person.name},
    }


def groups(connection: sqlite3.Connection, included: bool) -> list[dict[str, Any]]:
    """The learners by turns in two teams; the test student is in none."""
    real = [each for each in learners(connection) if each.kind != "test-student"]
    found = []
    for number, name in enumerate(("Team North", "Team South")):
        members = real[number::2]
        told: dict[str, Any] = {"id": 61 + number, "name": name, "members_count": len(members), "course_id": 1}
        users = [{"id": local_id(each), "name": each.name} for each in members]
        found.append(told | ({"users": users} if included else {}))
    return found


def submissions(connection: sqlite3.Connection, graded_since: str, submitted_since: str) -> list[dict[str, Any]]:
    """One row for each learner and assignment, as Canvas makes them beforehand."""
    return [
        _submission(person, activity_id, told)
        for person in learners(connection)
        for activity_id, told in submissions_of(connection, person.id).items()
        if _after(told["graded_at"], graded_since) and _after(told["submitted_at"], submitted_since)
    ]


def grouped(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = submissions(connection, "", "")
    return [
        {
            "user_id": local_id(person),
            "section_id": 1,
            "submissions": [row for row in rows if row["user_id"] == local_id(person)],
        }
        for person in learners(connection)
    ]


def _submission(person: Person, activity_id: str, told: dict[str, Any]) -> dict[str, Any]:
    score = told["score"]
    state = "graded" if score is not None else "submitted" if told["submitted_at"] else "unsubmitted"
    number = assignment_number(activity_id)
    return told | {
        "id": number * 1000 + local_id(person),
        "assignment_id": number,
        "user_id": local_id(person),
        "grade": None if score is None else f"{score:g}",
        "workflow_state": state,
        "excused": False,
        "late": False,
        "missing": False,
        "grade_matches_current_submission": True,
    }


def _after(moment: str | None, since: str) -> bool:
    return not since or (moment is not None and moment > since)


def progress(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    needed = [each.id for module in MODULES for each in module.activities]
    found = []
    for person in learners(connection):
        done = coursework.progress_of(connection, person.id).completed & set(needed)
        times = _completed(connection, person)
        told = {
            "requirement_count": len(needed),
            "requirement_completed_count": len(done),
            "next_requirement_url": None,
            "completed_at": max(times.values()) if len(done) == len(needed) else None,
        }
        found.append({"id": local_id(person), "display_name": person.name, "progress": told})
    return found
