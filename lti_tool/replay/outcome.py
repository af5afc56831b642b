"""What came of a replay, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from lti_tool.domain.evaluation import Outcome


@dataclass(frozen=True, slots=True)
class PlayedLaunch:
    """A launch that passed every check."""

    name: str
    subject: str
    role: str


@dataclass(frozen=True, slots=True)
class LearnerOutcome:
    """One learner under the rule. `verified`: whether every check of her badge passed; None without a badge."""

    subject: str
    name: str
    outcome: str
    award: str
    verified: bool | None


@dataclass(frozen=True, slots=True)
class CourseOutcome:
    """One course: the rule in words, its learners, and the code of what could not be read of it ("" if nothing)."""

    title: str
    rule: str
    learners: tuple[LearnerOutcome, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReplayOutcome:
    launches: tuple[PlayedLaunch, ...]
    courses: tuple[CourseOutcome, ...]

    @property
    def awards(self) -> int:
        return sum(bool(learner.award) for course in self.courses for learner in course.learners)

    @property
    def ok(self) -> bool:
        """Everything was read, and exactly those who meet the rule hold a badge that verifies."""
        read = bool(self.courses) and not any(course.problem for course in self.courses)
        return read and all(
            learner.verified is (True if learner.outcome == Outcome.MET else None)
            for course in self.courses
            for learner in course.learners
        )

    def to_json(self) -> dict[str, Any]:
        return {"ok": self.ok, "awards": self.awards, **asdict(self)}

    def lines(self) -> list[str]:
        """The same for people."""
        told = [f"launch    {launch.name}: {launch.role} {launch.subject} accepted" for launch in self.launches]
        for course in self.courses:
            told += [f"course    {course.title}", f"rule      {course.rule}"]
            if course.problem:
                told.append(f"problem   {course.problem}")
            told += [f"{_mark(learner):<9} {learner.name or learner.subject}" for learner in course.learners]
        return [*told, f"{self.awards} badges awarded" + ("" if self.ok else "; something did not hold")]


def _mark(learner: LearnerOutcome) -> str:
    if learner.award:
        return "badge" if learner.verified else "INVALID"
    return (
        "no badge"
        if learner.outcome == Outcome.NOT_MET
        else "unknown"
        if learner.outcome == Outcome.UNKNOWN
        else "MISSING"
    )
