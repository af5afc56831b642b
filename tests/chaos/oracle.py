"""The judge: a fold over a journal of its own that says what must be so at the end, and compares.

It shares no line with the tool. Lines of the journal: ``rule`` (badge, parts of target and minimum), ``fact`` (id,
learner, target, value, at), ``revoke`` (id, learner, badge), ``ack`` (id) and ``signed`` (credential, digest). A value
is a percentage, or 0 and 1 for a completion; `at` is the time of what happened, never that of its arrival.

A badge that was earned once stays, so whoever was regraded below the mark before the badge was decided may hold it,
flagged, or not hold it: that much the order of arrival may decide, and nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Line = dict[str, Any]
Pair = tuple[str, str]
MUST, MAY, NEVER = "must", "may", "never"


class Violation(NamedTuple):
    kind: str
    what: str


class Expected:
    """What follows from the journal: for each (learner, badge) whether it must, may or must never be awarded."""

    def __init__(self, journal: Iterable[Line]) -> None:
        lines = list(journal)
        self.acked = {line["id"] for line in lines if line["say"] == "ack"}
        self.facts = {line["id"]: line for line in lines if line["say"] == "fact"}
        self.rules = {line["badge"]: line["parts"] for line in lines if line["say"] == "rule"}
        self.revoked = {(e["learner"], e["badge"]) for e in lines if e["say"] == "revoke" and e["id"] in self.acked}
        self.signed = {(line["credential"], line["digest"]) for line in lines if line["say"] == "signed"}
        self._said: dict[Pair, list[Line]] = defaultdict(list)
        for fact in self.facts.values():
            self._said[fact["learner"], fact["target"]].append(fact)
        self.learners = sorted({fact["learner"] for fact in self.facts.values()})

    def met(self, learner: str, badge: str) -> bool:
        """Whether what was said last (by its own time) meets every part."""
        said = [(part, self._said[learner, part["target"]]) for part in self.rules[badge]]
        return all(facts and _meets(max(facts, key=lambda fact: fact["at"]), part) for part, facts in said)

    def certain(self, learner: str, badge: str) -> bool:
        """Whether all that was said of it has been acknowledged."""
        return all(f["id"] in self.acked for part in self.rules[badge] for f in self._said[learner, part["target"]])

    def duty(self, learner: str, badge: str) -> str:
        for part in self.rules.get(badge, [{"target": ""}]):
            if not any(_meets(fact, part) for fact in self._said[learner, part["target"]]):
                return NEVER
        return MUST if self.met(learner, badge) and self.certain(learner, badge) else MAY


def _meets(fact: Line, part: Line) -> bool:
    return fact["value"] is not None and fact["value"] >= part["minimum"]


def judge(journal: Iterable[Line], seen: dict[str, list[Line]]) -> list[Violation]:
    """Everything that is not as it must be. `seen` is what tests.chaos.observed read of database and gradebook."""
    expected = Expected(journal)
    awards = {(award["learner"], award["badge"]): award for award in seen["awards"]}
    checks = (_lost(expected, awards, seen), _twice(seen), _wrong(expected, awards, seen), _statuses(expected, seen))
    return [Violation(*found) for check in checks for found in check] + _signatures(expected, seen)


def _lost(expected: Expected, awards: dict[Pair, Line], seen: dict[str, list[Line]]) -> Iterator[Pair]:
    held = {event["id"] for event in seen["inbox"]}
    yield from (("acked-missing", id_) for id_ in expected.facts if id_ in expected.acked and id_ not in held)
    yield from (("lost", f"set aside: {row['id']}") for row in seen["dead"])
    scores = _standing_scores(seen)
    for badge in expected.rules:
        for learner in expected.learners:
            award = awards.get((learner, badge))
            if award is None and expected.duty(learner, badge) == MUST:
                yield "lost", f"{learner} {badge}"
            if award is not None:
                revoked = (learner, badge) in expected.revoked
                if award["state"] != ("revoked" if revoked else "issued") or not award["digest"]:
                    yield "lost", f"{learner} {badge} is {award['state']}"
                if scores.get((learner, badge)) != (None if revoked else 1.0):
                    yield "lost", f"{learner} {badge} in the gradebook: {scores.get((learner, badge))}"


def _twice(seen: dict[str, list[Line]]) -> Iterator[Pair]:
    for what, keys in (
        ("award", [(award["learner"], award["badge"]) for award in seen["awards"]]),
        ("credential", [award["id"] for award in seen["awards"] if award["digest"]]),
        ("issue", [entry["award"] for entry in seen["history"] if entry["action"] == "issued"]),
        ("event", [event["id"] for event in seen["inbox"]]),
        ("column", [column["badge"] for column in seen["columns"]]),
        ("status index", [(entry["list"], entry["index"]) for entry in seen["entries"]]),
    ):
        yield from (("duplicate", f"{what} {key}") for key, times in Counter(keys).items() if times > 1)


def _wrong(expected: Expected, awards: dict[Pair, Line], seen: dict[str, list[Line]]) -> Iterator[Pair]:
    for (learner, badge), award in awards.items():
        if expected.duty(learner, badge) == NEVER:
            yield "wrong-recipient", f"{learner} {badge}"
        if award["digest"] and award["recipient"] != learner:
            yield "wrong-recipient", f"{badge} of {learner} names {award['recipient']}"
        flagged = not expected.met(learner, badge) and (learner, badge) not in expected.revoked
        if expected.certain(learner, badge) and bool(award["flag"]) != flagged:
            yield "wrong-flag", f"{learner} {badge}: {award['flag']!r}"
    posted = _standing_scores(seen).items()
    yield from (("wrong-recipient", f"score of {pair}") for pair, given in posted if given and pair not in awards)


def _statuses(expected: Expected, seen: dict[str, list[Line]]) -> Iterator[Pair]:
    entries = {entry["award"]: entry for entry in seen["entries"]}
    published = {(bit["list"], bit["index"]) for bit in seen["revoked_bits"]}
    for award in (award for award in seen["awards"] if award["digest"]):
        entry = entries.get(award["id"])
        if entry is None or (entry["list"], entry["index"]) != (award["list"], award["index"]):
            yield "status-less", award["id"]
        revoked = (award["learner"], award["badge"]) in expected.revoked
        if revoked != ((award["list"], award["index"]) in published):
            yield "wrong-status", award["id"]


def _signatures(expected: Expected, seen: dict[str, list[Line]]) -> list[Violation]:
    """A signature that anybody saw is the one that is stored: no other bytes under the same id, and none forgotten."""
    stored = {(award["credential"], award["digest"]) for award in seen["awards"] if award["digest"]}
    return [Violation("resigned", credential) for credential, _ in sorted(expected.signed - stored)]


def _standing_scores(seen: dict[str, list[Line]]) -> dict[Pair, float | None]:
    """What a gradebook shows: of each learner's scores in a column the one with the latest time."""
    ordered = sorted(seen["scores"], key=lambda score: score["at"])
    return {(score["learner"], score["badge"]): score["given"] for score in ordered}
