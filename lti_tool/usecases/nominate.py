"""nominate: a learner hands in evidence for a badge, or somebody of the staff hands it in for her."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.award import AwardState
from lti_tool.domain.criteria import Requirement
from lti_tool.domain.errors import BadgeToolError, Forbidden, NotFound
from lti_tool.domain.evidence import CheckedFile, Evidence, EvidenceFile, EvidenceLimits
from lti_tool.domain.identity import Actor, derived_id
from lti_tool.domain.nomination import Nomination, pieces
from lti_tool.usecases.edit_achievement import achievement_of_course
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.ports import Clock, NominationStep, Transactions, UnitOfWork


def piece_of(achievement: Achievement, piece: str) -> Requirement:
    """What the rule asks of a piece of evidence. Raises `review.not_asked`."""
    leaf = pieces(achievement.criteria).get(piece)
    if leaf is None:
        raise NotFound("review.not_asked", "The badge does not ask for this evidence.")
    return leaf


class Nominate:
    def __init__(self, transactions: Transactions, clock: Clock, limits: EvidenceLimits) -> None:
        self._transactions = transactions
        self._clock = clock
        self._limits = limits

    def __call__(
        self,
        course_id: str,
        achievement_id: str,
        person_id: str,
        piece: str,
        by: Actor,
        evidence: Evidence,
        file: CheckedFile | None = None,
        *,
        keep_file: bool = False,
    ) -> Nomination:
        """Hands in evidence for `person_id`, with a file, or with the one from before (`keep_file`); what waits already
        is replaced.

        Raises `achievement.unknown`, `review.*`, `review.not_a_learner` for somebody who can earn nothing, and
        `evidence.too_many_files`.
        """
        now = self._clock.now()
        with self._transactions() as unit:
            achievement = achievement_of_course(unit, course_id, achievement_id)
            unit.people.lock(course_id, person_id)
            _check_open(unit, achievement, person_id)
            piece_of(achievement, piece)
            held = unit.nominations.find(achievement_id, person_id, piece) or Nomination(
                id=derived_id("nomination", achievement_id, person_id, piece),
                course_id=course_id,
                achievement_id=achievement_id,
                person_id=person_id,
                piece=piece,
                evidence=evidence,
                nominated_by=by.id,
                submitted_at=now,
            )
            kept = held.evidence.file if keep_file and file is None else None
            evidence = replace(evidence, file=_described(held.id, file) if file else kept)
            nomination = held.handed_in(evidence, by.id, now)
            unit.nominations.save(nomination)
            if file is not None and evidence.file is not None:
                self._check_room(unit, nomination)
                unit.evidence_files.add(nomination.id, evidence.file, file.content, now)
            unit.nominations.note(nomination.id, NominationStep(now, by, "handed_in", evidence))
            unit.commit()
        return nomination

    def _check_room(self, unit: UnitOfWork, nomination: Nomination) -> None:
        if unit.evidence_files.count(nomination.course_id, nomination.person_id) >= self._limits.files:
            raise BadgeToolError(
                "evidence.too_many_files",
                f"At most {self._limits.files} files are handed in in a course.",
                status=409,
                hint="Give a link to it instead.",
            )


def _described(nomination_id: str, file: CheckedFile) -> EvidenceFile:
    """The same file handed in twice is one."""
    content = hashlib.sha256(file.content).hexdigest()
    file_id = derived_id("evidence-file", nomination_id, file.name, content)
    return EvidenceFile(file_id, file.name, file.media_type, len(file.content))


def _check_open(unit: UnitOfWork, achievement: Achievement, person_id: str) -> None:
    if achievement.state is not AchievementState.PUBLISHED:
        raise BadgeToolError("review.not_open", "The badge is not live, so nothing is handed in for it.", status=409)
    if not is_eligible(unit.people.enrolment(achievement.course_id, person_id)):
        raise Forbidden("review.not_a_learner", "Only learners of the course are awarded badges.")
    awards = unit.awards.of_person(achievement.course_id, person_id)
    if any(one.achievement_id == achievement.id and one.state is not AwardState.REVOKED for one in awards):
        raise BadgeToolError("review.earned_already", "This badge is earned already.", status=409)
