"""What a process of ours does about its memory, seen from outside: in processes of their own."""

from __future__ import annotations

import subprocess
import sys

import pytest

_HEAPS = """
import ctypes, sys, threading
from lti_tool.cli.memory import share_heaps
if sys.argv[1] == "shared":
    share_heaps()
libc = ctypes.CDLL(None)
ready = threading.Barrier(13)
def work():
    libc.malloc(100_000)
    ready.wait(30)
    ready.wait(30)
threads = [threading.Thread(target=work, daemon=True) for _ in range(12)]
for thread in threads:
    thread.start()
ready.wait(30)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
ready.wait(30)
"""
_FROZEN = """
import gc
from lti_tool.cli.memory import keep_what_is_loaded
keep_what_is_loaded()
print(gc.get_freeze_count())
"""


def run(program: str, *words: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True, timeout=60
    ).stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="heaps are counted as glibc tells of them")
def test_threads_share_two_heaps() -> None:
    assert run(_HEAPS, "shared").count("<heap nr=") <= 2
    assert run(_HEAPS, "each").count("<heap nr=") > 2, "the control: without it each thread has its own"


def test_what_is_loaded_is_not_walked_over_again() -> None:
    assert int(run(_FROZEN)) > 1000
