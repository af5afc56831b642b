"""lti-badges platform live-events: an address for Canvas, and what to do there."""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.canvas_live_events import EVENTS, JWKS_URL
from lti_tool.sources.canvas_live_events.canvas_format import READERS
from tests.functional.cli.test_source_keys import invoke, run


def test_an_address_for_signed_events_holds_no_secret(platform_id: str) -> None:
    made = run("live-events", platform_id, "--host", "school.example", "--json")
    (listed,) = run("source", "list", platform_id, "--json")
    assert made["address"] == f"https://b.example/canvas-live-events/{platform_id}/{listed['key_id']}"
    assert listed["settings"] == {
        "is_signed": True, "jwks_url": JWKS_URL, "hosts": ["school.example"], "trusts_caliper": False,
    }  # fmt: skip
    run("source", "retire", platform_id, made["id"])
    assert run("source", "list", platform_id, "--json")[0]["retired_at"]


def test_an_address_for_unsigned_events_is_printed_once(platform_id: str) -> None:
    done = invoke("live-events", platform_id, "--unsigned", "--jwks-url", "https://k.example/", "--trust-caliper")
    assert done.exit_code == 0, done.output
    secret = done.stdout.strip().rpartition("/")[2]
    assert len(secret) >= 43
    assert "Sign Payload” off" in done.stderr
    assert "grade_change" in done.stderr
    assert secret not in run("source", "list", platform_id)


def test_what_is_wrong_is_said(platform_id: str) -> None:
    for arguments, code in (
        ((platform_id, "--jwks-url", "keys"), "source.jwks_url_invalid"),
        ((platform_id, "--host", "a_b"), "source.host_invalid"),
        (("nobody",), "platform.unknown"),
    ):
        done = invoke("live-events", *arguments)
        assert isinstance(done.exception, BadgeToolError)
        assert done.exception.code == code


def test_the_events_to_choose_are_those_that_are_heard() -> None:
    assert sorted(name for _, names in EVENTS for name in names) == sorted(READERS)
