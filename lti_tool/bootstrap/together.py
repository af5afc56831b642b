"""Work of which many pieces wait at once, done together: a class handed in, or a badge was published for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lti_tool.usecases.evaluate_learner import EvaluateLearner
from lti_tool.usecases.halt_issuing import IssueUnlessHalted
from lti_tool.usecases.work import Work

Payloads = Sequence[Mapping[str, Any]]


def done_together(evaluate: EvaluateLearner, issue: IssueUnlessHalted) -> dict[str, Callable[[Payloads], None]]:
    """By kind of work, what does it for several payloads; it raises where that cannot be done for all of them."""

    def evaluate_all(payloads: Payloads) -> None:
        by_course: dict[tuple[str, bool], list[str]] = {}
        for payload in payloads:
            place = (payload["course_id"], payload.get("everything", False))
            by_course.setdefault(place, []).append(payload["person_id"])
        for (course_id, everything), person_ids in by_course.items():
            evaluate.together(course_id, sorted(set(person_ids)), everything)

    def issue_all(payloads: Payloads) -> None:
        issue.together(sorted({payload["award_id"] for payload in payloads}))

    return {Work.EVALUATE_LEARNER: evaluate_all, Work.ISSUE_CREDENTIAL: issue_all}
