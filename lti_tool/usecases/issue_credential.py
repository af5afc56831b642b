"""issue_credential: intent stored, then signed, then stored again with all that follows from it.

A crash after the intent re-signs the same bytes: the unsigned document, the time and the keys are in the intent,
and every signature scheme (Ed25519, RSASSA-PKCS1-v1_5, ECDSA after RFC 6979) is deterministic.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.credential import SignedBadge
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.identity import SYSTEM
from lti_tool.usecases import work
from lti_tool.usecases.change_award import change_award, is_undone
from lti_tool.usecases.choose_issuer import issuer_of_award, issuer_of_credential
from lti_tool.usecases.claim import ClaimBuilder
from lti_tool.usecases.draft_credential import DraftCredential, is_withdrawn, wanted_name
from lti_tool.usecases.ports import (
    BadgeSigner,
    Clock,
    Issuer,
    SigningKeyIds,
    StoredCredential,
    Transactions,
    UnitOfWork,
)
from lti_tool.usecases.recheck_badge import MISMATCH, RecheckBadges, halted


@dataclass(frozen=True, slots=True)
class _Intent:
    """What is to be signed of an award; or was, where the credential has its document."""

    award: Award
    credential: StoredCredential
    issuer: Issuer


class IssueCredential:
    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        signer: BadgeSigner,
        claims: ClaimBuilder,
        draft: DraftCredential,
        recheck: RecheckBadges,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._signer = signer
        self._claims = claims
        self._draft = draft
        self._recheck = recheck

    def __call__(self, award_id: str, holder_did: str = "") -> StoredCredential:
        """Gives the signed credential of an award; the second call gives the same bytes.

        With `holder_did` the credential is bound to that wallet: same id and issuer, another subject. Raises
        `award.unknown`, `award.revoked` where there is nothing left to issue, `award.suspended`, and `issuing.halted`
        where the operator has halted all issuing and the credential is not signed yet, or where what was signed does
        not hold.
        """
        try:
            intent = self._intend(award_id, holder_did)
            if intent.credential.document is not None:
                return intent.credential
            signed = self._signed(intent)
        except BadgeToolError as error:
            if error.code == MISMATCH:
                self._halt(award_id)
            raise
        self._store([(intent.award, signed)])
        return signed

    def together(self, award_ids: Sequence[str]) -> None:
        """Issues many in two transactions. Where one of them cannot be issued its error is raised, and none may have
        been: then they are issued one by one."""
        with self._transactions() as unit:
            self._read_ahead(unit, award_ids)
            intents = [self._intended(unit, award_id, "") for award_id in award_ids]
            unit.commit()
        self._draft.is_stored({kid for one in intents for kid in (one.credential.proof_kid, one.credential.jwt_kid)})
        self._store([(one.award, self._signed(one)) for one in intents if one.credential.document is None])

    def _store(self, signed: Collection[tuple[Award, StoredCredential]]) -> None:
        with self._transactions() as unit:
            # Nobody else changes these awards before the end of the transaction, and they are read as they are now.
            unit.people.lock_all({(award.course_id, award.person_id) for award, _ in signed})
            award_ids = [award.id for award, _ in signed]
            unit.awards.read_ahead(award_ids)
            unit.credentials.hold(award_ids)
            unit.status_lists.read_ahead(award_ids)
            for _, credential in signed:
                self._stored(unit, credential)
            unit.commit()

    def _read_ahead(self, unit: UnitOfWork, award_ids: Collection[str]) -> None:
        unit.awards.read_ahead(award_ids)
        unit.credentials.read_ahead(award_ids)
        new = [
            award
            for award in map(unit.awards.get, award_ids)
            if award is not None and award.state is AwardState.AWARDED and unit.credentials.get(award.id) is None
        ]
        self._claims.allocate_ahead(unit, [(award, issuer_of_award(unit, award)) for award in new])

    def _halt(self, award_id: str) -> None:
        with self._transactions(write=False) as unit:
            award = unit.awards.get(award_id)
            assert award is not None, "something was to be signed for it"
            tenant_id = self._claims.tenant_of(unit, award)
        self._recheck.halt(tenant_id, f"urn:uuid:{award_id}: {MISMATCH}")

    def _intend(self, award_id: str, holder_did: str) -> _Intent:
        with self._transactions() as unit:
            intent = self._intended(unit, award_id, holder_did)
            unit.commit()
        self._draft.is_stored((intent.credential.proof_kid, intent.credential.jwt_kid))
        return intent

    def _intended(self, unit: UnitOfWork, award_id: str, holder_did: str) -> _Intent:
        award = unit.awards.get(award_id)
        if award is None:
            raise NotFound("award.unknown", "There is no such award.")
        tenant_id = self._claims.tenant_of(unit, award)
        held = unit.credentials.get(award_id, holder_did)
        if (held is None or held.document is None) and unit.halts.get(tenant_id) is not None:
            raise halted()
        if held is not None and (held.document is not None or not is_withdrawn(unit, held)):
            return _Intent(award, held, issuer_of_credential(unit, held, award.course_id))
        if award.state is AwardState.REVOKED or is_undone(unit, award):
            raise BadgeToolError("award.revoked", "This badge has been withdrawn.", status=410)
        if award.state is AwardState.SUSPENDED:
            raise BadgeToolError("award.suspended", "This badge is suspended at present.", status=409)
        issuer = issuer_of_award(unit, award)
        credential = self._intent(unit, award, issuer, holder_did)
        if held is None:
            unit.credentials.add_intent(credential)
        else:
            unit.credentials.replace_intent(credential)
        return _Intent(award, credential, issuer)

    def _intent(self, unit: UnitOfWork, award: Award, issuer: Issuer, holder_did: str) -> StoredCredential:
        # Nobody can have asked for her name in a badge that is not issued yet.
        name = wanted_name(unit, award) if holder_did else ""
        return self._draft(unit, award, issuer, holder_did, self._clock.now().replace(microsecond=0), name)

    def _sign(self, credential: StoredCredential, issuer: Issuer) -> SignedBadge:
        keys = SigningKeyIds(credential.proof_kid, credential.jwt_kid)
        return self._signer.sign(credential.unsigned, issuer, credential.created, keys)

    def _signed(self, intent: _Intent) -> StoredCredential:
        badge = self._sign(intent.credential, intent.issuer)
        self._recheck(intent.issuer.tenant_id, intent.credential.unsigned, badge)
        return replace(intent.credential, document=badge.json, jwt=badge.jwt)

    def _stored(self, unit: UnitOfWork, credential: StoredCredential) -> None:
        if not unit.credentials.save_signed(credential):
            # Its key was withdrawn while it signed, and another intent took its place.
            raise BadgeToolError("issuing.replaced", "The badge is being signed anew.", status=503)
        award = unit.awards.get(credential.award_id)
        assert award is not None
        change_award(unit, self._clock, award, award.issued(self._clock.now()), SYSTEM, "issued")
        list_id, _ = unit.status_lists.allocate(self._claims.tenant_of(unit, award), award.id)
        published = unit.status_lists.get(list_id)
        if published is not None and published.signed_revision < published.revision:
            work.publish_status_list(unit, list_id)
