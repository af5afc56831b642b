"""lti-badges platform source: credentials of senders, for scripts."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner

from lti_tool.cli.main import cli
from lti_tool.domain.errors import BadgeToolError


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["platform", *arguments])


def run(*arguments: str) -> Any:
    done = invoke(*arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


def test_a_credential_is_made_listed_and_retired(platform_id: str) -> None:
    made = run("source", "add", platform_id, "xapi", "--home-page", "https://m.example", "--json")
    assert made["endpoint"] == f"https://b.example/xapi/{platform_id}"
    assert len(made["password"]) >= 43
    (listed,) = run("source", "list", platform_id, "--json")
    assert (listed["id"], listed["key_id"], listed["retired_at"]) == (made["id"], made["user_name"], None)
    assert listed["settings"] == {"home_page": "https://m.example", "person_kind": "lti", "course_id": ""}
    assert made["password"] not in run("source", "list", platform_id)
    run("source", "retire", platform_id, made["id"])
    assert run("source", "list", platform_id, "--json")[0]["retired_at"]
    assert "retired" in run("source", "list", platform_id)


def test_a_key_of_caliper_is_one_text(platform_id: str) -> None:
    options = ("--home-page", "https://m.example", "--person", "login", "--course", "lab-101")
    said = run("source", "add", platform_id, "caliper", *options)
    (listed,) = run("source", "list", platform_id, "--json")
    assert f"{listed['key_id']}." in said
    assert listed["settings"] == {"home_page": "https://m.example", "person_kind": "login", "course_id": "lab-101"}


def test_what_cannot_be_is_refused(platform_id: str) -> None:
    for code, arguments in (
        # A platform that was only begun by hand has no address yet.
        ("source.home_page_invalid", ("add", platform_id, "xapi")),
        ("source.course_invalid", ("add", platform_id, "xapi", "--home-page", "https://m.example", "--course", "\n")),
        ("platform.unknown", ("add", "made-up", "xapi", "--home-page", "https://m.example")),
        ("platform.unknown", ("list", "made-up")),
        ("source.unknown", ("retire", platform_id, "made-up")),
    ):
        refused = invoke("source", *arguments).exception
        assert isinstance(refused, BadgeToolError)
        assert refused.code == code
    assert run("source", "list", platform_id, "--json") == []
