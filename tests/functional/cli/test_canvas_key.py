"""lti-badges platform canvas: what to enter in Canvas, and how it stands, for scripts."""

from __future__ import annotations

from lti_tool.bootstrap import assemble
from lti_tool.settings import Settings
from lti_tool.sources.canvas_rest import SCOPES
from lti_tool.usecases.ports import ApiGrant
from tests.functional.cli.test_source_keys import invoke, run


def test_a_key_is_shown_without_its_secret_and_forgotten(platform_id: str) -> None:
    told = run("canvas", "show", platform_id, "--json")
    assert (told["state"], told["redirect_uri"]) == ("not set up", "https://b.example/admin/canvas/return")
    assert told["scopes"] == list(SCOPES)
    house = assemble(Settings())
    with house.transactions() as unit:
        unit.api_grants.save(ApiGrant(platform_id, "https://canvas.example", "7", "the-secret"))
        unit.commit()
    house.engine.dispose()
    text = run("canvas", "show", platform_id)
    assert "not allowed yet" in text
    assert SCOPES[0] in text
    assert "the-secret" not in text
    assert invoke("canvas", "test", platform_id).exit_code == 1
    run("canvas", "stop", platform_id)
    assert run("canvas", "show", platform_id, "--json")["state"] == "not set up"
