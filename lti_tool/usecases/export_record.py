"""export_record: all badges that a learner holds as a signed record (Comprehensive Learner Record 2.0), or in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from uuid import NAMESPACE_URL, uuid5

from lti_tool.domain.attestation import RecordClaim
from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.errors import NotFound
from lti_tool.usecases.choose_issuer import issuer_for
from lti_tool.usecases.claim import ClaimBuilder
from lti_tool.usecases.ports import BadgeSigner, Clock, Issuer, Transactions, UnitOfWork

NAME = "Record of badges"


class ExportRecord:
    """Nothing of it is stored: the same badges give a record of the same id, with another time."""

    def __init__(self, transactions: Transactions, clock: Clock, signer: BadgeSigner, claims: ClaimBuilder) -> None:
        self._transactions = transactions
        self._clock = clock
        self._signer = signer
        self._claims = claims

    def __call__(self, course_id: str, person_id: str) -> list[str]:
        """The signed ClrCredential as JSON, in the name of who issues in this course; several where her badges are too
        many for one, each of which says that it is one, and in its name which.

        Of all courses of her account: badges that stand, expired ones too, those of before first. Raises
        `record.empty` where she has none.
        """
        with self._transactions(write=False) as unit:
            issuer = issuer_for(unit, course_id)
            whole = self._claim(unit, issuer, person_id, _badges(unit, person_id))
        parts = self._parts(whole)
        if len(parts) > 1:
            parts = [_numbered(part, number, len(parts)) for number, part in enumerate(parts, 1)]
        return [self._signer.sign_record(issuer, part) for part in parts]

    def _claim(self, unit: UnitOfWork, issuer: Issuer, person_id: str, badges: list[str]) -> RecordClaim:
        return RecordClaim(
            record_id=_record_id(issuer.id, f"urn:uuid:{person_id}", badges),
            issuer=self._claims.profile(unit, issuer),
            recipient_id=f"urn:uuid:{person_id}",
            name=NAME,
            valid_from=self._clock.now().replace(microsecond=0),
            badges=tuple(badges),
        )

    def _parts(self, whole: RecordClaim) -> list[RecordClaim]:
        """As few of about the same size as readers take."""
        for count in range(1, len(whole.badges)):
            parts = _divided(whole, count)
            if all(map(self._signer.record_fits, parts)):
                return parts
        return _divided(whole, len(whole.badges))


def _divided(whole: RecordClaim, count: int) -> list[RecordClaim]:
    ends = [len(whole.badges) * number // count for number in range(count + 1)]
    return [replace(whole, badges=whole.badges[start:end]) for start, end in pairwise(ends)]


def _numbered(part: RecordClaim, number: int, count: int) -> RecordClaim:
    record_id = _record_id(part.issuer.id, part.recipient_id, part.badges)
    return replace(part, record_id=record_id, name=f"{NAME}, part {number} of {count}", partial=True)


def _record_id(issuer_id: str, recipient_id: str, badges: Sequence[str]) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, chr(0).join([issuer_id, recipient_id, *badges]))}"


def _badges(unit: UnitOfWork, person_id: str) -> list[str]:
    awards = [
        award
        for course in unit.courses.of_person(person_id)
        for award in unit.awards.of_person(course.id, person_id)
        if award.state is AwardState.ISSUED
    ]
    badges = [text for award in sorted(awards, key=_decided) if (text := _document(unit, award))]
    if not badges:
        raise NotFound("record.empty", "There is no signed badge to take along yet.")
    return badges


def _decided(award: Award) -> str:
    return f"{award.decided_at.isoformat()} {award.id}"


def _document(unit: UnitOfWork, award: Award) -> str:
    held = unit.credentials.get(award.id)
    return (held.document or "") if held else ""
