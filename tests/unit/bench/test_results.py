from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.__main__ import main, names
from bench._results import Row, as_table, merge


def row(name: str, ours: float) -> Row:
    return {
        "name": name, "ours": ours, "peer": 50.0, "ratio": ours / 50, "unit": "badges/s", "peer_name": "peer",
        "runs": 5,
    }  # fmt: skip


def test_a_new_run_replaces_its_own_rows_only(tmp_path: Path) -> None:
    latest = tmp_path / "results" / "latest.json"
    merge(latest, [row("issue", 100.0), row("award", 7.0)])
    merge(latest, [row("issue", 200.0)])
    assert [(kept["name"], kept["ours"]) for kept in json.loads(latest.read_text())] == [
        ("award", 7.0),
        ("issue", 200.0),
    ]


def test_the_table_is_aligned() -> None:
    head, first, second = as_table([row("issue", 1234.5), row("a_longer_name", 2.0)]).splitlines()
    column = head.index("peer")
    assert first[column:].startswith("50")
    assert second[column:].startswith("50")


def test_what_benchmarks_share_is_none_itself() -> None:
    assert not any(name.startswith("_") for name in names())


def test_an_unknown_name_is_refused_with_the_list_of_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["no_such_thing"]) == 2
    assert "no_such_thing" in capsys.readouterr().err
