"""Rows of the events catalogue at the address of Canvas's Live Events, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest

from lti_tool.domain.aliases import Alias, AliasKind
from lti_tool.sources.canvas_live_events import JWKS_URL, MAX_BODY_BYTES
from lti_tool.usecases.ports import Member
from lti_tool.usecases.source_keys import NewKey
from tests.certification_events.live_events import BEN, OTHER, WAITING, LiveEvents, live_events_at
from tests.certification_events.looking import awarded, facts, parked
from tests.factories import canvas_events as canvas
from tests.factories.house import REGISTRATION

row = pytest.mark.row
SAID = canvas.grade_change()


@pytest.fixture
def live(published_database_url: str, tmp_path: Path) -> Iterator[LiveEvents]:
    with live_events_at(published_database_url, tmp_path) as made:
        yield made


@row("EV01")
@row("EV02")
@row("EV03")
@row("EV08")
def test_what_is_not_signed_as_canvas_signs(live: LiveEvents) -> None:
    raw = json.dumps(SAID).encode()
    live.refused("event.unsigned", 401, lambda: live.send(raw, content_type="application/json"))
    live.refused("event.unsigned", 401, lambda: live.send(b""))
    bare = jwt.encode(SAID, None, algorithm="none", headers={"kid": "current"}).encode()
    for body in (bare, canvas.signed_with_public_key(SAID)):
        live.refused("event.alg_forbidden", 401, lambda body=body: live.send(body))
    assert live.fetches == 0
    head, said, signature = canvas.signed(SAID).split(b".")
    # The same JSON, written anew: what is signed are the bytes.
    rewritten = canvas.base64url_encode(json.dumps(SAID, sort_keys=True, indent=1).encode())
    stranger = canvas.signed(SAID, signer="stranger")
    for body in (b".".join((head, rewritten, signature)), b".".join((head, said, signature[:-2])), stranger):
        live.refused("event.signature_invalid", 401, lambda body=body: live.send(body))


@row("EV04")
@row("EV05")
def test_a_token_from_another_time(live: LiveEvents) -> None:
    now = int(live.site.course.clock.now().timestamp())
    live.refused("event.stale", 401, lambda: live.send(SAID | {"iat": now - 3601}))
    live.refused("event.stale", 401, lambda: live.send(SAID | {"exp": now - 301}))
    live.refused("event.future", 401, lambda: live.send(SAID | {"iat": now + 601}))
    assert live.send(SAID | {"iat": now - 1200, "exp": now + 1200}).status_code == 202


@row("EV06")
def test_last_months_and_next_months_key_count(live: LiveEvents) -> None:
    for place, kid in enumerate(("previous", "current", "next")):
        assert live.send(canvas.grade_change(place), kid=kid).get_json()["accepted"] == 1
    assert (live.stored, live.fetches) == (3, 1)


@row("EV07")
def test_a_key_that_was_withdrawn_counts_no_more_when_the_set_is_read_again(live: LiveEvents) -> None:
    assert live.send(SAID, kid="previous").status_code == 202
    live.keys = ("current", "next", "after")
    live.site.course.clock.pass_time(minutes=61)
    live.refused("event.key_unknown", 401, lambda: live.send(canvas.grade_change(1), kid="previous"))
    assert live.send(canvas.grade_change(2), kid="after").status_code == 202
    assert live.fetches == 2


@row("EV07")
def test_unknown_keys_cause_one_fetch_in_half_a_minute_and_a_retired_stream_none(live: LiveEvents) -> None:
    for _ in range(20):
        live.refused("event.key_unknown", 401, lambda: live.send(SAID, kid="made-up"))
    assert live.fetches == 1
    live.site.course.clock.pass_time(seconds=31)
    live.refused("event.key_unknown", 401, lambda: live.send(SAID, kid="made-up"))
    assert live.fetches == 2
    live.manage.retire(REGISTRATION, live.streams[REGISTRATION].credential_id)
    live.refused("event.key_unknown", 401, lambda: live.send(SAID))
    live.refused("event.key_unknown", 401, lambda: live.send(SAID, path=f"/canvas-live-events/{REGISTRATION}/nobody"))


@row("EV09")
def test_what_canvas_signed_for_another_customer(live: LiveEvents) -> None:
    """The same keys sign for all: a subscription of another institution could name our address."""
    elsewhere = canvas.event("grade_change", SAID["body"], root_account_lti_guid="stranger.guid")
    live.refused("event.tenant_mismatch", 401, lambda: live.send(elsewhere))
    live.refused("event.tenant_mismatch", 401, lambda: live.send(SAID, path=live.path(OTHER)))
    caliper = canvas.caliper_envelope(canvas.caliper_grade())
    live.refused("event.tenant_mismatch", 401, lambda: live.send(caliper))
    wrong = f"/canvas-live-events/{OTHER}/{live.streams[REGISTRATION].key_id}"
    live.refused("event.tenant_mismatch", 401, lambda: live.send(SAID, path=wrong))
    with_secret = live.secret_path.replace(REGISTRATION, OTHER)
    live.refused("event.tenant_mismatch", 401, lambda: live.send(SAID, path=with_secret))


@row("EV10")
def test_the_secret_of_an_address_is_in_no_log_and_no_answer(live: LiveEvents) -> None:
    raw = json.dumps(SAID).encode()
    answers = [live.send(raw, path=live.secret_path, content_type="application/json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 200]
    live.refused("event.signature_invalid", 401, lambda: live.send(raw, path=live.secret_path[:-1] + "x"))
    assert live.site.app.test_client().get(live.secret_path).status_code == 405
    told = repr(live.site.log) + "".join(answer.text for answer in answers)
    assert live.unsigned.secret not in told


def test_unsigned_events_only_at_an_address_with_a_secret_that_somebody_chose(live: LiveEvents) -> None:
    raw = json.dumps(SAID).encode()
    signed_stream = live.streams[REGISTRATION]
    with_secret = f"{live.path()}/{signed_stream.secret}"
    live.refused("event.unsigned", 401, lambda: live.send(raw, path=with_secret))
    without_secret = f"/canvas-live-events/{REGISTRATION}/{live.unsigned.key_id}"
    live.refused("event.unsigned", 401, lambda: live.send(raw, path=without_secret))
    other_account = json.dumps(canvas.event("grade_change", SAID["body"], root_account_lti_guid="x")).encode()
    live.refused("event.tenant_mismatch", 401, lambda: live.send(other_account, path=live.secret_path))
    assert live.send(raw, path=live.secret_path).status_code == 202
    # A bad signature is not forgiven by the secret.
    live.refused("event.key_unknown", 401, lambda: live.send(SAID, path=live.secret_path, kid="made-up"))


@row("EV11")
@row("EV13")
def test_canvas_tries_again_and_nothing_happens_twice(live: LiveEvents) -> None:
    live.publish()
    live.told(SAID)
    assert awarded(live.site.course) == ["ana"]
    answer = live.send(SAID, kid="next")
    assert (answer.status_code, answer.get_json()["repeated"]) == (200, 1)
    live.told(canvas.grade_change(at="2026-09-01T07:58:31Z"))
    assert awarded(live.site.course) == ["ana"]


@row("EV12")
def test_the_same_id_with_another_body_is_kept_and_alarmed(live: LiveEvents) -> None:
    stream = live.add(REGISTRATION, hosts=(canvas.HOST,), trusts_caliper=True)
    path = f"/canvas-live-events/{REGISTRATION}/{stream.key_id}"
    assert live.send(canvas.caliper_envelope(canvas.caliper_grade()), path=path).status_code == 202
    other = canvas.caliper_envelope(canvas.caliper_grade(20))
    live.refused("event.id_conflict", 409, lambda: live.send(other, path=path), kept=True)


@row("EV15")
def test_a_grade_before_its_enrolment_waits_for_the_number_of_the_learner(live: LiveEvents) -> None:
    lab = live.site.course
    live.told(canvas.grade_change(person=77))
    assert parked(lab) == {"event.person_unknown": 1}
    lab.platform.members.append(Member("dora", ("Learner",), aliases=(Alias(AliasKind.LMS_USER_ID, "77"),)))
    live.told(canvas.event("enrollment_created", {"course_id": canvas.whole(71), "user_id": canvas.whole(77)}))
    lab.clock.pass_time(minutes=2)
    lab.work()
    assert (parked(lab), [fact.score for fact in facts(lab, "dora")]) == ({}, [17.0])


@row("EV22")
@row("EV23")
def test_the_award_is_the_learners_and_not_the_teachers_nor_the_test_students(live: LiveEvents) -> None:
    lab = live.site.course
    teacher = Member("tess", ("http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",))
    lab.platform.members.append(replace(teacher, aliases=(Alias(AliasKind.LMS_USER_ID, str(canvas.TEACHER)),)))
    lab.house.handlers()["read_course"](lab.course.id)
    live.publish()
    live.told(SAID, canvas.grade_change(20, person=canvas.TEACHER), canvas.grade_change(20, person=404))
    assert awarded(lab) == ["ana"]


@row("EV26")
def test_an_event_of_a_course_that_never_opened_the_tool_waits(live: LiveEvents) -> None:
    said = canvas.event("grade_change", SAID["body"], context_id=canvas.whole(999))
    assert live.send(said).status_code == 202
    live.site.course.work()
    assert parked(live.site.course) == {"event.course_unknown": 1}


@row("EV28")
@row("EV20")
def test_a_score_or_a_time_that_is_none_is_kept_for_the_administrator(live: LiveEvents) -> None:
    live.refused("event.score_invalid", 422, lambda: live.send(canvas.grade_change("85%")), kept=True)
    live.refused("event.score_invalid", 422, lambda: live.send(canvas.grade_change(-1)), kept=True)
    timeless = canvas.event("grade_change", SAID["body"], event_time=None)
    live.refused("event.time_invalid", 422, lambda: live.send(timeless), kept=True)


@row("EV30")
def test_a_grade_that_is_not_posted_earns_nothing_until_it_is(live: LiveEvents) -> None:
    lab = live.site.course
    live.publish()
    live.told(canvas.grade_change(20, muted=True), canvas.grade_change(20, person=BEN, grading_complete=False))
    assert awarded(lab) == []
    assert {(fact.score, fact.standing) for name in ("ana", "ben") for fact in facts(lab, name)} == {
        (None, "hidden"),
        (None, "ungraded"),
    }
    live.told(canvas.grade_change(20, at="2026-09-01T07:59:00Z"))
    assert awarded(lab) == ["ana"]


@row("EV31")
@row("EV32")
@row("EV33")
@row("EV34")
@row("EV35")
def test_signed_nonsense_and_what_is_too_large_or_something_else(live: LiveEvents) -> None:
    for raw in (b"\xff", b"[]", b"{", b'{"a":' * 100 + b"1" + b"}" * 100):
        live.refused("event.malformed", 400, lambda raw=raw: live.send(canvas.signed(raw)))
    live.refused("event.duplicate_key", 400, lambda: live.send(canvas.signed(b'{"body":1,"body":2}')))
    live.refused("event.too_large", 413, lambda: live.send(b"x" * (MAX_BODY_BYTES + 1)))
    lies: list[dict[str, Any]] = [
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "text/html"},
        {"content_type": "application/json; charset=utf-16"},
        {"headers": {"Content-Encoding": "gzip"}},
    ]
    for lie in lies:
        live.refused("event.content_type", 415, lambda lie=lie: live.send(SAID, **lie))


@row("EV49")
def test_no_address_in_an_event_is_opened(live: LiveEvents) -> None:
    head = {"jku": "https://evil.example/keys", "x5u": "https://evil.example/cert"}
    assert live.send(canvas.signed(SAID, **head)).status_code == 202
    live.site.course.work()
    assert {call.request.url for call in live.site.web.calls} == {JWKS_URL}


def test_a_platform_that_is_unknown_one_that_waits_and_a_key_set_that_is_away(live: LiveEvents) -> None:
    live.refused("event.platform_unknown", 404, lambda: live.send(SAID, path="/canvas-live-events/nobody/key"))
    live.refused("event.platform_inactive", 403, lambda: live.send(SAID, path=live.path(WAITING)))
    live.site.course.clock.pass_time(minutes=61)
    live.site.web.replace("GET", JWKS_URL, body="<html>", status=503)
    live.refused("event.keys_unavailable", 503, lambda: live.send(SAID))


def test_progress_has_the_course_read_once_it_has_settled(live: LiveEvents) -> None:
    """Ten learners in one minute are one reading."""
    lab = live.site.course
    lab.platform.members.append(Member("eve", ("Learner",)))
    for met in range(1, 4):
        live.told(canvas.course_progress(met))
    waiting = [line for line in live.site.rows()["outbox"] if "read_course" in line]
    assert len(waiting) == 1
    lab.clock.pass_time(seconds=61)
    lab.work()
    with lab.house.transactions(write=False) as unit:
        assert "eve" in {person.subject for person, _ in unit.people.enrolled(lab.course.id)}


@row("EV27")
def test_events_that_nobody_asked_for_are_counted_and_ignored_and_the_stream_is_heard(live: LiveEvents) -> None:
    answer = live.send(canvas.event("logged_in", {"redirect_url": "/"}))
    assert (answer.status_code, answer.get_json()["ignored"], live.stored) == (200, 1, 0)
    assert live.site.log[-1]["ignored"] == 1
    heard = {one.key_id: one.last_heard_at for one in live.manage.of_platform(REGISTRATION)}
    assert heard[live.streams[REGISTRATION].key_id] == live.site.course.clock.now()
    assert heard[live.unsigned.key_id] is None


def test_another_key_set_for_a_canvas_of_ones_own(live: LiveEvents) -> None:
    url = "https://canvas.school.example/live-events/jwks"
    live.site.web.add("GET", url, json=canvas.key_set("own"))
    own: NewKey = live.add(REGISTRATION, jwks_url=url)
    path = f"/canvas-live-events/{REGISTRATION}/{own.key_id}"
    assert live.send(SAID, path=path, kid="own").status_code == 202
    live.refused("event.key_unknown", 401, lambda: live.send(SAID, path=path, kid="current"))
    live.refused("event.key_unknown", 401, lambda: live.send(SAID, kid="own"))
