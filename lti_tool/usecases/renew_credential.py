"""renew_credential: brings what is served in line with what holds now, under the same id and with a newer date.

A key was withdrawn, the learner is called otherwise, or she takes the badge to a wallet that has an older one. Of two
credentials with one id and issuer the one with the newer validFrom counts (Open Badges 3.0, "Credential Equality and
Comparison"); awardedDate stays. The one before it is kept, and goes on verifying unless its key was withdrawn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.identity import SYSTEM, Actor
from lti_tool.domain.issuer import Issuer
from lti_tool.usecases import work
from lti_tool.usecases.choose_issuer import issuer_of_credential
from lti_tool.usecases.draft_credential import DraftCredential, is_withdrawn, signed_by_withdrawn, wanted_name
from lti_tool.usecases.ports import BadgeSigner, Clock, SigningKeyIds, StoredCredential, Transactions, UnitOfWork
from lti_tool.usecases.recheck_badge import RecheckBadges, halted

KEY_WITHDRAWN = "The key that it was signed with was withdrawn. Save the badge and add it to your wallet once more."
ENDORSER_WITHDRAWN = (
    "The key of somebody who endorses it was withdrawn. Save the badge and add it to your wallet once more."
)
NAME_CHANGED = "With the name as it is now."
ANOTHER_WALLET = "For another wallet."


class RenewCredential:
    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        signer: BadgeSigner,
        draft: DraftCredential,
        recheck: RecheckBadges,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._signer = signer
        self._draft = draft
        self._recheck = recheck

    def __call__(self, award_id: str, binding: str = "", *, as_newest: bool = False) -> StoredCredential | None:
        """What is served afterwards; None where nothing was signed yet. Nothing changes where all holds already.

        With `as_newest` it is also issued anew where another one of the award is newer. Raises `issuing.halted`.
        """
        held, renewal, issuer = self._intend(award_id, binding, as_newest)
        if renewal is None or issuer is None:
            return held
        keys = SigningKeyIds(renewal.proof_kid, renewal.jwt_kid)
        badge = self._signer.sign(renewal.unsigned, issuer, renewal.created, keys)
        self._recheck(issuer.tenant_id, renewal.unsigned, badge)
        self._store(replace(renewal, document=badge.json, jwt=badge.jwt))
        with self._transactions(write=False) as unit:
            return unit.credentials.get(award_id, binding)

    def _intend(
        self, award_id: str, binding: str, as_newest: bool
    ) -> tuple[StoredCredential | None, StoredCredential | None, Issuer | None]:
        """(what is served, what is to take its place, by whom)."""
        with self._transactions() as unit:
            award, held = unit.awards.get(award_id), unit.credentials.get(award_id, binding)
            if award is None or held is None or award.state is AwardState.REVOKED:
                return held, None, None
            if held.document is None:
                # Issuing makes it anew by itself where its key was withdrawn.
                work.issue_credential(unit, award_id)
                unit.commit()
                return None, None, None
            renewal = unit.credentials.renewal(award_id, binding)
            if renewal is None or is_withdrawn(unit, renewal):
                if not self._reason(unit, award, held, as_newest):
                    return held, None, None
                renewal = self._new(unit, award, held)
            issuer = issuer_of_credential(unit, held, award.course_id)
            if unit.halts.get(issuer.tenant_id) is not None:
                raise halted()
            unit.credentials.save_renewal(renewal)
            unit.commit()
        self._draft.is_stored((renewal.proof_kid, renewal.jwt_kid))
        return held, renewal, issuer

    def _new(self, unit: UnitOfWork, award: Award, held: StoredCredential) -> StoredCredential:
        issuer = issuer_of_credential(unit, held, award.course_id)
        now = self._clock.now().replace(microsecond=0)
        # Newer than all that went before, even within one second.
        created = max(now, held.created + timedelta(seconds=1))
        name = wanted_name(unit, award)
        if name:
            unit.credentials.consent_to_name(award.id, name, self._clock.now())
            for binding in set(unit.credentials.bindings(award.id)) - {held.binding}:
                work.renew_credential(unit, award.id, binding)
        return self._draft(unit, award, issuer, held.binding, created, name)

    def _reason(self, unit: UnitOfWork, award: Award, held: StoredCredential, as_newest: bool) -> str:
        if is_withdrawn(unit, held):
            return KEY_WITHDRAWN if signed_by_withdrawn(unit, held) else ENDORSER_WITHDRAWN
        if _name_in(held.unsigned) != wanted_name(unit, award):
            return NAME_CHANGED
        return ANOTHER_WALLET if as_newest and not unit.credentials.is_newest(held) else ""

    def _store(self, renewed: StoredCredential) -> None:
        now = self._clock.now()
        with self._transactions() as unit:
            held = unit.credentials.get(renewed.award_id, renewed.binding)
            award = unit.awards.get(renewed.award_id)
            assert held is not None
            assert award is not None
            reason = self._reason(unit, award, held, as_newest=True)
            if unit.credentials.save_renewed(renewed, now):
                unit.awards.note(award.id, now, SYSTEM, "reissued", reason)
                if reason in (KEY_WITHDRAWN, ENDORSER_WITHDRAWN) and not held.binding:
                    unit.learner_notices.add(award, now, "reissued", reason, "")
                unit.commit()


class RenewUnlessHalted:
    """The work of renewing. While issuing is halted it waits."""

    def __init__(self, renew: RenewCredential, transactions: Transactions, clock: Clock) -> None:
        self._renew = renew
        self._transactions = transactions
        self._clock = clock

    def __call__(self, award_id: str, binding: str) -> None:
        try:
            self._renew(award_id, binding)
        except BadgeToolError as error:
            if error.code != "issuing.halted":
                raise
            with self._transactions() as unit:
                later = unit.work_time() + timedelta(minutes=5)
                work.renew_credential(unit, award_id, binding, due_at=later)
                unit.commit()


class NameOnBadge:
    """A learner puts her name into the credential of one badge, or takes it out again."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, course_id: str, person_id: str, award_id: str, actor: Actor, *, named: bool) -> None:
        """All her credentials of it are issued anew by a worker. Raises `award.unknown`, `award.not_issued`, and
        `person.nameless` where the platform tells no name."""
        with self._transactions() as unit:
            award, person = unit.awards.get(award_id), unit.people.get(person_id)
            if award is None or person is None or (award.course_id, award.person_id) != (course_id, person_id):
                raise NotFound("award.unknown", "You have no such badge in this course.")
            if award.state is not AwardState.ISSUED:
                raise BadgeToolError("award.not_issued", "There is nothing to issue anew of this badge.", status=409)
            if named and not person.name:
                raise BadgeToolError("person.nameless", "Your learning platform tells us no name.", status=409)
            now: datetime = self._clock.now()
            unit.credentials.consent_to_name(award_id, person.name if named else None, now)
            unit.awards.note(award_id, now, actor, "named" if named else "unnamed")
            for binding in unit.credentials.bindings(award_id):
                work.renew_credential(unit, award_id, binding)
            unit.commit()


def _name_in(unsigned: dict[str, Any]) -> str:
    """The name that a credential of ours holds."""
    for identity in unsigned["credentialSubject"].get("identifier", []):
        if not identity["hashed"] and identity["identityType"] == "name":
            return str(identity["identityHash"])
    return ""
