"""A changed rule is replayed against what a course has told; nothing is changed by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from lti_tool.cli.main import cli
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint,)


@pytest.fixture
def told(site: Site) -> Site:
    """Ana earns it with 85 %, is regraded to 60 % later; Ben has 70 %, Cleo nothing but the module."""
    lab = site.course
    lab.hear(lab.score("ana", 85.0), lab.module("ana"), lab.score("ben", 70.0), lab.module("ben"), lab.module("cleo"))
    lab.work()
    lab.clock.pass_time(days=2)
    lab.hear(lab.score("ana", 60.0))
    lab.work()
    return site


def rows(site: Site) -> dict[str, int]:
    with site.course.house.engine.connect() as connection:
        tables = ("awards", "ledger_entries", "achievement_versions", "outbox", "facts")
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}


def test_the_editor_says_who_would_have_had_it_and_changes_nothing(told: Site) -> None:
    tab = Tab.at(told.open_session("instructor"), f"/badges/{told.badges['lab'].id}/edit")
    before = rows(told)
    tab.press("replay", {"rule.0.minimum": "65"})
    assert "1 would have the badge, and have not Ben since 1 September 2026, 08:00 UTC" in tab.text
    assert "0 have the badge, and would not have it" in tab.text
    assert tab.field("rule.0.minimum").get("value") == "65"
    tab.press("replay", {"rule.0.minimum": "90"})
    assert "1 have the badge, and would not have it Ana awarded 1 September 2026, 08:00 UTC" in tab.text
    assert rows(told) == before


def test_the_command_replays_a_file_or_the_rule_as_it_is(
    told: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = told.course.house.settings
    values = {"BASE_URL": settings.base_url, "DATABASE_URL": settings.database_url, "KEYS_DIR": str(settings.keys_dir)}
    for name, value in values.items():
        monkeypatch.setenv(f"LTI_BADGES_{name}", value)
    monkeypatch.chdir(tmp_path)
    tab = Tab.at(told.open_session("instructor"), f"/badges/{told.badges['lab'].id}/edit")
    saved = json.loads(tab.press("export", {"rule.0.minimum": "65"}).response.data)
    (tmp_path / "rule.json").write_text(json.dumps(saved))
    arguments = ["criteria", "replay", told.badges["lab"].id, "--json"]

    def learners(*more: str) -> dict[str, tuple[str | None, str | None]]:
        done = CliRunner().invoke(cli, [*arguments, *more], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return {row["name"]: (row["had"], row["would_have"]) for row in json.loads(done.stdout)["learners"]}

    at = "2026-09-01 08:00:00Z"
    assert learners() == {"Ana": (at, at)}
    assert learners("--rule", "rule.json") == {"Ana": (at, at), "Ben": (None, at)}
