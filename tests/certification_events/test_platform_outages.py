"""A platform that hangs, that does what it was asked and does not say so, or gives no tokens: through the engine."""

from __future__ import annotations

import json
from collections import Counter

import pytest
import requests
from requests import PreparedRequest

from tests.certification_events.lms import LMS, Answer, Asking

HUNG = requests.ReadTimeout("nothing came within the deadline")


def earn(asking: Asking) -> None:
    asking.lab.publish()
    asking.lab.hear(asking.lab.score("ana", 90), asking.lab.module("ana"))


def pass_minutes(asking: Asking, minutes: int) -> None:
    for _ in range(minutes):
        asking.lab.clock.pass_time(minutes=1)
        asking.lab.work()


def deliveries(asking: Asking) -> list[str]:
    with asking.lab.house.transactions(write=False) as unit:
        awards = unit.awards.of_course(asking.lab.course.id)
        return [one.state for award in awards for one in unit.deliveries.of_award(award.id)]


def test_f26_a_platform_that_hangs_holds_up_no_award_and_is_told_when_it_is_back(asking: Asking) -> None:
    """That no call takes longer than ten seconds, dripping or silent, stands in tests/unit/http."""
    asking.lms.after_post = lambda: HUNG
    earn(asking)
    asking.lab.work()
    with asking.lab.house.transactions(write=False) as unit:
        assert [award.state for award in unit.awards.of_course(asking.lab.course.id)] == ["issued"]
    assert deliveries(asking) == ["waiting"]
    asking.lms.after_post = lambda: (200, {}, "")
    pass_minutes(asking, 5)
    assert deliveries(asking) == ["delivered"]


@pytest.mark.parametrize("arrives", ["at once", "later"])
def test_f27_a_column_that_was_made_after_our_timeout_is_one_column(asking: Asking, arrives: str) -> None:
    lab, lms, late = asking.lab, asking.lms, []

    def made_and_not_said(request: PreparedRequest) -> Answer | Exception:
        if request.method == "GET":
            return 200, {}, json.dumps([{"id": url, **column} for url, column in lms.columns.items()])
        late.append(json.loads(str(request.body and bytes(request.body).decode())))
        if arrives == "at once":
            lms.columns[f"{LMS}/lineitems/late"] = late.pop()
        return HUNG

    lms.instead["/lineitems"] = made_and_not_said  # type: ignore[assignment]
    earn(asking)
    lab.work()
    del lms.instead["/lineitems"]
    lab.clock.pass_time(seconds=14)
    lab.work()
    if late:
        # The platform works through what it was asked, when another column is there already.
        assert len(lms.columns) == 1
        lms.columns[f"{LMS}/lineitems/late"] = late.pop()
    pass_minutes(asking, 3)
    assert len(lms.columns) == 1
    [(column, score)] = lms.posted[-1:]
    assert (column in lms.columns, score["userId"], score["scoreGiven"]) == (True, "ana", 1)
    assert deliveries(asking) == ["delivered"]


def test_f28_ten_minutes_without_tokens_lose_nothing_and_are_not_hammered(asking: Asking) -> None:
    asking.lms.instead["/token"] = lambda _: (503, {}, "<html>Sorry</html>")
    earn(asking)
    asking.lab.work()
    pass_minutes(asking, 10)
    assert asking.lms.posted == []
    assert Counter(asking.lms.asked)["/token"] < 15
    del asking.lms.instead["/token"]
    pass_minutes(asking, 15)
    assert deliveries(asking) == ["delivered"]
    assert [score["userId"] for _, score in asking.lms.posted] == ["ana"]
