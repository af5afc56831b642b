"""The services of an LMS that answer otherwise than they should: roster and gradebook of LTI, over HTTP."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import format_datetime

import pytest
from requests import PreparedRequest
from sqlalchemy import select

from lti_tool.db.tables.work import outbox
from lti_tool.domain.errors import BadgeToolError
from tests.certification_events.lms import LMS, Answer, Asking
from tests.certification_events.looking import awards

row = pytest.mark.row
HOUR = 3600.0


def earn(asking: Asking) -> None:
    asking.lab.publish()
    asking.lab.hear(asking.lab.score("ana", 90), asking.lab.module("ana"))
    asking.lab.work()


def wait_of_delivery(asking: Asking) -> float:
    """Seconds until the score is brought again."""
    with asking.lab.house.engine.connect() as connection:
        query = select(outbox.c.due_at).where(outbox.c.kind == "deliver_to_gradebook", outbox.c.state == "ready")
        due_at = connection.execute(query).scalar_one()
    return float((due_at - asking.lab.clock.now()).total_seconds())


@row("EV42")
@pytest.mark.parametrize(("told", "least", "most"), [
    ("seconds", 120, 150), ("date", 300, 370), ("absent", 0, 2), ("year", HOUR, 1.2 * HOUR + 1), ("nonsense", 0, 2),
])  # fmt: skip
def test_ev42_whoever_asks_us_to_slow_down_is_left_alone_as_long(
    asking: Asking, told: str, least: float, most: float
) -> None:
    now = asking.lab.clock.now()
    header = {
        "seconds": {"Retry-After": "120"},
        "date": {"Retry-After": format_datetime(now + timedelta(minutes=5), usegmt=True)},
        "absent": {},
        "year": {"Retry-After": str(365 * 24 * 3600)},
        "nonsense": {"Retry-After": "-1 or soon"},
    }[told]
    asking.lms.after_post = lambda: (429, {"Date": format_datetime(now, usegmt=True), **header}, "")
    earn(asking)
    assert len(asking.lms.posted) == 1
    assert least <= wait_of_delivery(asking) <= most
    asking.lms.after_post = lambda: (200, {}, "")
    # The platform as a whole rests as well, with a jitter of its own.
    asking.lab.clock.pass_time(seconds=1.5 * most + 1)
    asking.lab.work()
    assert len(asking.lms.posted) == 2
    assert len(awards(asking.lab)) == 1


@row("EV43")
def test_ev43_a_permission_that_is_gone_ends_the_tries_and_is_told(asking: Asking) -> None:
    asking.lms.after_post = lambda: (403, {}, "")
    earn(asking)
    for _ in range(12):
        asking.lab.clock.pass_time(minutes=10)
        asking.lab.work()
    assert len(asking.lms.posted) == 1
    [award] = awards(asking.lab)
    with asking.lab.house.transactions(write=False) as unit:
        [delivery] = unit.deliveries.of_award(award.id)
    assert (delivery.state, "does not allow this" in delivery.detail) == ("failed", True)
    assert asking.lab.house.queue.depth().get("dead") == 1


@row("EV44")
def test_ev44_a_token_that_ends_in_the_middle_is_renewed_once(asking: Asking) -> None:
    members = json.dumps({"members": [{"user_id": "dora", "roles": ["Learner"]}]})

    def answer(request: PreparedRequest) -> Answer:
        return (401, {}, "") if request.headers["Authorization"] == "Bearer t1" else (200, {}, members)

    asking.lms.instead["/members"] = answer
    asking.read()
    assert (asking.lms.asked.count("/token"), asking.lms.asked.count("/members") <= 3) == (2, True)
    assert "dora" in _enrolled(asking)
    asking.lms.instead["/members"] = lambda request: (401, {}, "")
    before = len(asking.lms.asked)
    with pytest.raises(BadgeToolError, match=r"nrps\.refused"):
        asking.read()
    assert asking.lms.asked[before:].count("/token") == 1, "a fresh one that is refused as well ends it"


@row("EV45")
def test_ev45_a_page_instead_of_data_is_an_error_and_changes_nobody(asking: Asking) -> None:
    before = _enrolled(asking)
    for page in ("<!doctype html><title>Sign in</title>", "", "[]", '{"members": "none"}', "null"):
        asking.lms.instead["/members"] = lambda request, page=page: (200, {"Content-Type": "text/html"}, page)  # type: ignore[misc]
        with pytest.raises(BadgeToolError, match=r"nrps\.malformed"):
            asking.read()
        assert _enrolled(asking) == before
    with asking.lab.house.transactions(write=False) as unit:
        assert "nrps.malformed" in unit.courses.reading(asking.lab.course.id).read_error


@row("EV46")
def test_ev46_pages_that_go_in_a_circle_or_elsewhere_are_an_error(asking: Asking) -> None:
    before, one = _enrolled(asking), json.dumps({"members": [{"user_id": "dora", "roles": ["Learner"]}]})
    for following in (f"{LMS}/members", f"{LMS}/members?page=2", "https://elsewhere.example/members"):
        link = {"Link": f'<{following}>; rel="next"'}
        asking.lms.instead["/members"] = lambda request, link=link: (200, link, one)  # type: ignore[misc]
        asked = len(asking.lms.asked)
        with pytest.raises(BadgeToolError, match=r"nrps\.page_forbidden"):
            asking.read()
        assert len(asking.lms.asked) - asked <= 4
    assert _enrolled(asking) == before


@row("EV46")
def test_ev46_whoever_slips_between_two_pages_is_not_taken_for_gone(asking: Asking) -> None:
    asking.read()
    first = [{"user_id": name, "roles": ["Learner"]} for name in ("ana", "ben")]
    answers = iter([first, [*first, {"user_id": "cleo", "roles": ["Learner"]}]])
    asking.lms.instead["/members"] = lambda request: (200, {}, json.dumps({"members": next(answers)}))
    asking.read()
    assert _enrolled(asking) == {"ana", "ben", "cleo"}


def _enrolled(asking: Asking) -> set[str]:
    with asking.lab.house.transactions(write=False) as unit:
        return {person.subject for person, held in unit.people.enrolled(asking.lab.course.id) if held.active}
