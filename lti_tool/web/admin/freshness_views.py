"""How fresh a platform's courses are, source by source, and the rhythm of its senders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response

from lti_tool.domain.rhythm import Rhythm
from lti_tool.usecases.view_freshness import CourseFreshness, PlatformFreshness
from lti_tool.web.admin.shown import show, to
from lti_tool.web.present.freshness import SourceRow, repaired_sentence, source_name, source_rows
from lti_tool.web.security.admin_login import AdminLogin
from lti_tool.web.services import PageServices


@dataclass(frozen=True, slots=True)
class SenderRow:
    """`least`: so many things even the quietest of the last weeks told at this hour; 0 where too little is known."""

    name: str
    first_at: datetime
    heard_at: datetime
    least: int
    silent_since: datetime | None


@dataclass(frozen=True, slots=True)
class CourseRow:
    title: str
    sources: list[SourceRow]
    next_at: datetime | None
    waiting: int
    waits_since: datetime | None
    repaired: str
    repaired_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class FreshnessView:
    platform_id: str
    platform_name: str
    senders: list[SenderRow]
    courses: list[CourseRow]
    more: int


def freshness_view(page: PlatformFreshness, now: datetime) -> FreshnessView:
    return FreshnessView(
        page.registration.id,
        page.registration.name,
        [_sender(source, rhythm, now) for source, rhythm in page.senders.items()],
        [_course(course) for course in page.courses],
        page.course_count - len(page.courses),
    )


def _sender(source: str, rhythm: Rhythm, now: datetime) -> SenderRow:
    return SenderRow(source_name(source), rhythm.first_at, rhythm.heard_at, rhythm.least(now), rhythm.silent_since)


def _course(freshness: CourseFreshness) -> CourseRow:
    repaired = freshness.repaired
    return CourseRow(
        title=freshness.course.title or freshness.course.context_id,
        sources=source_rows(freshness),
        next_at=freshness.reading.next_at,
        waiting=freshness.backlog.count,
        waits_since=freshness.backlog.oldest,
        repaired=repaired_sentence(repaired) if repaired else "",
        repaired_at=repaired.at if repaired else None,
        error=freshness.reading.read_error,
    )


class FreshnessPages:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def freshness(self, registration_id: str) -> Response:
        """Of every course when each source was heard and read, and what waits."""
        session = self._login.current()
        if session is None:
            return to("admin.welcome")
        found = self._services.freshness.platform(registration_id)
        return show("admin/freshness.html", session, page=freshness_view(found, self._services.clock()))
