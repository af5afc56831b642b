"""The versions of a badge: what changed from one to the next, who made them, and how many awards name each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import AwardState
from lti_tool.domain.sentence import criteria_sentence
from lti_tool.domain.version_changes import changes
from lti_tool.usecases.edit_achievement import achievement_of_course
from lti_tool.usecases.ledger_export import details_of
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class Version:
    """`at` and `author` are of the ledger: None and "" where it began later. `reason` says whom it counts for."""

    number: int
    name: str
    sentence: str
    at: datetime | None
    author: str
    reason: str
    changes: list[str]
    holders: int


class ReadVersions:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def __call__(self, course_id: str, achievement_id: str) -> tuple[Achievement, list[Version]]:
        """The badge as it is now, and its versions, the latest first. Raises `achievement.unknown`."""
        with self._transactions(write=False) as unit:
            badge = achievement_of_course(unit, course_id, achievement_id)
            stored = [unit.achievements.version(badge.id, number) for number in range(1, badge.version + 1)]
            contents = [one for one in stored if one is not None]
            names, made = CourseNames.load(unit, course_id), _made(unit, badge)
            awards = unit.awards.of_achievement(badge.id)
        holders = Counter(award.achievement_version for award in awards if award.state is not AwardState.REVOKED)
        found = []
        for before, one in zip([None, *contents], contents, strict=False):
            at, author, reason = made.get(one.version, (None, "", ""))
            said = changes(before, one, names) if before else []
            sentence = criteria_sentence(one.criteria, names) if one.criteria else ""
            found.append(Version(one.version, one.name, sentence, at, author, reason, said, holders[one.version]))
        return badge, found[::-1]


def _made(unit: UnitOfWork, badge: Achievement) -> dict[int, tuple[datetime | None, str, str]]:
    """(when, by whom, whom it counts for) of each version, from the first entry that names it."""
    bearers = unit.ledger.bearers(badge.course_id)
    found: dict[int, tuple[datetime | None, str, str]] = {}
    for entry in unit.ledger.of_learner(badge.course_id, "", badge.id):
        said = entry.read()
        actor: dict[str, Any] = said.get("actor") or {}
        person = unit.people.get(bearers.get(str(actor.get("id")), ""))
        when = datetime.fromisoformat(said["at"]) if said.get("at") else None
        reason = str(details_of(entry).get("reason", "")) if said.get("action") == "new_version" else ""
        found.setdefault(int(said.get("version") or 0), (when, person.name if person else "", reason))
    return found
