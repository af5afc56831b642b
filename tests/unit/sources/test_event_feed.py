"""The event feed: pages, cursors, and feeds that misbehave."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from requests import PreparedRequest
from structlog.testing import capture_logs

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Activity, Registration
from lti_tool.http import make_session
from lti_tool.sources import webhook
from lti_tool.sources.event_feed import EventFeed
from lti_tool.sources.event_feed.feed import MOST_PAGES
from lti_tool.usecases.ports import CourseSource
from tests.unit.sources.platforms import COURSE, FEED, NOW, REGISTRATION, StoppedClock

FORGOTTEN: list[str] = []


class Tokens:
    def get(self, registration: Registration, scopes: Sequence[str]) -> str:
        assert list(scopes) == ["urn:lti-badges:scope:events.readonly"]
        return f"token-of-{registration.id}"

    def forget(self, registration: Registration, scopes: Sequence[str], token: str) -> None:
        FORGOTTEN.append(token)


SOURCE: CourseSource = EventFeed(make_session(), Tokens(), StoppedClock())
QUIZ = {"id": "quiz-1", "type": "item", "title": "Quiz 1", "maximum": 20, "module_id": None, "url": None}


def event(number: int, **data: Any) -> dict[str, Any]:
    about = {
        "context_id": "4", "user_id": f"learner-{number}", "activity": QUIZ,
        "score": {"given": 17, "maximum": 20}, "completed": None,
    }  # fmt: skip
    return {
        "id": f"msg_{number}", "type": "item.scored", "timestamp": "2026-11-24T11:00:00Z", "data": about | data,
    }  # fmt: skip


class Feed:
    """A log of events, `size` to a page; the cursor counts them."""

    def __init__(self, *events: Any, size: int = 2) -> None:
        self.events = list(events)
        self.size = size
        self.activities: list[Any] = [QUIZ]
        self.asked: list[dict[str, str]] = []
        self.raw: tuple[int, str] | None = None

    def __call__(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        assert request.headers["Authorization"] == "Bearer token-of-r"
        query = {name: values[0] for name, values in parse_qs(urlsplit(str(request.url)).query).items()}
        self.asked.append(query)
        if self.raw is not None:
            return self.raw[0], {}, self.raw[1]
        start = int(query.get("after", "0"))
        page = self.events[start : start + self.size]
        body = {"activities": self.activities, "events": page, "next": str(start + len(page))}
        return 200, {}, json.dumps(body)


@pytest.fixture
def feed() -> Iterator[Feed]:
    answering = Feed(*(event(number) for number in range(5)))
    with responses.RequestsMock() as mock:
        mock.add_callback("GET", "https://lms.example/events", answering)
        yield answering


def subjects(events: Sequence[Any]) -> list[str]:
    return [each.subject for each in events]


def refused(feed: Feed) -> str:
    with pytest.raises(BadgeToolError) as error:
        SOURCE.read(FEED, COURSE, "", [])
    return error.value.code


def test_every_page_is_read_and_the_place_is_kept(feed: Feed) -> None:
    news = SOURCE.read(FEED, COURSE, "", [])
    assert subjects(news.events) == [f"learner-{number}" for number in range(5)]
    assert news.activities == [Activity("quiz-1", "item", "Quiz 1", 20.0, None, "")]
    assert [query.get("after") for query in feed.asked] == [None, "2", "4", "5"]
    assert all(query["context_id"] == "4" and query["site"] == "1" for query in feed.asked)
    feed.events.append(event(9))
    assert subjects(SOURCE.read(FEED, COURSE, news.cursor, []).events) == ["learner-9"]


def test_an_event_of_the_feed_is_the_webhooks_event(feed: Feed) -> None:
    told = event(0)
    body = json.dumps({name: told[name] for name in ("type", "timestamp", "data")}).encode()
    assert SOURCE.read(FEED, COURSE, "", []).events[0] == webhook.parse("msg_0", body, NOW)[0]


def test_another_sources_cursor_is_not_sent(feed: Feed) -> None:
    SOURCE.read(FEED, COURSE, 'moodle:{"since": 5}', [])
    assert "after" not in feed.asked[0]


def test_ev36_a_bad_event_is_left_out_and_reported(feed: Feed) -> None:
    bad = [
        event(10, score={"given": "85%", "maximum": 100}), {"type": "item.scored"}, None,
        event(11) | {"timestamp": "2100-01-01T00:00:00Z"}, event(12, context_id="5"),
    ]  # fmt: skip
    feed.events[2:2] = bad
    feed.activities += [5, {"id": ""}]
    with capture_logs() as lines:
        news = SOURCE.read(FEED, COURSE, "", [])
    assert subjects(news.events) == [f"learner-{number}" for number in range(5)]
    assert len(news.activities) == 1
    (line,) = lines
    assert line["event"] == "feed.entries_skipped"
    assert set(line["codes"]) == {
        "event.malformed", "event.score_invalid", "event.time_invalid", "event.other_course",
    }  # fmt: skip


def test_an_unknown_type_is_ignored(feed: Feed) -> None:
    feed.events[0] = {"id": "x", "type": "forum.posted", "data": {}}
    assert len(SOURCE.read(FEED, COURSE, "", []).events) == 4


def test_ev46_a_feed_that_stands_still_is_left(feed: Feed) -> None:
    feed.raw = (200, json.dumps({"activities": [], "events": [event(1)], "next": "7"}))
    SOURCE.read(FEED, COURSE, "", [])
    assert len(feed.asked) == 2


def test_ev46_a_feed_without_end_is_continued_next_time(feed: Feed) -> None:
    feed.size = 1
    feed.events = [event(number) for number in range(MOST_PAGES + 10)]
    first = SOURCE.read(FEED, COURSE, "", [])
    assert len(first.events) == MOST_PAGES
    assert len(SOURCE.read(FEED, COURSE, first.cursor, []).events) == 10


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, "<html>Log in</html>", "feed.unreadable"),
        (200, '{"events": [', "feed.unreadable"),
        (200, "[]", "feed.unreadable"),
        (200, '{"events": {}, "next": "1"}', "feed.unreadable"),
        (200, '{"events": [], "next": 1}', "feed.unreadable"),
        (200, '{"events": [], "events": [], "next": "1"}', "feed.unreadable"),
        (401, "", "feed.refused"),
        (403, "", "feed.refused"),
        (302, "", "feed.unavailable"),
        (500, "", "feed.unavailable"),
    ],
)
def test_what_is_no_page_is_an_error(feed: Feed, status: int, body: str, code: str) -> None:
    feed.raw = (status, body)
    assert refused(feed) == code


def test_a_token_that_ran_out_early_is_renewed_once(feed: Feed) -> None:
    FORGOTTEN.clear()
    answers = [(401, "")]
    whole = feed.__class__.__call__

    def once(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        feed.raw = answers.pop() if answers else None
        return whole(feed, request)

    with responses.RequestsMock() as mock:
        mock.add_callback("GET", "https://lms.example/events", once)
        assert len(SOURCE.read(FEED, COURSE, "", []).events) == 5
    assert FORGOTTEN == ["token-of-r"]
    feed.raw = (401, "")
    assert refused(feed) == "feed.refused"
    assert FORGOTTEN == ["token-of-r"] * 2


def test_it_serves_platforms_with_a_feed() -> None:
    assert SOURCE.serves(FEED, COURSE)
    assert not SOURCE.serves(REGISTRATION, COURSE)
