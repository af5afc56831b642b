"""`make soak-status`, in seconds."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.status_soak import soak
from tests.factories.house import make_house


def test_no_place_is_given_twice_and_all_withdrawn_badges_are_marked(
    migrated_database_url: str, tmp_path: Path
) -> None:
    make_house(migrated_database_url, tmp_path, ()).house.engine.dispose()
    outcome = soak(migrated_database_url, tmp_path, badges=400, processes=4, kill_every_s=0.3)
    assert outcome.faults == []
    assert outcome.kills > 0
