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
    _ask_glibc("mallopt", _M_ARENA_MAX, ARENAS)


def keep_what_is_loaded() -> None:
    """Takes what a process has loaded out of the garbage collector's sight, once it is ready to serve, and gives back
    what loading took besides.

    Else each full collection walks over all modules again, which holds everybody up for a tenth of a second; and where
    modules are compiled as they are loaded (the first start, or a folder that cannot be written to), some 12 MiB of
    that stay with the process.
    """
    gc.collect()
    gc.freeze()
    _ask_glibc("malloc_trim", 0)


def _ask_glibc(function: str, *arguments: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    found = getattr(ctypes.CDLL(None), function, None)
    if found is not None:  # musl has none, and no such heaps
        found(*arguments)
