"""A short run of ``make chaos``: the long one is made by hand."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SECONDS = float(os.environ.get("CHAOS_SECONDS", "20"))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_nothing_is_lost_while_everything_is_killed(backend: str) -> None:
    command = [sys.executable, "-m", "tests.chaos.soak", "--backend", backend, "--minutes", str(SECONDS / 60)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
