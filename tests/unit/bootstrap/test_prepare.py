"""What a first start leaves behind on the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.bootstrap.house import assemble
from lti_tool.settings import Settings


@pytest.fixture
def open_umask() -> Iterator[None]:
    """As on a machine whose new files are for everybody to read."""
    before = os.umask(0o000)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_the_database_and_its_journals_are_for_their_owner_alone(tmp_path: Path) -> None:
    house = assemble(Settings(data_dir=tmp_path / "data", keys_dir=tmp_path / "keys"))
    house.prepare()
    with house.transactions() as unit:
        unit.nonces.put("any", "key", {}, house.clock.now())
        unit.commit()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    assert {name.partition("sqlite3")[2] for name in modes} >= {"", "-wal"}, modes
    assert set(modes.values()) == {0o600}, modes
    house.engine.dispose()
