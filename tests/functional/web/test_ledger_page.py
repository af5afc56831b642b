"""What was decided about one learner's badge, as the staff read it for an appeal and keep it as a file."""

from __future__ import annotations

import hashlib
import json

import pytest
from click.testing import CliRunner

from lti_tool.cli.main import cli
from lti_tool.usecases.read_ledger import VerifyLedger
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint,)


def test_every_decision_is_read_and_kept_for_an_appeal(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    award_id = site.earn("ana")
    ana = site.course.people["ana"]
    staff = Tab.at(site.open_session("instructor"), f"/badges/{site.badges['lab'].id}")
    staff.press("Pause")
    staff.press("Withdraw the badge", {"reason": "The work was <b>copied</b>."})
    staff.follow("All that was decided about Ana")
    said = staff.text
    steps = ["The badge was published", "Awarded", "Signed and issued", "The badge was paused", "Withdrawn"]
    assert sorted(steps, key=said.index) == steps
    assert "“The work was <b>copied</b>.”" in said
    assert "Score at least 80 % in Quiz 1: done, 91 %" in said
    assert "by Ines" in said
    assert "every entry is as it was written" in said

    kept = json.loads(staff.press("Save as a file").response.data)
    assert [one["action"] for one in kept["entries"]] == ["published", "awarded", "issued", "paused", "revoked"]
    assert all(hashlib.sha256(one["payload"].encode()).hexdigest() == one["hash"] for one in kept["entries"])
    last = kept["entries"][-1]
    words = hashlib.sha256(f"{last['salt']}:{last['words']}".encode()).hexdigest()
    assert json.loads(last["payload"])["details"] == words
    assert last["by"] == "Ines"

    use_the_command_line(site, monkeypatch)
    exported = CliRunner().invoke(cli, ["ledger", "export", award_id], catch_exceptions=False)
    assert json.loads(exported.stdout)["entries"] == kept["entries"]
    verified = CliRunner().invoke(cli, ["ledger", "verify", "--json"], catch_exceptions=False)
    assert (verified.exit_code, json.loads(verified.stdout)["ok"]) == (0, True)
    assert ana.name in exported.stdout

    erased = CliRunner().invoke(cli, ["ledger", "erase", ana.id, "--yes"], catch_exceptions=False)
    assert erased.output.strip() == "Erased in the ledgers of 1 course."
    assert VerifyLedger(site.course.house.transactions)().faults == []
    staff.get(staff.path.removesuffix("/file"))
    assert "copied" not in staff.text
    assert "Awarded" not in staff.text
    assert "The badge was paused" in staff.text


def test_the_ledger_of_a_whole_course_is_kept_as_well(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.earn("ana")
    staff = Tab.at(site.open_session("instructor"), f"/badges/{site.badges['lab'].id}")
    staff.follow("All that was decided about Ana")
    use_the_command_line(site, monkeypatch)
    course_id = site.course.course.id
    whole = CliRunner().invoke(cli, ["ledger", "export-course", course_id], catch_exceptions=False)
    everything = json.loads(whole.stdout)
    assert [entry["entry"] for entry in everything["entries"]] == list(range(1, len(everything["entries"]) + 1))
    assert everything["chain"] == {"end": everything["chain"]["end"], "faults": []}
    assert "Ana" in {one["name"] for one in everything["people"].values()}
    assert json.loads(staff.press("Save the ledger of the whole course").response.text) == everything
    later = CliRunner().invoke(cli, ["ledger", "record-earlier"], catch_exceptions=False)
    assert later.output.strip() == "0 entries were written."


def use_the_command_line(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = site.course.house.settings
    for name, value in (("BASE_URL", settings.base_url), ("DATABASE_URL", settings.database_url)):
        monkeypatch.setenv(f"LTI_BADGES_{name}", value)
    monkeypatch.setenv("LTI_BADGES_KEYS_DIR", str(settings.keys_dir))
    monkeypatch.chdir(settings.keys_dir.parent)


def test_learners_and_other_courses_do_not_read_it(site: Site) -> None:
    path = f"/badges/{site.badges['lab'].id}/learners/{site.course.people['ana'].id}/ledger"
    assert site.open_session("learner").get(path).status_code == 403
    assert site.open_session("instructor", context="another").get(path).status_code == 404
    nobody = path.replace(site.course.people["ana"].id, "nobody")
    assert site.open_session("instructor").get(nobody).status_code == 404
