"""Where the tests' files lie."""

from __future__ import annotations

import shutil
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3


def fast_folder() -> Path | None:
    """A folder in memory: nothing of a test has to survive a power cut, and a disk would be asked to flush tens of
    thousands of times. None where the system has no such place, or a small one."""
    return _IN_MEMORY if _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ROOM else None
