"""lti-badges issuer and the other commands about credentials: what programs are told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from lti_tool.cli.main import cli
from lti_tool.domain.errors import BadgeToolError


def told(*words: str) -> Any:
    done = CliRunner().invoke(cli, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refused(*words: str) -> str:
    with pytest.raises(BadgeToolError) as caught:
        CliRunner().invoke(cli, list(words), catch_exceptions=False)
    return caught.value.code


def test_who_issues_for_what_is_chosen_told_and_taken_back(platform_id: str) -> None:
    told("issuer", "add", "guild", "--name", "Guild")
    assert told("issuer", "choices") == []
    for_tenant = {"issuer": "guild", "scope": "tenant", "id": "default", "chosen": True}
    assert told("issuer", "choose", "guild") == for_tenant
    for_platform = {"issuer": "default", "scope": "platform", "id": platform_id, "chosen": True}
    assert told("issuer", "choose", "default", "--platform", platform_id) == for_platform
    assert [one["slug"] for one in told("issuer", "list") if one["default"]] == ["guild"]
    assert [one | {"chosen": True} for one in told("issuer", "choices")] == [for_platform, for_tenant]
    # Another than the one that is chosen cannot be taken back.
    assert refused("issuer", "choose", "guild", "--platform", platform_id, "--undo") == "issuer.not_chosen"
    assert told("issuer", "choose", "guild", "--undo") == for_tenant | {"chosen": False}
    assert refused("issuer", "choose", "guild", "--undo") == "issuer.not_chosen"
    assert [one["scope"] for one in told("issuer", "choices")] == ["platform"]
    for scope, code in (("badge", "achievement"), ("course", "course"), ("platform", "platform")):
        assert refused("issuer", "choose", "guild", f"--{scope}", "nothing") == f"{code}.unknown"
    assert refused("issuer", "choose", "nobody") == "issuer.unknown"
    assert CliRunner().invoke(cli, ["issuer", "choose", "guild", "--badge", "a", "--course", "b"]).exit_code == 2


def test_programs_are_told_of_keys_endorsements_and_the_switch(platform_id: str) -> None:
    before = told("keys", "ensure")
    rotated = told("keys", "rotate", "credential-ed25519", "--now")
    assert (rotated["purpose"], rotated["state"]) == ("credential-ed25519", "signing")
    assert told("keys", "ensure") == before | {"credential-ed25519": rotated["kid"]}
    assert told("issuing", "halt") == {"halted": True}
    assert told("issuing", "resume") == {"halted": False, "was_halted": True}
    assert told("issuing", "resume") == {"halted": False, "was_halted": False}
    told("issuer", "add", "guild", "--name", "Guild")
    spoken = told("endorsement", "add", "guild", "--issuer", "default", "--comment", "Good.")
    assert told("endorsement", "withdraw", spoken["id"]) == {"id": spoken["id"], "withdrawn": True}
    assert refused("endorsement", "withdraw", spoken["id"]) == "endorsement.unknown"
    key = told("api-key", "add", "Registrar")
    assert told("api-key", "retire", key["id"]) == {"id": key["id"], "retired": True}
    assert refused("keys", "retire", "no-such-key").startswith("keys.")


def test_what_an_issuer_signed_is_counted_and_withdrawn(platform_id: str) -> None:
    assert told("withdraw", "--issuer", "default", "--dry-run") == {"badges": 0, "dry_run": True}
    assert told("withdraw", "--issuer", "default", "--reason", "Stolen.") == {"badges": 0, "dry_run": False}
    assert refused("withdraw", "--issuer", "default") == "award.reason_missing"
    assert refused("withdraw", "--badge", "nothing", "--dry-run") == "achievement.unknown"
    assert CliRunner().invoke(cli, ["withdraw", "--reason", "Stolen."]).exit_code == 2
