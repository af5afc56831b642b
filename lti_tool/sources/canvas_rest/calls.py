"""What this source asks Canvas for, and the scope that each question needs.

https://developerdocs.instructure.com/services/canvas/oauth2/file.oauth_endpoints (scopes)
"""

from __future__ import annotations

from dataclasses import dataclass

# Canvas gives no more rows a page whatever is asked for.
ROWS_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Call:
    """`path` as Canvas's scopes write it; `unlocks` says what rules lose without it. `is_extra`: a key without it is as
    good as those were that people made before it was asked for."""

    path: str
    unlocks: str
    is_extra: bool = False

    @property
    def scope(self) -> str:
        return f"url:GET|{self.path}"

    def address(self, url: str, course_number: str) -> str:
        return f"{url}{self.path.replace(':course_id', course_number)}"


def _course(rest: str, unlocks: str, *, is_extra: bool = False) -> Call:
    return Call(f"/api/v1/courses/:course_id/{rest}", unlocks, is_extra)


ASSIGNMENT_GROUPS = _course("assignment_groups", "names and points of assignments and quizzes")
SUBMISSIONS = _course("students/submissions", "grades and submissions")
ENROLLMENTS = _course("enrollments", "learners and course grades")
MODULES = _course("modules", "modules and what each learner completed in them")
PROGRESS = _course("bulk_user_progress", "whose modules moved, and who completed the course")
OUTCOMES = _course("outcome_results", "mastery of outcomes")
GROUPS = _course("groups", "parts of a rule that are for some groups only", is_extra=True)
_COPIES = "activities of a copied course, known by what they were copied from"
MIGRATIONS = _course("content_migrations", _COPIES, is_extra=True)
ID_MAP = _course("content_migrations/:id/asset_id_mapping", _COPIES, is_extra=True)

CALLS = (ASSIGNMENT_GROUPS, SUBMISSIONS, ENROLLMENTS, MODULES, PROGRESS, OUTCOMES, GROUPS, MIGRATIONS, ID_MAP)
SCOPES = tuple(call.scope for call in CALLS)
NEEDED_SCOPES = tuple(call.scope for call in CALLS if not call.is_extra)
