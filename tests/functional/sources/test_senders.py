"""Rows of the events catalogue at the addresses of xAPI and Caliper, over the whole site, on both databases.

EV03 to EV05 ask of signatures over a body. These two prove the sender, not the body, as their specifications say: a
body has no signature to make anew (EV03), and one that is sent again has no effect (EV04, EV05: see EV11 and EV14).
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from lti_tool.domain.platform import Activity
from lti_tool.sources.sender import Sender
from tests.factories.house import CONTEXT, REGISTRATION
from tests.functional.sources.senders import WIRES, Senders, senders_at

row = pytest.mark.row


@pytest.fixture(params=sorted(WIRES))
def senders(request: pytest.FixtureRequest, furnished_database_url: str, tmp_path: Path) -> Iterator[Senders]:
    made = senders_at(furnished_database_url, tmp_path, request.param)
    yield made
    made.house.house.engine.dispose()


def score(senders: Senders, *args: Any, **more: Any) -> dict[str, Any]:
    return senders.wire.score(*args, **more)


def test_a_score_is_stored_before_it_is_acknowledged_and_earns_its_badge(senders: Senders) -> None:
    senders.house.publish({"type": "item_score", "item": "quiz-1", "minimum": 80, "unit": "percent"})
    assert senders.send(score(senders)).status_code == senders.wire.statuses[0]
    assert senders.rows() == 1
    senders.house.work()
    with senders.house.house.transactions(write=False) as unit:
        awards = unit.awards.of_course(senders.house.course.id)
    assert [award.person_id for award in awards] == [senders.house.people["ana"].id]
    assert senders.credential().last_heard_at == senders.house.clock.now()


def test_what_a_sender_does_not_know_of_an_activity_stays_known(senders: Senders) -> None:
    senders.send(score(senders))
    with senders.house.house.transactions(write=False) as unit:
        found = {activity.id: activity for activity in unit.courses.activities(senders.house.course.id)}
    assert found["quiz-1"] == Activity("quiz-1", "item", "Quiz 1", 100.0, "module-1", "https://lms.example.edu/quiz-1")


@row("EV11")
def test_ev11_the_same_again_changes_nothing(senders: Senders) -> None:
    first, again = senders.send(score(senders)), senders.send(score(senders))
    assert (first.status_code, again.status_code) == senders.wire.statuses
    assert senders.rows() == 1


@row("EV12")
def test_ev12_the_same_id_with_other_content(senders: Senders) -> None:
    name = "a50ca17f-5971-47bb-8fca-4e6e6879001d"
    senders.send(score(senders, id=name))
    senders.refused("event.id_conflict", 409, lambda: senders.send(score(senders, "ana", 12, id=name)))


@row("EV12")
def test_ev12_in_a_batch_it_holds_up_nobody(senders: Senders) -> None:
    name = "a50ca17f-5971-47bb-8fca-4e6e6879001d"
    senders.send(score(senders, id=name))
    with capture_logs() as lines:
        answer = senders.send(senders.wire.batch([score(senders, "ana", 12, id=name), score(senders, "ben")]))
    assert answer.status_code == senders.wire.statuses[0]
    assert senders.rows() == 2
    (line,) = lines
    assert (line["event"], line["conflicting"], line["accepted"]) == ("batch.refused_in_part", 1, 1)
    assert [one.code for one in senders.kept()] == ["event.id_conflict"]


@row("EV14")
def test_ev14_copies_at_once_are_one_row(senders: Senders) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: senders.send(score(senders)).status_code, range(40)))
    assert set(answers) <= {200, 202}
    assert senders.rows() == 1


@row("EV20")
@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "2026-05-04T11:59:58", "soon", 5])
def test_ev20_unusable_times(senders: Senders, at: Any) -> None:
    senders.refused("event.time_invalid", 422, lambda: senders.send(score(senders, at=at)))
    assert [one.code for one in senders.kept()] == ["event.time_invalid"]


@row("EV26")
def test_ev26_an_unknown_course_waits_and_is_counted(senders: Senders) -> None:
    said = json.loads(json.dumps(score(senders)).replace(CONTEXT, "course-that-nobody-opened"))
    assert senders.send(said).status_code == senders.wire.statuses[0]
    senders.house.work()
    with senders.house.house.transactions(write=False) as unit:
        assert unit.inbox.parked_count(REGISTRATION) == 1


@row("EV27")
def test_ev27_what_the_tool_has_no_use_for_is_accepted_and_ignored(senders: Senders) -> None:
    other = {"verb": {"id": "http://activitystrea.ms/schema/1.0/receive"}, "type": "ForumEvent"}
    with capture_logs() as lines:
        answer = senders.send(score(senders) | other)
    assert answer.status_code == 200
    assert senders.rows() == 0
    assert lines[0]["ignored"] == 1


@row("EV28")
@pytest.mark.parametrize(("given", "maximum"), [
    (101, 100), (-1, 100), ("85%", 100), ("8,5", 10), (None, 100), (True, 100), (10**30, 10**30),
])  # fmt: skip
def test_ev28_impossible_scores(senders: Senders, given: Any, maximum: Any) -> None:
    senders.refused("event.score_invalid", 422, lambda: senders.send(score(senders, "ana", given, maximum)))


@row("EV29")
def test_ev29_out_of_nothing(senders: Senders) -> None:
    senders.refused("event.score_invalid", 422, lambda: senders.send(score(senders, "ana", 0, 0)))


@row("EV31", "EV34")
@pytest.mark.parametrize("raw", [
    b"", b"{", b"\xff\xfe", b"null", b"5", b'"x"', b"[" * 100_000, b'{"a":' * 100_000, b'{"id": "\\ud800"}',
    b"\xef\xbb\xbf{}", b"{}", b"[[]]", b'{"data": [5]}', b"NaN", b"9" * 5000,
])  # fmt: skip
def test_ev31_and_ev34_malformed(senders: Senders, raw: bytes) -> None:
    senders.refused("event.malformed", 400, lambda: senders.send(raw))


@row("EV31", "EV50")
@pytest.mark.parametrize("person", ["a\0b", "a\nforged=line", "\ud800", "x" * 300])
def test_ev31_and_ev50_what_cannot_be_a_name(senders: Senders, person: str) -> None:
    senders.refused("event.malformed", 400, lambda: senders.send(score(senders, person)))


@row("EV32")
def test_ev32_a_name_that_stands_twice(senders: Senders) -> None:
    raw = json.dumps(score(senders)).encode().replace(b'{"', b'{"object": {}, "', 1)
    senders.refused("event.duplicate_key", 400, lambda: senders.send(raw))


@row("EV33")
def test_ev33_too_large_is_refused_before_it_is_read(senders: Senders) -> None:
    environ = {"CONTENT_LENGTH": str(10 * 1024**2)}
    senders.refused("event.too_large", 413, lambda: senders.send(b"{}", environ_overrides=environ))
    senders.refused("event.too_large", 413, lambda: senders.send(b" " * (2 * 1024**2 + 1)))


@row("EV33")
def test_ev33_without_a_length_only_the_first_part_is_read(senders: Senders) -> None:
    endless = BytesIO(b" " * (8 * 1024**2))
    environ = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}

    def send() -> Any:
        return senders.app.test_client().post(
            senders.wire.path(REGISTRATION),
            input_stream=endless,
            content_type="application/json",
            headers=senders.wire.headers(senders.keys[REGISTRATION]),
            environ_overrides=environ,
        )

    senders.refused("event.too_large", 413, send)
    assert endless.tell() < 4 * 1024**2


@row("EV35")
@pytest.mark.parametrize(
    "content_type", ["text/plain", "multipart/mixed", "application/x-www-form-urlencoded", "",
                     "application/json; charset=utf-16"],
)  # fmt: skip
def test_ev35_the_content_type_is_json(senders: Senders, content_type: str) -> None:
    senders.refused("event.content_type", 415, lambda: senders.send(score(senders), content_type=content_type))


@row("EV35")
def test_ev35_compressed_bodies_are_not_unpacked(senders: Senders) -> None:
    headers = senders.wire.headers(senders.keys[REGISTRATION]) | {"Content-Encoding": "gzip"}
    senders.refused("event.content_type", 415, lambda: senders.send(score(senders), headers=headers))


@row("EV36")
def test_ev36_one_bad_of_500_is_reported_once_and_costs_the_others_nothing(senders: Senders) -> None:
    each = [score(senders, f"learner-{number}") for number in range(500)]
    each[250] = score(senders, "secret-name", 101)
    with capture_logs() as lines:
        answer = senders.send(senders.wire.batch(each))
    assert answer.status_code == senders.wire.statuses[0]
    assert senders.rows() == 499
    (line,) = lines
    assert (line["accepted"], line["refused"], line["reasons"]) == (499, 1, ["250: event.score_invalid"])
    assert "secret-name" not in repr(lines)
    (kept,) = senders.kept()
    assert (kept.source, kept.code, json.loads(kept.body)) == (senders.wire.source, "event.score_invalid", each[250])
    if senders.wire.source == "caliper":
        assert answer.get_json()["refused"] == [{"index": 250, "code": "event.score_invalid"}]
    else:
        assert len(answer.get_json()) == 500
        assert answer.headers["X-LTI-Badges-Refused"] == "1"


@row("EV49")
def test_ev49_no_address_inside_an_event_is_opened(senders: Senders) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here = f"http://127.0.0.1:{listener.getsockname()[1]}"
        key = senders.manage.add(REGISTRATION, senders.wire.source, Sender(here).to_json())
        said = json.dumps(score(senders)).replace("https://lms.example.edu", here).replace("quiz-1", f"{here}/quiz-1")
        assert senders.send(said.encode(), key=key).status_code == senders.wire.statuses[0]
        senders.house.work()
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_batch_of_nothing_but_bad_ones_is_refused_and_kept(senders: Senders) -> None:
    each = [score(senders, "ana", 101), score(senders, at="soon")]
    senders.refused("event.score_invalid", 422, lambda: senders.send(senders.wire.batch(each)))
    assert {one.code for one in senders.kept()} == {"event.score_invalid", "event.time_invalid"}
