"""A part of a benchmark in a process of its own, so that what one part needed is not counted for another."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any


def in_child(work: Callable[..., Any], *arguments: Any) -> Any:
    """What `work` gives. Where it fails, RuntimeError with its traceback."""
    with get_context("spawn").Pool(1) as pool:
        given, fault = pool.apply(_tried, (work, *arguments))
    if fault:
        raise RuntimeError(f"the process failed:\n{fault}")
    return given


def _tried(work: Callable[..., Any], *arguments: Any) -> tuple[Any, str]:
    """As text: an error of ours cannot be made again from its message, and the pool would wait for it for ever."""
    try:
        return work(*arguments), ""
    except Exception:
        return None, traceback.format_exc()
