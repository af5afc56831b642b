"""The ledger of one learner's badge, or of a course, as a file with all that it takes to check it without this tool."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lti_tool.domain.identity import Person
from lti_tool.domain.ledger import Entry, Fault, Head

if TYPE_CHECKING:
    from lti_tool.usecases.read_ledger import CourseLedger, LearnerLedger

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
        "chain": _chain(found.end, found.faults),
        "entries": [_entry(entry, found.people) for entry in found.entries],
    }


def exported_course(found: CourseLedger) -> dict[str, Any]:
    """JSON values. Every entry of the course's chain, with whom it is about where she is not erased."""
    return {
        "format": "lti-badges-ledger-1",
        "how_to_check": _HOW,
        "course": {"id": found.course.id, "title": found.course.title},
        "people": {name: {"id": one.id, "name": one.name} for name, one in sorted(found.people.items())},
        "chain": _chain(found.end, found.faults),
        "entries": [_entry(entry, found.people) for entry in found.entries],
    }


def _chain(end: Head | None, faults: list[Fault]) -> dict[str, Any]:
    return {
        "end": {"entry": end.sequence, "hash": end.hash} if end else None,
        "faults": [{"entry": fault.sequence, "what": fault.what} for fault in faults],
    }


def _entry(entry: Entry, people: dict[str, Person]) -> dict[str, Any]:
    said = entry.read()
    by = people.get(str(said.get("actor", {}).get("id", "")))
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


def course_as_file(found: CourseLedger) -> bytes:
    return json.dumps(exported_course(found), indent=2, ensure_ascii=False).encode()


def details_of(entry: Entry) -> dict[str, Any]:
    """The words of an entry as JSON values; {} where they were erased or cannot be read any more."""
    try:
        words = json.loads(entry.details.words) if entry.details else {}
    except (ValueError, RecursionError):
        return {}
    return words if isinstance(words, dict) else {}
