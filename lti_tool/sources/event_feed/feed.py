"""EventFeed: reads a platform's log of events from where the last reading ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity, Registration
from lti_tool.http import OutgoingHttp
from lti_tool.sources.event_feed.page import FeedPage, read_page, unreadable
from lti_tool.sources.strict_json import read_json
from lti_tool.usecases.ports import Clock, CourseNews, ServiceTokens

SCOPE = "urn:lti-badges:scope:events.readonly"
# Ten thousand events in one reading; the cursor is kept, so a longer feed goes on at the next.
MOST_PAGES = 50
# A cursor names its source, so that none is ever sent to a feed that did not give it.
CURSOR_PREFIX = "feed:"

log = structlog.get_logger(__name__)


class EventFeed:
    """Implements usecases.ports.CourseSource for platforms that offer an event feed (docs/reference/webhook.md)."""

    name = "event_feed"

    def __init__(self, http: OutgoingHttp, tokens: ServiceTokens, clock: Clock) -> None:
        self._http = http
        self._tokens = tokens
        self._clock = clock

    def serves(self, registration: Registration, course: Course) -> bool:
        return bool(registration.event_feed_url)

    def read(self, registration: Registration, course: Course, cursor: str, subjects: Sequence[str]) -> CourseNews:
        """Everything after `cursor`. Raises `feed.*`, `http.*` and the token's errors; a bad event is left out."""
        place = cursor.removeprefix(CURSOR_PREFIX) if cursor.startswith(CURSOR_PREFIX) else ""
        now = self._clock.now()
        events: list[LearningEvent] = []
        activities: dict[tuple[str, str], Activity] = {}
        problems: list[str] = []
        seen, continues = {place}, False
        for _ in range(MOST_PAGES):
            page = self._page(registration, course, place, now)
            events += page.events
            problems += page.problems
            activities |= {(activity.kind, activity.id): activity for activity in page.activities}
            # A feed that stands still, or goes in circles, must not be asked for ever.
            circles, place = page.cursor in seen, page.cursor
            if not page.length or circles:
                break
            seen.add(place)
        else:
            continues = True
        if problems:
            log.warning(
                "feed.entries_skipped", registration=registration.id, count=len(problems), codes=sorted(set(problems))
            )
        return CourseNews(events, list(activities.values()), CURSOR_PREFIX + place, continues=continues)

    def _page(self, registration: Registration, course: Course, place: str, now: datetime) -> FeedPage:
        params = {"context_id": course.context_id} | ({"after": place} if place else {})
        for attempt in (1, 2):
            token = self._tokens.get(registration, [SCOPE])
            response = self._http.get(
                registration.event_feed_url,
                params=params,
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                allow_redirects=False,
            )
            if response.status_code != 401 or attempt == 2:
                break
            # The platform may have ended it early, for all that we know of its life.
            self._tokens.forget(registration, [SCOPE], token)
        return read_page(_content(response.status_code, response.content), course.context_id, now)


def _content(status: int, body: bytes) -> Any:
    if status in (401, 403):
        raise BadgeToolError(
            "feed.refused",
            "The platform refuses its event feed.",
            status=502,
            hint="The platform must grant the scope of the event feed to this tool.",
        )
    if status != 200:
        raise BadgeToolError("feed.unavailable", f"The event feed answered with status {status}.", status=502)
    try:
        return read_json(body)
    except BadgeToolError:
        raise unreadable() from None
