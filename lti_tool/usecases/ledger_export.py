"""The ledger of one learner's badge as a file, with all that is needed to check it without this tool."""

from __future__ import annotations

import json
from typing import Any

from lti_tool.domain.ledger import Entry
from lti_tool.usecases.read_ledger import LearnerLedger

_HOW = (
    "`hash` is the SHA-256 of `payload` as UTF-8, which names the hash of the entry before it in `previous`. Of "
    "`words`, `payload` holds the SHA-256 of `salt`, a colon and `words` in `details`. Entries about other people lie "
    "in between."
)


def exported(found: LearnerLedger) -> dict[str, Any]:
    """JSON values. Entries are about this learner's badge, or about the badge itself."""
    return {
        "format": "lti-badges-ledger-1",
        "how_to_check": _HOW,
        "course": {"id": found.course.id, "title": found.course.title},
        "learner": {"id": found.person.id, "name": found.person.name},
        "badge": {"id": found.badge.id, "name": found.badge.name},
        "chain": {
            "end": {"entry": found.end.sequence, "hash": found.end.hash} if found.end else None,
            "faults": [{"entry": fault.sequence, "what": fault.what} for fault in found.faults],
        },
        "entries": [_entry(entry, found) for entry in found.entries],
    }


def _entry(entry: Entry, found: LearnerLedger) -> dict[str, Any]:
    said = entry.read()
    by = found.people.get(str(said.get("actor", {}).get("id", "")))
    return {
        "entry": entry.sequence,
        "at": said.get("at"),
        "action": said.get("action"),
        "by": by.name if by else said.get("actor", {}).get("kind"),
        "hash": entry.hash,
        "payload": entry.payload,
        "salt": entry.details.salt if entry.details else None,
        "words": entry.details.words if entry.details else None,
    }


def as_file(found: LearnerLedger) -> bytes:
    return json.dumps(exported(found), indent=2, ensure_ascii=False).encode()


def details_of(entry: Entry) -> dict[str, Any]:
    """The words of an entry as JSON values; {} where they were erased or cannot be read any more."""
    try:
        words = json.loads(entry.details.words) if entry.details else {}
    except (ValueError, RecursionError):
        return {}
    return words if isinstance(words, dict) else {}
