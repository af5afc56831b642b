"""Which column says what: chosen by the teacher, remembered for the course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.sender import LTI, PERSON_KINDS

# What a column can say, in words.
PARTS = {
    "learner": "Learner",
    "activity": "Activity",
    "score": "Points",
    "maximum": "Maximum of points",
    "completed": "Completed",
    "date": "Date",
}
DECIMAL_SIGNS = {".": "a point: 8.5", ",": "a comma: 8,5"}
DATE_FORMS = {
    "iso": "2026-05-31, also with a time",
    "day_first": "31.05.2026 or 31/05/2026, also with a time",
    "month_first": "05/31/2026, also with a time",
}
# Instead of an activity of the course.
COURSE_GRADE = "course_grade:"
LONGEST = 255

LEARNER = (
    "learner",
    "user id",
    "userid",
    "user_id",
    "id number",
    "sis user id",
    "sis login id",
    "username",
    "id",
)
_GUESSES = {
    "learner": LEARNER,
    "activity": ("activity", "assignment", "item", "quiz", "title"),
    "score": ("points", "score", "grade", "result", "mark"),
    "maximum": ("maximum", "max", "out of", "points possible", "maximum of points"),
    "completed": ("completed", "complete", "done", "passed"),
    "date": ("date", "time", "timestamp", "graded at", "when"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns by what they say, "" where none does.

    `person_kind` says which name of a person stands in the learner's column. Where no column names the activity it is
    `fixed_activity`: "item:<id>", "module:<id>" or "course_grade:"; where none says the maximum it is `fixed_maximum`,
    as typed. `decimal` is "." or ",", and "" until somebody said which. `date_form` and `zone` (IANA) read the dates.
    """

    learner: str = ""
    activity: str = ""
    score: str = ""
    maximum: str = ""
    completed: str = ""
    date: str = ""
    person_kind: str = LTI
    fixed_activity: str = ""
    fixed_maximum: str = ""
    decimal: str = ""
    date_form: str = "iso"
    zone: str = "UTC"

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Columns:
        """From a form, or as it was remembered; what is missing is as usual."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: text for name, text in value.items() if name in known and isinstance(text, str)})

    def fitting(self, head: Sequence[str]) -> Columns:
        """Without the columns that a table does not have."""
        gone = {part: "" for part in PARTS if getattr(self, part) not in head}
        return Columns(**{**self.to_json(), **gone})

    def check(self, head: Sequence[str]) -> None:
        """Raises `upload.*` (422) with the one thing that is still to be said."""
        if self.learner not in head:
            raise _missing("learner", "Say which column names the learner.")
        if self.person_kind not in PERSON_KINDS:
            raise _missing("person_kind", "Say what the learners' names are.")
        if not self.activity and not self.fixed_activity:
            raise _missing("activity", "Say which column names the activity, or choose one for all rows.")
        if not self.score and not self.completed:
            raise _missing("result", "Say which column has the points or says what was completed.")
        if self.score and not self.maximum and not self.fixed_maximum:
            raise _missing("maximum", "Say out of how many points.")
        if self.score and self.decimal not in DECIMAL_SIGNS:
            raise _missing("decimal", "Say how decimals are written in this file.")
        if self.date and (self.date_form not in DATE_FORMS or self.zone not in available_timezones()):
            raise _missing("date_form", "Say how dates are written, and in which time zone.")

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def guess(head: Sequence[str]) -> Columns:
    """By the names of the columns. Decimals are never guessed: 1,234 is a thousand or one and a bit."""
    return Columns(**guessed(head, _GUESSES))


def guessed(head: Sequence[str], usual: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Which column says what, by what such columns are usually called; none says two things."""
    plain = {name.casefold().strip().replace("_", " "): name for name in reversed(head)}
    found: dict[str, str] = {}
    for part, names in usual.items():
        fitting = (plain[name] for name in names if name in plain and plain[name] not in found.values())
        found[part] = next(fitting, "")
    return found


def _missing(name: str, message: str) -> BadgeToolError:
    return BadgeToolError(f"upload.{name}_missing", message, status=422)
