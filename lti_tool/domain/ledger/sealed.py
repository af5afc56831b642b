"""The bytes of an entry: canonical JSON, which holds the hash of the entry before it.

No text about a person is hashed in the clear. People stand in it under a random name of the course's ledger, and all
words under a salted hash: erase the salt, the words and the name's owner, and the chain still holds and tells nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lti_tool.domain.ledger.deed import Deed

FIRST = "0" * 64  # what the first entry of a chain names as the hash before it
FORMAT = 1


def canonical(value: Any) -> str:
    """JSON as RFC 8785 writes it, for what the ledger holds: names in ASCII, and finite numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(text: str) -> str:
    # A lone surrogate has no UTF-8; a damaged row must be found, not stop the search.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def commitment(salt: str, words: str) -> str:
    """What stands in the chain for words that can be erased."""
    return sha256(f"{salt}:{words}")


@dataclass(frozen=True, slots=True)
class Sealed:
    """`payload` is what `hash` covers; `words` are the details, told apart from the payload by `salt`."""

    sequence: int
    payload: str
    hash: str
    salt: str
    words: str


def seal(deed: Deed, sequence: int, previous: str, *, subject: str, actor_id: str, salt: str) -> Sealed:
    """The entry of a deed. `subject` and `actor_id` are the names of the persons in this ledger; `salt` is random."""
    words = json.dumps(dict(deed.details), sort_keys=True, separators=(",", ":"))
    payload = {
        "achievement": deed.achievement_id,
        "action": deed.action,
        "actor": {"id": actor_id, "kind": deed.actor.kind},
        "at": _time(deed.at),
        "course": deed.course_id,
        "details": commitment(salt, words),
        "event_at": _time(deed.event_at) if deed.event_at else "",
        "flag": deed.flag,
        "format": FORMAT,
        "period": deed.period,
        "previous": previous,
        "sequence": sequence,
        "state": deed.state,
        "subject": subject,
        "version": deed.version,
    }
    text = canonical(payload)
    return Sealed(sequence, text, sha256(text), salt, words)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
