"""Each trouble is made for real between the tool and a practice LMS, and the doctor names it with its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner

from lti_tool.cli.main import cli
from tests.functional.diagnosis.stage import Stage, staged


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with staged(tmp_path, f"sqlite:///{tmp_path / 'tool.sqlite3'}", monkeypatch) as made:
        made.connect()
        yield made


def opened(stage: Stage) -> None:
    """A teacher opens the tool, and the work that follows from it is done."""
    answer = stage.launch()
    assert answer.status_code == 303, answer.text
    stage.work()


@pytest.mark.parametrize("like", ["plain", "moodle", "canvas"])
def test_all_is_well(like: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with staged(tmp_path, f"sqlite:///{tmp_path / 'tool.sqlite3'}", monkeypatch, like) as stage:
        stage.connect()
        if like == "canvas":
            assert stage.launch().status_code == 403
            stage.accept()
        opened(stage)
        everything_works(stage)
        notices = stage.doctor()[1]["notices"]["light"]
        assert notices == ("green" if like == "canvas" else "amber")  # of the three, only Canvas has them


def everything_works(stage: Stage) -> None:
    code, lines, document = stage.doctor()
    assert (code, document["ok"]) == (0, True)
    green = {key for key, line in lines.items() if line["light"] == "green"}
    assert {"launch", "clock", "keys", "token", "roster", "gradebook", "cookies"} <= green
    assert all(line["remedy"] for line in lines.values() if line["light"] != "green")


def test_what_approval_and_the_first_launch_find_out_stands_on_the_page_without_the_doctor(stage: Stage) -> None:
    stage.work()  # what approval asked for
    with stage.house.transactions(write=False) as unit:
        before = unit.observations.of_registration(stage.registration.id)
    assert before["keys"].ok
    assert before["token"].ok
    assert "line_items" not in before
    opened(stage)
    with stage.house.transactions(write=False) as unit:
        after = unit.observations.of_registration(stage.registration.id)
    assert after["line_items"].ok
    assert after["roster"].ok


def test_no_platform_is_asked_for_the_installation_alone(stage: Stage) -> None:
    stage.lms.keys_down = True
    code, _, document = stage.doctor("--installation")
    assert (code, document["platforms"]) == (0, [])
    assert {one["key"] for one in document["installation"]} == {"database", "keys", "issuing", "worker", "dead"}


def test_a_platform_that_is_not_there(stage: Stage) -> None:
    with pytest.raises(Exception, match=r"platform\.unknown"):
        stage.doctor("--platform", "nobody")
    assert stage.doctor("--platform", stage.registration.id)[0] == 0


def test_it_is_told_in_words(stage: Stage) -> None:
    stage.lms.keys_down = True
    ran = CliRunner().invoke(cli, ["doctor"], catch_exceptions=False)
    assert ran.exit_code == 1
    for words in (
        "ok     Database (sqlite): 1 platforms registered",
        f"Practice LMS ({stage.registration.id}, ",
        f"key set address  {stage.url}/lti/jwks.json",
        "WRONG  The platform's keys: Fails. What answers there is no key set (HTTP 503).",
        "look   Launches: Not seen yet.",
        "ok     Access to the platform's services: Works.",
    ):
        assert words in ran.output


@pytest.mark.parametrize(("minutes", "where"), [(10, "ahead of"), (-10, "behind")])
def test_clock_skew(stage: Stage, minutes: int, where: str) -> None:
    stage.lms.ahead = timedelta(minutes=minutes)
    assert stage.launch().status_code == 401
    code, lines, _ = stage.doctor()
    assert code == 1
    assert lines["clock"]["light"] == "red"
    assert f"{where} this server's" in lines["clock"]["detail"]
    assert "NTP" in lines["clock"]["remedy"]
    assert lines["token"]["light"] == "red"  # the platform finds the times of our request wrong
    stage.lms.ahead = timedelta()
    opened(stage)
    code, lines, _ = stage.doctor()
    assert (code, lines["clock"]["light"], lines["token"]["light"]) == (0, "green", "green")


def test_a_launch_refused_for_its_times_is_told_before_anybody_asks_the_platform(stage: Stage) -> None:
    stage.lms.ahead = timedelta(minutes=10)
    assert stage.launch().status_code == 401
    stage.house.notebook.flush()
    with stage.house.transactions(write=False) as unit:
        seen = unit.observations.of_registration(stage.registration.id)
    assert not seen["launch_times"].ok


def test_unreachable_key_set(stage: Stage) -> None:
    stage.lms.keys_down = True
    assert stage.launch().status_code == 502
    code, lines, _ = stage.doctor()
    assert code == 1
    assert lines["keys"]["light"] == "red"
    assert f"{stage.lms.url}/lti/jwks" in lines["keys"]["remedy"]
    stage.lms.keys_down = False
    assert stage.doctor()[0] == 0


@pytest.mark.parametrize("mute", [False, True], ids=["says so", "as Moodle answers"])
def test_private_addresses_blocked_on_the_platforms_side(stage: Stage, mute: bool) -> None:
    """Moodle's curlsecurityblockedhosts: it never comes for our keys, so it refuses every token."""
    stage.change(product="moodle")
    stage.lms.block(stage.url)
    stage.lms.mute = mute
    blocked(stage)


def test_moodle_as_it_is_installed_blocks_private_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'tool.sqlite3'}"
    with staged(tmp_path, url, monkeypatch, "moodle", blocking=True) as stage:
        stage.connect()
        assert stage.launch().status_code == 303  # people come in, and nothing tells them that something is amiss
        stage.work()
        with stage.house.transactions(write=False) as unit:
            assert not unit.observations.of_registration(stage.registration.id)["token"].ok
        blocked(stage)


def blocked(stage: Stage) -> None:
    code, lines, _ = stage.doctor()
    assert code == 1
    assert lines["token"]["light"] == "red"
    assert "did not come for our public keys" in lines["token"]["detail"]
    for words in ("curlsecurityblockedhosts", "curlsecurityallowedport", "HTTP security"):
        assert words in lines["token"]["remedy"]


def test_a_refusal_after_our_keys_were_fetched_is_another_matter(stage: Stage) -> None:
    stage.lms.mute = True
    stage.change(product="moodle", auth_audience="https://another.example")
    code, lines, _ = stage.doctor()
    assert code == 1
    assert "curlsecurity" not in lines["token"]["remedy"]
    assert "client ID" in lines["token"]["remedy"]


def test_wrong_redirect_uri(stage: Stage) -> None:
    """The LMS keeps the person on an error page of its own, so all that is seen here is silence."""
    stage.lms.forget_redirect_uris()
    assert "redirect_uri" in stage.launch().text
    assert "sign_in" not in stage.doctor()[1]  # she may be typing her password still
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=3), tick=True):
        code, lines, document = stage.doctor()
    assert code == 1
    assert lines["sign_in"]["light"] == "red"
    assert "redirect" in lines["sign_in"]["remedy"]
    assert document["platforms"][0]["launch_url"] == f"{stage.url}/lti/{stage.registration.id}/launch"


def test_cookies_blocked(stage: Stage) -> None:
    refused = stage.launch(cookie=False, document_target="window")
    assert refused.status_code == 403, refused.text
    code, lines, _ = stage.doctor()
    assert code == 0  # one browser, and not the platform
    assert lines["cookies"]["light"] == "amber"
    assert "new window" in lines["cookies"]["remedy"]
    opened(stage)
    assert stage.doctor()[1]["cookies"]["light"] == "green"


def test_keys_that_the_platform_rotated(stage: Stage, tmp_path: Path) -> None:
    opened(stage)
    assert stage.doctor()[1]["keys"]["detail"] == ""
    stage.lms.sign_with_another_key(tmp_path / "new", listed=True)
    code, lines, _ = stage.doctor()
    assert (code, lines["keys"]["light"]) == (0, "green")
    assert "rotated its keys" in lines["keys"]["detail"]
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=True):
        assert stage.launch().status_code == 303  # the new key is fetched with the first launch that brings it


def test_rotated_keys_that_do_not_stand_at_the_address_we_have(stage: Stage, tmp_path: Path) -> None:
    stage.lms.sign_with_another_key(tmp_path / "new", listed=False)
    assert stage.launch().status_code == 401
    code, lines, _ = stage.doctor()
    assert code == 1
    assert lines["keys"]["light"] == "red"
    assert "rotated its keys" in lines["keys"]["detail"]
    assert stage.registration.jwks_url in lines["keys"]["remedy"]


def test_a_flood_of_refused_launches_ends_in_one_row_and_no_secret(stage: Stage) -> None:
    stage.lms.ahead = timedelta(minutes=10)
    for _ in range(5):
        assert stage.launch().status_code == 401
    stage.house.notebook.flush()
    with stage.house.transactions(write=False) as unit:
        seen = unit.observations.of_registration(stage.registration.id)
    assert {"launch_times", "login", "return"} <= set(seen)
    assert not any("eyJ" in one.detail for one in seen.values())
