"""Which courses a course was copied from, as a launch tells it (LTI 1.3 Core, variable Context.id.history)."""

from __future__ import annotations

from collections.abc import Mapping

# The name that the tool asks for, and the one that administrators of Canvas give it.
_PARAMETERS = ("context_id_history", "context_history")
MOST = 20


def origins_of(custom: Mapping[str, str]) -> tuple[str, ...]:
    """Context ids, the latest first; () where nothing was filled in. Canvas ends a long list with "truncated"."""
    told = next((custom[name] for name in _PARAMETERS if custom.get(name)), "")
    if told.startswith("$"):
        return ()
    names = (name.strip() for name in told.split(","))
    return tuple(dict.fromkeys(name for name in names if name and name != "truncated"))[:MOST]
