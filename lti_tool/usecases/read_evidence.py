"""read_evidence: a file that was handed in, for those who may see it.

They are the learner herself, the reviewers of the course, and whoever holds the link of a badge whose learner chose to
show with it what she handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lti_tool.domain.award import Award
from lti_tool.domain.errors import NotFound
from lti_tool.domain.evidence import CheckedFile
from lti_tool.domain.nomination import Nomination, NominationState
from lti_tool.usecases.ports import Transactions, UnitOfWork

_ID = re.compile(r"[0-9a-f-]{36}")


class ReadEvidenceFile:
    """A file that is not there and one that is not hers to see are one answer: `evidence.file_unknown` (404)."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def own(self, course_id: str, person_id: str, achievement_id: str, file_id: str) -> CheckedFile:
        with self._transactions(write=False) as unit:
            hers = unit.nominations.of_person(course_id, person_id)
            return _file(unit, [one for one in hers if one.achievement_id == achievement_id], file_id)

    def reviewed(self, course_id: str, nomination_id: str, file_id: str) -> CheckedFile:
        with self._transactions(write=False) as unit:
            found = unit.nominations.get(course_id, nomination_id)
            return _file(unit, [found] if found else [], file_id)

    def shared(self, token: str, file_id: str) -> CheckedFile:
        with self._transactions(write=False) as unit:
            page = unit.public_pages.find(token)
            award = unit.awards.get(page.award_id) if page and page.stopped_at is None and page.show_evidence else None
            shown = shown_with(unit, award) if award else []
            return _file(unit, [one for one in shown if one.evidence.file and one.evidence.file.id == file_id], file_id)


def shown_with(unit: UnitOfWork, award: Award) -> list[Nomination]:
    """What a learner may show with a badge of hers: what was handed in for it and approved."""
    return [
        one
        for one in unit.nominations.of_person(award.course_id, award.person_id)
        if one.achievement_id == award.achievement_id and one.state is NominationState.APPROVED
    ]


def _file(unit: UnitOfWork, nominations: Iterable[Nomination], file_id: str) -> CheckedFile:
    for nomination in nominations if _ID.fullmatch(file_id) else ():
        found = unit.evidence_files.get(nomination.id, file_id)
        if found is not None:
            return CheckedFile(found[0].name, found[0].media_type, found[1])
    raise NotFound("evidence.file_unknown", "There is no such file.")
