"""The memory of a process with many threads."""

from __future__ import annotations

import ctypes
import sys

# mallopt(3).
_M_ARENA_MAX = -8
ARENAS = 2


def share_heaps() -> None:
    """Has the threads of this process share two heaps, where the C library is glibc.

    It would give up to eight a core: each keeps what was once used in it, which for our 20 threads was some 30 MiB, and
    Python's own lock lets only one of them allocate at a time anyway.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # musl has none, and no such heaps
        mallopt(_M_ARENA_MAX, ARENAS)
