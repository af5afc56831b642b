"""A process dies at every failpoint, before and after it, on both databases; another carries on; the oracle judges."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.observability.failpoints import ARMED_BY, armed
from tests.chaos.listing import DOCUMENT, document
from tests.chaos.stage import KILLED, Stage

# With EVERY_FAILPOINT=1 also every further time that the story comes to a point; some ten minutes.
EVERY = os.environ.get("EVERY_FAILPOINT") == "1"
# Each takes a share of the places, so that several processes can work at them.
SHARES = 4


def places(points: list[str]) -> Iterator[str]:
    """Each point at its first time; a commit, which ends different things, at its last time as well."""
    for point, times in Counter(points).items():
        for hit in range(1, times + 1):
            if EVERY or hit == 1 or (hit == times and point.endswith(".commit")):
                yield f"{point} {hit}"


def share_of(place: str) -> int:
    """By its name: nothing falls between two shares where the story comes to its points in another order."""
    return zlib.crc32(place.encode()) % SHARES


@pytest.mark.slow
@pytest.mark.timeout(7200 if EVERY else 1200)
@pytest.mark.parametrize("share", range(SHARES))
def test_whoever_dies_anywhere_nothing_is_lost_and_nothing_doubled(stage: Stage, share: int) -> None:
    points = stage.points()
    wrong, runs = [], 0
    for place in places(points):
        if share_of(place) != share:
            continue
        for when in ("before", "after"):
            played = stage.play(f"{when} {place}")
            runs += 1
            if (played.first, played.second, played.violations) != (KILLED, 0, []):
                wrong.append((f"{when} {place}", played))
    print(f"share {share} of {len(set(points))} failpoints, {runs} runs, {len(wrong)} of them wrong")
    assert wrong == [], stage.log()
    assert runs > 0
    assert len(set(points)) >= 40


@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_every_failpoint_is_listed(stage: Stage) -> None:
    assert document(stage.points()) == DOCUMENT.read_text(), "run: make reference"


def test_nothing_is_armed_without_the_setting() -> None:
    assert armed({}, allowed=False) is None
    with pytest.raises(BadgeToolError, match="allow_failpoints is off") as refused:
        armed({ARMED_BY: "before queue.claim"}, allowed=False)
    assert refused.value.code == "failpoint.not_allowed"


@pytest.mark.parametrize("text", ["queue.claim", "during queue.claim", "before", "before a two", "after a 1 2"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadgeToolError) as refused:
        armed({ARMED_BY: text}, allowed=True)
    assert refused.value.code == "failpoint.malformed"


def test_the_real_worker_dies_where_it_is_told_to(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lti_tool.cli", "worker"]
    environment = os.environ | {
        "LTI_BADGES_DATA_DIR": str(tmp_path),
        "LTI_BADGES_KEYS_DIR": str(tmp_path / "keys"),
        ARMED_BY: "after keep_house.queue.done",
    }
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode not in (0, -signal.SIGKILL)
    assert "allow_failpoints is off" in refused.stderr
    environment["LTI_BADGES_ALLOW_FAILPOINTS"] = "true"
    died = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
