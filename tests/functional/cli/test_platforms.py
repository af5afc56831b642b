"""lti-badges platform: the same as the administrator's pages, for scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lti_tool.bootstrap import House, assemble
from lti_tool.bootstrap.by_hand import register_by_hand
from lti_tool.cli.main import cli
from lti_tool.cli.platform_file import read_platform_file
from lti_tool.domain.errors import BadgeToolError
from lti_tool.lti.developer_key import developer_key
from lti_tool.lti.settings import LtiSettings
from lti_tool.settings import Settings
from lti_tool.usecases.manage_platforms import ManagePlatforms
from tests.factories.beginnings import migrated
from tests.services.databases import SqliteDatabases

EXAMPLES = sorted((Path(__file__).parents[3] / "config" / "platforms").glob("*.toml"))
BASE_URL = "https://badges.example.edu"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_databases: SqliteDatabases) -> None:
    monkeypatch.chdir(tmp_path)
    values = {
        "BASE_URL": BASE_URL,
        "DATABASE_URL": sqlite_databases.copy_of(migrated),
        "KEYS_DIR": str(tmp_path / "k"),
    }
    for name, value in values.items():
        monkeypatch.setenv(f"LTI_BADGES_{name}", value)


def run(*arguments: str) -> Any:
    """What a command prints as JSON, or as text."""
    done = CliRunner().invoke(cli, ["platform", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


def refused(*arguments: str) -> BadgeToolError:
    done = CliRunner().invoke(cli, ["platform", *arguments])
    assert isinstance(done.exception, BadgeToolError), done.output
    return done.exception


def write(path: Path, **changes: str) -> str:
    """The Moodle example with other values; None leaves one out."""
    text = next(one for one in EXAMPLES if "moodle" in one.name).read_text()
    lines = [line for line in text.splitlines() if line.partition(" ")[0] not in changes]
    path.write_text("\n".join([*lines, *(f"{name} = {value}" for name, value in changes.items() if value)]))
    return str(path)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_example_registers(example: Path) -> None:
    told = run("add", "--file", str(example), "--json")
    assert told["state"] == "active"
    assert told["issuing"] is True
    assert told["tool"]["launch_url"] == f"{BASE_URL}/lti/{told['id']}/launch"
    assert run("show", told["id"], "--json") == told
    assert [one["id"] for one in run("list", "--json")] == [told["id"]]


def test_there_is_an_example_for_each_lms() -> None:
    names = {path.name.partition(".")[0] for path in EXAMPLES}
    assert names == {"moodle", "canvas", "open-edx", "brightspace", "blackboard", "sakai"}


def test_a_platform_is_reserved_then_entered(tmp_path: Path) -> None:
    reserved = run("reserve", "--name", "Arts", "--product", "moodle", "--json")
    assert (reserved["state"], reserved["issuer"]) == ("pending", "")
    assert refused("approve", reserved["id"]).code == "platform.values_missing"
    entered = run("add", "--file", write(tmp_path / "p.toml", id=f'"{reserved["id"]}"'), "--json")
    assert entered["id"] == reserved["id"]
    assert entered["tool"] == reserved["tool"]
    assert (entered["state"], entered["deployments"]) == ("active", {"1": "active"})


def test_a_link_tells_until_when_it_works() -> None:
    told = run("invite", "--name", "Arts", "--expires", "90m", "--json")
    assert told["registration_url"].startswith(f"{BASE_URL}/lti/register/")
    assert told["expires_at"].endswith("+00:00")
    done = CliRunner().invoke(cli, ["platform", "invite", "--name", "Arts"])
    assert done.stdout.strip().startswith(f"{BASE_URL}/lti/register/")  # the link alone, for scripts
    assert "until" in done.stderr


@pytest.mark.parametrize("expires", ["0d", "7", "d", "-1d", "1y", "1d2h", ""])
def test_a_length_of_time_that_is_none(expires: str) -> None:
    done = CliRunner().invoke(cli, ["platform", "invite", "--name", "A", "--expires", expires])
    assert done.exit_code == 2
    assert "7d" in done.output


def test_a_link_does_not_live_for_ever() -> None:
    assert refused("invite", "--name", "A", "--expires", "91d").code == "platform.expiry_invalid"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": ""}, "platform.file_invalid"),
        ({"isuer": '"https://x.example"'}, "platform.file_invalid"),
        ({"client_id": "7"}, "platform.file_invalid"),
        ({"deployment_ids": "[1]"}, "platform.file_invalid"),
        ({"issuing": '"yes"'}, "platform.file_invalid"),
        ({"name": "= broken"}, "platform.file_invalid"),
        ({"jwks_url": '"http://moodle.example.edu/keys"'}, "platform.values_invalid"),
        ({"environment": '"moon"'}, "platform.values_invalid"),
        ({"id": '"nobody"'}, "platform.unknown"),
    ],
)
def test_a_file_that_cannot_be_is_refused(tmp_path: Path, changes: dict[str, str], code: str) -> None:
    assert refused("add", "--file", write(tmp_path / "p.toml", **changes)).code == code
    assert run("list", "--json") == []


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refused("add", "--file", str(tmp_path / "none.toml")).code == "platform.file_invalid"


def test_a_client_is_registered_once(tmp_path: Path) -> None:
    run("add", "--file", write(tmp_path / "p.toml"), "--json")
    assert refused("add", "--file", write(tmp_path / "p.toml")).code == "platform.exists"
    assert len(run("list", "--json")) == 1


def test_a_copy_for_testing_awards_nothing_until_told(tmp_path: Path) -> None:
    told = run("add", "--file", write(tmp_path / "p.toml", issuer='"https://canvas.beta.instructure.com"'), "--json")
    assert (told["environment"], told["issuing"]) == ("beta", False)
    assert "awards nothing" in run("list")
    run("issuing", told["id"], "on")
    assert run("show", told["id"], "--json")["issuing"] is True
    run("issuing", told["id"], "off", "--environment", "test")
    told = run("show", told["id"], "--json")
    assert (told["environment"], told["issuing"]) == ("test", False)


def test_a_platform_is_disabled_and_let_in_again(tmp_path: Path) -> None:
    id_ = run("add", "--file", write(tmp_path / "p.toml"), "--json")["id"]
    run("disable", id_)
    assert run("show", id_, "--json")["state"] == "disabled"
    run("approve", id_)
    assert run("show", id_, "--json")["state"] == "active"


def test_a_deployment_that_waits_is_accepted(tmp_path: Path) -> None:
    id_ = run("add", "--file", write(tmp_path / "p.toml"), "--json")["id"]
    assert refused("accept-deployment", id_, "2").code == "platform.deployment_unknown"
    house: House = assemble(Settings())
    with house.transactions() as unit:
        unit.registrations.save_deployment(id_, "2", "pending")
        unit.commit()
    run("accept-deployment", id_, "2")
    assert run("show", id_, "--json")["deployments"] == {"1": "active", "2": "active"}


def test_no_secret_is_shown(tmp_path: Path) -> None:
    id_ = run("add", "--file", write(tmp_path / "p.toml"), "--json")["id"]
    house = assemble(Settings())
    ManagePlatforms(house.transactions, house.clock, "default").set_moodle(id_, "https://moodle.example.edu", "s3cr3t")
    assert "s3cr3t" not in json.dumps(run("show", id_, "--json"))
    assert "s3cr3t" not in run("show", id_) + json.dumps(developer_key(LtiSettings(BASE_URL), id_))


def test_another_tenants_platform_does_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = run("add", "--file", write(tmp_path / "p.toml"), "--json")["id"]
    monkeypatch.setenv("LTI_BADGES_TENANT", "other")
    assert run("list", "--json") == []
    for action in (("show", id_), ("approve", id_), ("disable", id_), ("issuing", id_, "off")):
        assert refused(*action).code == "authz.tenant"
    values = read_platform_file(tmp_path / "p.toml").values
    with pytest.raises(BadgeToolError, match=r"(authz\.tenant|platform\.exists)"):
        register_by_hand(assemble(Settings())).enter(id_, values)
