"""An LMS that shows the state of its courses when it is asked, and counts how often it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Registration
from lti_tool.domain.reconciliation import Absence, Coverage, named
from lti_tool.usecases.ports import CourseNews

KINDS = frozenset({FactKind.ITEM_SCORE, FactKind.ITEM_COMPLETION, FactKind.MODULE_COMPLETION})
SOURCES = frozenset({"lms", "webhook"})


@dataclass
class CountedLms:
    """Implements usecases.ports.CourseSource and LearnerSource. `seconds`: how long an answer takes (the clock that a
    test moves is moved by it)."""

    clock: object
    name: str = "lms"
    seconds: float = 0.0
    truth: dict[tuple[str, str, FactKind, str], LearningEvent] = field(default_factory=dict)
    gone: list[LearningEvent] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def happens(self, event: LearningEvent) -> LearningEvent:
        """Something becomes true in the LMS; gives it as the webhook would tell it."""
        self.truth[event.context_id, event.subject, event.kind, event.target] = named(replace(event, source=self.name))
        return event

    def takes_back(self, event: LearningEvent) -> None:
        """The LMS does not hold it any more; its slot stays."""
        held = self.truth.pop((event.context_id, event.subject, event.kind, event.target))
        nothing = {"score": None, "maximum": None, "completed": None if held.score is not None else False}
        self.gone.append(replace(held, **nothing))

    def serves(self, registration: Registration, course: Course) -> bool:
        return True

    def read(self, registration: Registration, course: Course, cursor: str, subjects: Sequence[str]) -> CourseNews:
        self.calls.append(course.context_id)
        self.clock.pass_time(seconds=self.seconds)
        return self._news(course, set(subjects))

    def read_learner(self, registration: Registration, course: Course, subject: str) -> CourseNews:
        self.calls.append(f"{course.context_id}:{subject}")
        return self._news(course, {subject})

    def _news(self, course: Course, subjects: set[str]) -> CourseNews:
        def here(event: LearningEvent) -> bool:
            return event.context_id == course.context_id and event.subject in subjects

        return CourseNews(
            events=[event for event in self.truth.values() if here(event)],
            states=[Coverage(frozenset(subjects), KINDS, self.name, SOURCES, is_whole=True)],
            absent=[Absence(event) for event in self.gone if here(event)],
        )
