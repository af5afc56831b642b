"""export_record: all badges that a learner holds as one signed record (Comprehensive Learner Record 2.0)."""

from __future__ import annotations

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

    def __call__(self, course_id: str, person_id: str) -> str:
        """The signed ClrCredential as JSON, in the name of who issues in this course.

        Of all courses of her account: badges that stand, expired ones too, those of before first. Raises
        `record.empty` where she has none, and `credential.too_complex` where they are too many for one record.
        """
        with self._transactions(write=False) as unit:
            issuer = issuer_for(unit, course_id)
            claim = self._claim(unit, issuer, person_id)
        return self._signer.sign_record(issuer, claim)

    def _claim(self, unit: UnitOfWork, issuer: Issuer, person_id: str) -> RecordClaim:
        awards = [
            award
            for course in unit.courses.of_person(person_id)
            for award in unit.awards.of_person(course.id, person_id)
            if award.state is AwardState.ISSUED
        ]
        badges = [text for award in sorted(awards, key=_decided) if (text := _document(unit, award))]
        if not badges:
            raise NotFound("record.empty", "There is no signed badge to take along yet.")
        return RecordClaim(
            record_id=f"urn:uuid:{uuid5(NAMESPACE_URL, chr(0).join([issuer.id, person_id, *badges]))}",
            issuer=self._claims.profile(unit, issuer),
            recipient_id=f"urn:uuid:{person_id}",
            name=NAME,
            valid_from=self._clock.now().replace(microsecond=0),
            badges=tuple(badges),
        )


def _decided(award: Award) -> str:
    return f"{award.decided_at.isoformat()} {award.id}"


def _document(unit: UnitOfWork, award: Award) -> str:
    held = unit.credentials.get(award.id)
    return (held.document or "") if held else ""
