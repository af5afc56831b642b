"""A browser that dies costs no test but the one in which it died, and that begins anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.services.browser import Browsers

_ROOT = Path(__file__).parents[3]


def test_after_its_death_another_is_started(browsers: Browsers) -> None:
    first = browsers.running()
    assert browsers.running() is first
    for process in psutil.Process().children(recursive=True):
        if "chrom" in process.name():
            process.kill()
    second = browsers.running()
    assert second is not first
    context = second.new_context()
    context.new_page().set_content("<h1>Here</h1>")
    context.close()


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ("TargetClosedError('Target page, context or browser has been closed')", "1 passed, 1 rerun"),
        ("TimeoutError('Timeout 30000ms exceeded')", "1 failed"),
        ("AssertionError('something else')", "1 failed"),
    ],
)
def test_only_what_a_dead_browser_failed_begins_anew(failure: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        f"""
from playwright._impl._errors import TargetClosedError, TimeoutError
from tests.services.browser import AGAIN

tried = []

@AGAIN
def test_fails_at_first():
    tried.append(1)
    if len(tried) == 1:
        raise {failure}
"""
    )
    options = ["-q", "-p", "no:cacheprovider", "-c", str(tmp_path / "none.ini"), "--rootdir", str(tmp_path)]
    (tmp_path / "none.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    run = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert said in run.stdout, run.stdout + run.stderr
