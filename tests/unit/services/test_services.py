"""The fixtures themselves: what they promise, other tests rely on."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_socket import SocketConnectBlockedError
from redis import Redis
from sqlalchemy import text

from lti_tool.db.engine import make_engine
from tests.services import peers

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_each_test_gets_an_empty_database_that_can_be_written(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE grades (id INTEGER)"))
        connection.execute(text("INSERT INTO grades VALUES (1)"))
        assert connection.execute(text("SELECT count(*) FROM grades")).scalar() == 1
    engine.dispose()


@pytest.mark.parametrize("round_", [1, 2])
def test_a_copy_of_the_newest_schema_carries_nothing_over(migrated_database_url: str, round_: int) -> None:
    engine = make_engine(migrated_database_url)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
        connection.execute(text("CREATE TABLE only_here (id INTEGER)"))
    engine.dispose()


@pytest.mark.parametrize("round_", [1, 2])
def test_redis_is_empty_at_the_start(redis_url: str, round_: int) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_no_test_reaches_beyond_this_machine() -> None:
    with socket.socket() as outside, pytest.raises(SocketConnectBlockedError):
        outside.connect(("192.0.2.1", 80))


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_peer_fails_in_ci_and_skips_elsewhere(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    absent = peers.Peer("abacus", lambda: None, "buy one")
    monkeypatch.setitem(peers.PEERS, "abacus", absent)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match=r"abacus is not on this machine.*buy one"):
        peers.require_peer("abacus")


def test_the_browser_shows_a_page(browser: Browser, tmp_path: Path) -> None:
    page_file = tmp_path / "page.html"
    page_file.write_text("<h1>Badges</h1>")
    page = browser.new_page()
    page.goto(page_file.as_uri())
    assert page.get_by_role("heading").inner_text() == "Badges"
    page.close()
