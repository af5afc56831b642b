"""What a body says: scores and times that cannot be, bytes that are no JSON, sizes, and texts that want to be more."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import partial
from io import BytesIO
from typing import Any

import pytest

from tests.certification_events.hooks import Hooks
from tests.certification_events.looking import awards, facts
from tests.factories.house import REGISTRATION
from tests.factories.whole_site import INSTRUCTOR

row = pytest.mark.row
MIB = 1024**2
HOSTILE = """<script>alert(1)</script>'"; DROP TABLE facts;-- {{7*7}} ${jndi:ldap://x} %s \u202e"""


# Each with its own id, as a sender gives them.
def _each(hooks: Hooks, code: str, status: int, bodies: Iterable[bytes], *, kept: bool = True) -> None:
    for number, raw in enumerate(bodies):
        hooks.refused(code, status, partial(hooks.send, raw, f"msg_{number}"), kept=kept)


@row("EV20")
def test_ev20_a_time_that_cannot_be_is_refused_and_kept(hooks: Hooks) -> None:
    told = f'"{hooks.now.isoformat()}"'.encode()
    times = [b'"1970-01-01T00:00:00Z"', b'"2100-01-01T00:00:00Z"', b'"2026-09-01T08:00:00"', b'"2026-09-01"', b'"soon"',
             b'""', b"5", b"null", b'"0001-01-01T00:00:00+14:00"', b'"9999-12-31T23:59:59-14:00"']  # fmt: skip
    bodies = [hooks.body().replace(told, moment) for moment in times]
    _each(hooks, "event.time_invalid", 422, [*bodies, hooks.body().replace(b'"timestamp"', b'"when"')])
    page = hooks.site.operator().get("/admin/platforms/reg-1/events").text
    assert page.count("event.time_invalid") == len(times) + 1


@row("EV28")
def test_ev28_a_score_that_cannot_be_is_refused_and_kept(hooks: Hooks) -> None:
    scores: list[Any] = [
        {"given": 101, "maximum": 100}, {"given": -1, "maximum": 100}, {"given": "85%", "maximum": 100},
        {"given": "8,5", "maximum": 10}, {"given": None, "maximum": 100}, {"given": True, "maximum": 100},
        {"given": 10**30, "maximum": 10**30}, {"given": 5}, 85, "85", [],
    ]  # fmt: skip
    forgotten = hooks.body().replace(b'"score"', b'"scored"')
    _each(hooks, "event.score_invalid", 422, [forgotten, *(hooks.body(score=score) for score in scores)])
    numbers = (b"NaN", b"Infinity", b"-Infinity")
    said = [hooks.body().replace(b'"given": 91', b'"given": ' + number) for number in numbers]
    _each(hooks, "event.malformed", 400, said)
    hooks.told(hooks.body(score=None))
    assert [fact.score for fact in facts(hooks.site.course, "ana")] == [None], "null withdraws a grade"


@row("EV29")
def test_ev29_out_of_nothing(hooks: Hooks) -> None:
    said = [hooks.body(score={"given": given, "maximum": 0}) for given in (0, 1)]
    _each(hooks, "event.score_invalid", 422, said)
    assert awards(hooks.site.course) == []


@row("EV31")
def test_ev31_no_json_object_and_no_utf_8(hooks: Hooks) -> None:
    no_objects = [b"", b"{", b"null", b"5", b'"x"', b"[]", b"\xef\xbb\xbf{}", b"9" * 5000, b'{"type": 5}']
    _each(hooks, "event.malformed", 400, no_objects)
    no_text = [b"\xff\xfe{\x00}\x00", b'{"type": "\xed\xa0\x80"}', b"\xc0\xaf"]
    _each(hooks, "event.malformed", 400, no_text, kept=False)


@row("EV31", "EV50")
def test_ev31_and_ev50_what_cannot_be_a_name(hooks: Hooks) -> None:
    names = ("a\0b", "a\nforged=line", "\ud800", "x" * 300, "", "\x1b[2J")
    places = [{"user_id": name} for name in names] + [{"context_id": name} for name in names]
    places += [{"activity": {"id": name, "type": "item"}} for name in names]
    _each(hooks, "event.malformed", 400, [hooks.body(**place) for place in places])


@row("EV32")
def test_ev32_a_name_that_stands_twice(hooks: Hooks) -> None:
    for twice in (b'"user_id": "me", "user_id"', b'"user_id": "ana", "user_id"'):
        _each(hooks, "event.duplicate_key", 400, [hooks.body().replace(b'"user_id"', twice)])


@row("EV33")
def test_ev33_ten_mebibytes_are_refused_before_they_are_read(hooks: Hooks) -> None:
    big = BytesIO(b" " * 10 * MIB)
    hooks.refused("event.too_large", 413, lambda: _stream(hooks, big, length=10 * MIB))
    assert big.tell() == 0


@row("EV33")
def test_ev33_without_a_length_only_the_first_part_is_read(hooks: Hooks) -> None:
    endless = BytesIO(b" " * 10 * MIB)
    hooks.refused("event.too_large", 413, lambda: _stream(hooks, endless))
    assert endless.tell() < MIB


@row("EV33", "EV35")
def test_ev33_a_small_body_that_would_become_large_is_not_unpacked(hooks: Hooks) -> None:
    bomb = gzip.compress(b" " * 50 * MIB)
    headers = hooks.sign(bomb) | {"Content-Encoding": "gzip"}
    hooks.refused("event.content_type", 415, lambda: hooks.send(bomb, headers=headers))


@row("EV34")
def test_ev34_nested_deeply(hooks: Hooks) -> None:
    open_lists = b"[" * 100_000
    said = [open_lists, b'{"type":' * 30_000, b"[" * 60_000 + b"]" * 60_000, b'{"a":' + b"[" * 14 + b"]" * 14 + b"}"]
    _each(hooks, "event.malformed", 400, said)


@row("EV35")
def test_ev35_the_content_type_is_json(hooks: Hooks) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "",
                         "application/xml", "application/json; charset=utf-16"):  # fmt: skip
        ask = partial(hooks.send, hooks.body(), content_type=content_type)
        hooks.refused("event.content_type", 415, ask)


@row("EV49")
def test_ev49_no_address_inside_an_event_is_opened(hooks: Hooks) -> None:
    calls = len(hooks.site.web.calls)
    addresses = ["http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data", "https://lms.example.edu/x"]
    for address in addresses:
        activity = {"id": address, "type": "item", "title": address, "url": address}
        hooks.told(
            hooks.body(address, activity=activity), hooks.body(activity=activity, lineitem=address, actor=address)
        )
    assert sorted(fact.target for fact in facts(hooks.site.course, "ana")) == addresses
    assert len(hooks.site.web.calls) == calls
    no_links = ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//host/x")
    said = [hooks.body(activity={"id": "quiz-1", "type": "item", "url": address}) for address in no_links]
    _each(hooks, "event.malformed", 400, said)


@row("EV50")
def test_ev50_hostile_texts_are_text_on_every_page_and_one_line_of_the_log(hooks: Hooks) -> None:
    lines = len(hooks.site.log)
    activity = {"id": HOSTILE, "type": "item", "title": HOSTILE, "maximum": 100}
    hooks.told(hooks.body(activity=activity), hooks.body(HOSTILE), hooks.body(context_id=HOSTILE))
    assert [fact.target for fact in facts(hooks.site.course, "ana")] == [HOSTILE]
    said = [repr(line) for line in hooks.site.log[lines:]]
    assert not any("DROP TABLE" in line or "\n" in line for line in said)
    bad = hooks.body(HOSTILE, score={"given": HOSTILE, "maximum": 1})
    hooks.refused("event.score_invalid", 422, lambda: hooks.send(bad, "msg_" + "x" * 50), kept=True)
    teacher = hooks.site.launch("ines", INSTRUCTOR)
    pages = [teacher.get("/badges").text, teacher.get("/badges/new?starter=activities").text]
    pages.append(hooks.site.operator().get(f"/admin/platforms/{REGISTRATION}/events").text)
    assert not any("<script>alert" in page for page in pages)
    assert "&lt;script&gt;alert" in pages[1]
    assert "&lt;script&gt;alert" in pages[2]
    assert not any("49" in page.partition("DROP TABLE")[2][:20] for page in pages[1:])


def _stream(hooks: Hooks, stream: BytesIO, length: int | None = None) -> Any:
    """A body of that Content-Length, or one sent in chunks."""
    environ = {"CONTENT_LENGTH": "" if length is None else str(length), "wsgi.input_terminated": length is None}
    return hooks.site.app.test_client().post(
        f"/hooks/{REGISTRATION}",
        input_stream=stream,
        content_type="application/json",
        headers=hooks.sign(b"{}"),
        environ_overrides=environ,
    )
