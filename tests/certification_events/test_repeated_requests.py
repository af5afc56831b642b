"""The same request again, another one of the same id, copies at once: over HTTP."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.certification_events.hooks import Hooks
from tests.certification_events.looking import awarded, awards, facts, parked, score

row = pytest.mark.row


@row("EV11")
def test_ev11_an_exact_duplicate_is_answered_200_and_changes_nothing(hooks: Hooks) -> None:
    raw = hooks.body()
    assert hooks.send(raw).status_code == 202
    hooks.site.course.work()
    before = hooks.site.rows()
    answer = hooks.send(raw)
    hooks.site.course.work()
    assert (answer.status_code, answer.get_json()) == (200, {"accepted": 0})
    assert _but_for(hooks.site.rows(), "registrations") == _but_for(before, "registrations")


@row("EV12")
def test_ev12_the_same_id_with_another_body_is_kept_and_alarms(hooks: Hooks) -> None:
    hooks.send(hooks.body())
    other = hooks.body(score={"given": 12, "maximum": 100})
    hooks.refused("event.id_conflict", 409, lambda: hooks.send(other), kept=True)
    (line,) = [line for line in hooks.site.log if line.get("code") == "event.id_conflict"]
    assert line["log_level"] == "warning"
    operator = hooks.site.operator()
    assert "1 event needs you" in operator.get("/admin/platforms/reg-1").text
    assert "event.id_conflict" in operator.get("/admin/platforms/reg-1/events").text
    assert 'outcome="event.id_conflict"' in hooks.site.course.house.metrics.exposition().decode()


@row("EV13")
def test_ev13_the_same_fact_under_another_id_awards_nothing_new(hooks: Hooks) -> None:
    hooks.told(hooks.body(), hooks.module())
    before = awards(hooks.site.course)
    assert len(before) == 1
    again = [hooks.send(raw, message_id) for raw, message_id in ((hooks.body(), "o-1"), (hooks.module(), "o-2"))]
    hooks.site.course.work()
    assert all(answer.status_code in (200, 202) for answer in again)
    assert awards(hooks.site.course) == before


@row("EV14")
def test_ev14_a_hundred_copies_at_once_are_one_row(hooks: Hooks) -> None:
    raw, headers = hooks.body(), hooks.sign(hooks.body())
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: hooks.send(raw, headers=headers).status_code, range(100)))
    assert sorted(statuses) == [200] * 99 + [202]
    assert len(hooks.site.rows()["inbox_events"]) == 1


@row("EV16", "EV18")
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_ev16_and_ev18_in_whatever_order_they_are_sent(hooks: Hooks, order: tuple[int, ...]) -> None:
    start = hooks.now
    history = [
        hooks.body(at=start, score={"given": 85, "maximum": 100}),
        hooks.body(at=start + timedelta(seconds=20), score={"given": 30, "maximum": 100}),
        hooks.module(),
        hooks.body(at=start + timedelta(seconds=40), score={"given": 90, "maximum": 100}),
    ]
    hooks.site.course.clock.pass_time(minutes=1)
    for number in order:
        assert hooks.send(history[number], f"msg_{number}").status_code == 202
        hooks.site.course.work()
    assert score(hooks.site.course, "ana") == 90
    assert awarded(hooks.site.course) == ["ana"]


@row("EV21")
def test_ev21_one_instant_however_its_clock_shows_it(hooks: Hooks) -> None:
    """The hour in which Europe's clocks jump."""
    moments = ("2026-03-29T03:30:00+02:00", "2026-03-28T18:30:00-07:00", "2026-03-29T01:30:00Z")
    for name, moment in zip(hooks.site.course.people, moments, strict=True):
        hooks.told(hooks.body(name, at=moment))
        [fact] = facts(hooks.site.course, name)
        assert fact.occurred_at.isoformat() == "2026-03-29T01:30:00+00:00"


@row("EV21")
def test_ev21_the_second_that_a_clock_puts_in_is_no_time(hooks: Hooks) -> None:
    leap = hooks.body(at="2016-12-31T23:59:60Z")
    hooks.refused("event.time_invalid", 422, lambda: hooks.send(leap), kept=True)


@row("EV26")
def test_ev26_an_unknown_course_or_deployment_is_taken_in_and_seen_waiting(hooks: Hooks) -> None:
    hooks.told(hooks.body(context_id="nowhere"), hooks.body(deployment_id="9"))
    assert (parked(hooks.site.course), facts(hooks.site.course, "ana")) == ({"event.course_unknown": 2}, [])
    page = hooks.site.operator().get("/admin/platforms/reg-1/events").text
    assert "<strong>2 events</strong>" in page
    assert "event.course_unknown" in page


@row("EV27")
def test_ev27_an_unknown_type_is_accepted_counted_and_ignored(hooks: Hooks) -> None:
    before, said = hooks.site.rows(), [{"type": "forum.posted", "data": {}}, {"type": "item.scored.v9"}, {"type": ""}]
    for body in said:
        answer = hooks.send(json.dumps(body).encode())
        assert (answer.status_code, answer.get_json()) == (202, {"accepted": 0})
        assert hooks.site.log[-1]["event"] == "event.type_ignored"
    assert hooks.site.rows() == before
    counted = hooks.site.course.house.metrics.exposition().decode()
    assert 'events_total{outcome="ignored",source="webhook"} 3.0' in counted


def _but_for(rows: dict[str, list[object]], name: str) -> dict[str, list[object]]:
    """When a platform was last heard is no effect of an event."""
    return {table: held for table, held in rows.items() if table != name}
