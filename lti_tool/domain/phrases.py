"""The words in which criteria are said, in one place: a language more is one class more, beside English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from lti_tool.domain.criteria import Requirement, Window
from lti_tool.domain.fact_kind import FactKind


def number(value: float) -> str:
    """80.0 -> "80", 72.5 -> "72.5"; never more than two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


class English:
    """Requirements are in the imperative, without a capital or a full stop."""

    def amount(self, minimum: float, unit: str) -> str:
        if unit == "percent":
            return f"{number(minimum)} %"
        return f"{number(minimum)} {'point' if minimum == 1 else 'points'}"

    def requirement(self, leaf: Requirement, name: str) -> str:
        """`name` is that of the leaf's target."""
        asked = self._asked(leaf)
        plain = {
            FactKind.ITEM_COMPLETION: f"complete {name}",
            FactKind.ITEM_SUBMISSION: f"hand in {name}{' on time' if leaf.on_time else ''}",
            FactKind.MODULE_COMPLETION: f"complete {f'{asked} of ' if leaf.items else ''}{name}",
            FactKind.COURSE_COMPLETION: "complete the course",
            FactKind.BADGE_HELD: f"hold the badge {name}",
            FactKind.MANUAL_APPROVAL: "be approved by the teacher",
            FactKind.OUTCOME_MASTERY: f"reach {asked} in {name}" if asked else f"master {name}",
            FactKind.EXTERNAL_FACT: f"reach {asked} in {name}" if asked else f"have {name} recorded",
        }
        if leaf.kind is FactKind.ITEM_SCORE:
            return self._score(leaf, asked, name)
        if leaf.kind is FactKind.COURSE_GRADE:
            return self._course_grade(leaf, asked)
        if leaf.kind is FactKind.EVIDENCE_REVIEW:
            return self._reviewed(leaf, asked)
        return plain[leaf.kind]

    def _asked(self, leaf: Requirement) -> str:
        if leaf.letter:
            return f"at least {leaf.letter}"
        if leaf.minimum is None:
            return ""
        in_points = leaf.unit == "points" or leaf.kind is FactKind.EVIDENCE_REVIEW
        return f"at least {self.amount(leaf.minimum, 'points' if in_points else 'percent')}"

    def _score(self, leaf: Requirement, asked: str, name: str) -> str:
        verb = "get" if leaf.letter else "score"
        where = {
            "grade": f"in {name}",
            "best": f"in the best attempt at {name}",
            "latest": f"in the latest attempt at {name}",
            "average": f"on average over all attempts at {name}",
        }[leaf.take]
        return f"{verb} {asked} {where}"

    def _course_grade(self, leaf: Requirement, asked: str) -> str:
        which = f"{leaf.grade} course grade" if leaf.grade else "course grade"
        return f"reach {asked} as {which}{'' if leaf.overrides else ', as it was calculated'}"

    def _reviewed(self, leaf: Requirement, asked: str) -> str:
        wanted = [asked] if asked else []
        wanted += [f"at least “{row.needs}” in {row.name}" for row in leaf.rubric if row.needs]
        text = f"have {leaf.evidence} approved by a reviewer"
        return f"{text} with {_listed(wanted, 'and')}" if wanted else text

    def within(self, window: Window, text: str) -> str:
        words = [text]
        if window.start is not None and window.end is not None:
            words.append(f"between {self.moment(window.start)} and {self.moment(window.end)}")
        elif window.start is not None:
            words.append(f"not before {self.moment(window.start)}")
        elif window.end is not None:
            words.append(f"before {self.moment(window.end)}")
        if window.since_enrolment:
            words.append("since enrolment")
        return " ".join(words)

    def moment(self, at: datetime) -> str:
        at = at.astimezone(UTC)
        day = f"{at.day} {at:%B %Y}"
        return day if at.timetz() == time(tzinfo=UTC) else f"{day}, {at:%H:%M} UTC"

    def every(self, parts: Sequence[str], optional: Sequence[str]) -> str:
        text = _listed(parts, "and")
        return f"{text}, and if you like {_listed(optional, 'and')}" if optional else text

    def some(self, parts: Sequence[str]) -> str:
        return _listed(parts, "or")

    def so_many(self, count: int, parts: Sequence[str]) -> str:
        return f"do at least {count} of these {len(parts)}: " + "; ".join(parts)

    def credits(self, total: float, parts: Sequence[str], weights: Sequence[float]) -> str:
        listed = [f"{part} ({number(weight)})" for part, weight in zip(parts, weights, strict=True)]
        return f"collect at least {number(total)} credits from these: " + "; ".join(listed)

    def never(self, part: str) -> str:
        return f"do not {part}"

    def only_for(self, groups: Sequence[str], text: str) -> str:
        return f"{text} (only for {_listed(groups, 'or')})"

    def brackets(self, text: str) -> str:
        return f"({text})"


def _listed(words: Sequence[str], joined_by: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joined_by} {words[-1]}"


Phrases = English
ENGLISH = English()
LANGUAGES = {"en": ENGLISH}


def phrases_for(locale: str) -> Phrases:
    """The words of a language ("en-GB", "en"), English where there are none of it yet."""
    return LANGUAGES.get(locale.partition("-")[0].partition("_")[0].lower(), ENGLISH)
