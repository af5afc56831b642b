"""The memory of a process with many threads."""

from __future__ import annotations

import ctypes
import gc
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


def keep_what_is_loaded() -> None:
    """Takes what a process has loaded out of the garbage collector's sight, once it is ready to serve.

    Else each full collection walks over all modules again, which holds everybody up for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
