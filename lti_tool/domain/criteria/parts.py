"""What a requirement can carry besides what it asks: a window of time, a skill."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.criteria.errors import invalid

LONGEST_TEXT = 255
LONGEST_ADDRESS = 2000
_URI = re.compile(r"(https?://|urn:)[^\s<>\"{}|\\^`]+")


def check_text(text: str, what: str, longest: int = LONGEST_TEXT) -> None:
    """Text is text: of one line, and short enough to be shown."""
    if not text.strip() or len(text) > longest or not text.isprintable():
        raise invalid(f"{what} is a text of 1 to {longest} characters in one line.")


@dataclass(frozen=True, slots=True)
class Window:
    """When the work must have been done: at or after `start`, before `end`, and with `since_enrolment` not before the
    learner was enrolled. Times are timezone-aware."""

    start: datetime | None = None
    end: datetime | None = None
    since_enrolment: bool = False

    def __post_init__(self) -> None:
        for moment in (self.start, self.end):
            if moment is not None and moment.tzinfo is None:
                raise invalid("A time needs its zone.")
        if self.start is None and self.end is None and not self.since_enrolment:
            raise invalid("A window has a start, an end, or begins with the enrolment.")
        if self.start is not None and self.end is not None and self.start > self.end:
            raise invalid("The window ends before it starts.")

    def within(self, outer: Window | None) -> Window:
        """What both allow; where nothing is left, a window that ends as it starts."""
        if outer is None:
            return self
        starts = [moment for moment in (self.start, outer.start) if moment is not None]
        ends = [moment for moment in (self.end, outer.end) if moment is not None]
        start, end = max(starts, default=None), min(ends, default=None)
        if start is not None and end is not None:
            end = max(start, end)
        return Window(start, end, self.since_enrolment or outer.since_enrolment)

    def holds(self, at: datetime, enrolled_at: datetime | None) -> bool | None:
        """Whether a time lies within; None where that depends on an enrolment of which nothing was told."""
        if (self.start is not None and at < self.start) or (self.end is not None and at >= self.end):
            return False
        if not self.since_enrolment:
            return True
        return None if enrolled_at is None else at >= enrolled_at


class SkillKind(StrEnum):
    """Which kind of framework a skill stands in."""

    CASE = "case"
    ESCO = "esco"
    CTDL = "ctdl"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill that a requirement assesses, as an entry of a framework. `uri` names it for programs."""

    name: str
    uri: str
    kind: SkillKind = SkillKind.OTHER
    framework: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        check_text(self.name, "A skill's name")
        if len(self.uri) > LONGEST_ADDRESS or not _URI.fullmatch(self.uri):
            raise invalid("A skill's address begins with https:// or urn:, and has no spaces.")
        for text in (self.framework, self.code):
            if text:
                check_text(text, "A skill's framework or code")
