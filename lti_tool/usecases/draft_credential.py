"""draft_credential: what is stored of a credential before it is signed, the first time and anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Set
from datetime import datetime

from lti_tool.domain.award import Award
from lti_tool.usecases.claim import ClaimBuilder, withdrawn_kids
from lti_tool.usecases.ports import BadgeSigner, Issuer, PublishedKey, StoredCredential, UnitOfWork


class DraftCredential:
    """Remembers which keys are in the key history, as every credential asks for it. Safe to share between threads."""

    def __init__(self, signer: BadgeSigner, claims: ClaimBuilder) -> None:
        self._signer = signer
        self._claims = claims
        self._remembered: frozenset[str] = frozenset()
        self._public: dict[str, PublishedKey] = {}

    def __call__(
        self, unit: UnitOfWork, award: Award, issuer: Issuer, holder_did: str, created: datetime, name: str = ""
    ) -> StoredCredential:
        """The intent, as of `created` (whole seconds). `name`: the learner's, where she consents to it."""
        claim = self._claims.build(unit, award, issuer, holder_did, created, name)
        keys = self._signer.key_ids(issuer)
        # The public half of whatever is going to sign stands in the database before the signature: from there it is
        # published for ever, even where the key's file is lost.
        fresh = {keys.proof_kid, keys.jwt_kid} - self._remembered
        if fresh:
            unit.key_history.add(self._published(fresh))
        return StoredCredential(
            id=claim.credential_id,
            award_id=award.id,
            binding=holder_did,
            unsigned=self._signer.unsigned(issuer, claim, keys),
            created=created,
            proof_kid=keys.proof_kid,
            jwt_kid=keys.jwt_kid,
            issuer_slug=issuer.slug,
        )

    def _published(self, kids: Set[str]) -> list[PublishedKey]:
        """Looked up in the key store once: until the first commit each badge of a class asks for the same."""
        if not kids <= self._public.keys():
            self._public |= {key.kid: key for key in self._signer.published(kids)}
        return [self._public[kid] for kid in kids if kid in self._public]

    def is_stored(self, kids: Iterable[str]) -> None:
        """Told after the commit: these keys need not be stored again."""
        self._remembered |= frozenset(kids)


def is_withdrawn(unit: UnitOfWork, credential: StoredCredential) -> bool:
    """Whether a key of the credential, or of an endorsement in it, is none of its issuer's any more."""
    return signed_by_withdrawn(unit, credential) or bool(_endorsing(unit, credential))


def signed_by_withdrawn(unit: UnitOfWork, credential: StoredCredential) -> bool:
    return not {credential.proof_kid, credential.jwt_kid}.isdisjoint(withdrawn_kids(unit))


def _endorsing(unit: UnitOfWork, credential: StoredCredential) -> list[str]:
    """The withdrawn keys by which it carries endorsements: before it is signed it names no other keys."""
    withdrawn = withdrawn_kids(unit)
    text = json.dumps(credential.unsigned) if withdrawn else ""
    return [kid for kid in withdrawn if kid in text]


def wanted_name(unit: UnitOfWork, award: Award) -> str:
    """The learner's name where she wants it in the credential, "" otherwise."""
    person = unit.people.get(award.person_id)
    return person.name if person is not None and unit.credentials.named(award.id) else ""
