"""Whether a chain is as it was written: every entry there, in order, and not a byte of it another one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lti_tool.domain.ledger.sealed import FIRST, canonical, commitment, sha256

ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Details:
    salt: str
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored entry. `subject` and `achievement_id` repeat the payload, to be found by. `details` None: erased."""

    course_id: str
    sequence: int
    subject: str
    achievement_id: str
    payload: str
    hash: str
    details: Details | None

    def read(self) -> dict[str, Any]:
        """The payload as JSON values; {} where it is none any more."""
        try:
            found = json.loads(self.payload)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Head:
    """The number and the hash of a chain's last entry, kept beside it: a chain that was cut short is found."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with entry `sequence` of a course's chain, in a sentence."""

    course_id: str
    sequence: int
    what: str


def check_chain(course_id: str, entries: Iterable[tuple[Entry, Head | None]]) -> Iterator[Fault]:
    """Every fault of the chain, entries in the order of their numbers; none where it is whole. Each comes with the end
    of the chain as it stood when the entry was read."""
    last = Head(0, FIRST)
    head: Head | None = last
    erased: set[str] = set()
    without_words: list[tuple[int, str]] = []
    for entry, end in entries:
        said = entry.read()
        for what in _faults(entry, said, last):
            yield Fault(course_id, entry.sequence, what)
        if said.get("action") == ERASED:
            erased.add(entry.subject)
        if entry.details is None:
            without_words.append((entry.sequence, entry.subject))
        last, head = Head(entry.sequence, entry.hash), end
    for sequence, subject in without_words:
        if not subject or subject not in erased:
            yield Fault(course_id, sequence, "Its details are gone, and no entry says that they were erased.")
    if head is None or (head.sequence, head.hash) != (last.sequence, last.hash):
        yield Fault(course_id, last.sequence, "The chain does not end where it ended when it was last written.")


def _faults(entry: Entry, said: dict[str, Any], last: Head) -> Iterator[str]:
    if entry.sequence != last.sequence + 1:
        yield f"Entry {last.sequence + 1} is not there."
    if sha256(entry.payload) != entry.hash:
        yield "Its content does not match its hash."
    if not _is_canonical(said, entry.payload):
        yield "Its content is not what an entry looks like."
    elif said.get("previous") != last.hash:
        yield "It does not follow the entry before it."
    names = (entry.course_id, entry.sequence, entry.subject, entry.achievement_id)
    if said and names != tuple(said.get(name) for name in ("course", "sequence", "subject", "achievement")):
        yield "It is filed under another course, number, learner or badge than it names."
    if entry.details and commitment(entry.details.salt, entry.details.words) != said.get("details"):
        yield "Its details are not those that were written."


def _is_canonical(said: dict[str, Any], payload: str) -> bool:
    try:
        return bool(said) and canonical(said) == payload
    except (ValueError, RecursionError):  # a number that is none
        return False
