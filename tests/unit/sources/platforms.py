"""A registration and a course for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
COURSE = Course("c", "r", "1", "4", "Badge Course 101")
REGISTRATION = Registration(
    id="r",
    tenant_id="default",
    name="LMS",
    issuer="https://lms.example",
    client_id="c",
    auth_login_url="https://lms.example/login",
    auth_token_url="https://lms.example/token",
    jwks_url="https://lms.example/jwks",
)
MOODLE = replace(REGISTRATION, moodle_url="https://lms.example/moodle/", moodle_token="not-in-any-log")
FEED = replace(REGISTRATION, event_feed_url="https://lms.example/events?site=1")


class StoppedClock:
    def now(self) -> datetime:
        return NOW
