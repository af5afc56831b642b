"""lti-badges events and issuing: what the operator's pages do, for scripts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lti_tool.cli.main import cli
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import RefusedEvent
from tests.factories.house import REGISTRATION, TestHouse, make_house


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, furnished_database_url: str):
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    monkeypatch.chdir(tmp_path)
    settings = made.house.settings
    for name, value in {
        "BASE_URL": settings.base_url,
        "DATABASE_URL": settings.database_url,
        "KEYS_DIR": str(settings.keys_dir),
    }.items():
        monkeypatch.setenv(f"LTI_BADGES_{name}", value)
    yield made
    made.house.engine.dispose()


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(cli, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in arguments else done.stdout.strip()


def test_events_are_listed_replayed_and_settled(lab: TestHouse) -> None:
    lab.hear(lab.score("ana", 91.0, "poison"), lab.score("nobody", 5.0))
    lab.house.ingest.refuse(REGISTRATION, [RefusedEvent("webhook", "e9", "event.time_invalid", "No time.", "{}")])
    lab.work()
    with lab.house.transactions() as unit:
        unit.inbox.mark(1, "dead", "RuntimeError: broken", 5)
        unit.commit()
    told = run("events", "list", REGISTRATION, "--json")
    assert [row["reason"] for row in told["set_aside"]] == ["RuntimeError: broken"]
    assert [row["code"] for row in told["refused"]] == ["event.time_invalid"]
    assert [(row["reason"], row["count"]) for row in told["waiting"]] == [("event.person_unknown", 1)]
    lines = run("events", "list", REGISTRATION).splitlines()
    assert [line.split()[0] for line in lines] == ["waiting", "set", "refused"]
    assert run("events", "replay", REGISTRATION, "1") == "1 event is tried again."
    assert run("events", "replay", REGISTRATION, "--all") == "0 events are tried again."
    assert run("events", "settle", REGISTRATION, str(told["refused"][0]["id"])) == "Settled."
    left = run("events", "list", REGISTRATION, "--json")
    assert (left["set_aside"], left["refused"]) == ([], [])


@pytest.mark.parametrize("arguments", [["replay", REGISTRATION], ["replay", REGISTRATION, "1", "--all"]])
def test_what_is_to_be_replayed_has_to_be_said(lab: TestHouse, arguments: list[str]) -> None:
    assert CliRunner().invoke(cli, ["events", *arguments]).exit_code == 2


def test_a_platform_that_is_not_there_is_refused(lab: TestHouse) -> None:
    done = CliRunner().invoke(cli, ["events", "list", "nope"])
    assert isinstance(done.exception, BadgeToolError)
    assert done.exception.code == "platform.unknown"


def test_issuing_is_halted_and_resumed(lab: TestHouse) -> None:
    lab.publish()
    assert run("issuing", "status") == "Issuing."
    assert run("issuing", "halt", "--reason", "Wrong rule") == "Issuing is halted."
    state = run("issuing", "status", "--json")
    assert (state["halted"], state["reason"]) == (True, "Wrong rule")
    assert "Wrong rule" in run("issuing", "status")
    lab.hear(lab.score("ana", 91.0), lab.module("ana"))
    lab.work()
    assert lab.platform.posts == []
    assert run("issuing", "resume") == "Badges are issued again."
    lab.clock.at = datetime.now(UTC)  # the command's clock is the machine's
    lab.work()
    assert len(lab.platform.posts) == 1
    assert run("issuing", "resume") == "Issuing was not halted."
