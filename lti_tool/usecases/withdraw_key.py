"""withdraw_key: what is done when a key of badges was stolen, in steps that can be broken off and begun again anywhere.

Another key takes over; the stolen one is none of its issuers' any more, so that no verifier accepts what it signed.
The status lists are signed anew, and so is every badge that it signed or that carries an endorsement which it signed,
under the same id, with a notice to its learner.
What is left to do follows from what is stored: who calls this again goes on where it ended, and house-keeping does the
rest where nobody calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.usecases import work
from lti_tool.usecases.issue_credential import IssueCredential
from lti_tool.usecases.ports import Clock, PublishedKey, Transactions, UnitOfWork
from lti_tool.usecases.publish_status_list import PublishStatusList
from lti_tool.usecases.renew_credential import RenewCredential
from lti_tool.usecases.renew_endorsed import RenewEndorsed

# The only key of an issuer that is a did:key.
IDENTITY = "issuer-"
_LEAVES_FOR_LATER = frozenset({"award.revoked", "award.suspended", "issuing.replaced"})


@dataclass(frozen=True, slots=True)
class Damage:
    """What a key signed that counts still: credentials, of how many learners; in how many credentials there is an
    endorsement by it; and how many lists are signed anew."""

    kid: str
    purpose: str
    withdrawn_at: datetime | None
    credentials: int
    learners: int
    status_lists: int
    endorsed: int


class WithdrawKey:
    """`replace_key(kid)` sees to it that another one signs from now on."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        replace_key: Callable[[PublishedKey], None],
        issue: IssueCredential,
        renew: RenewCredential,
        publish: PublishStatusList,
        renew_endorsed: RenewEndorsed,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._replace_key = replace_key
        self._issue = issue
        self._renew = renew
        self._publish = publish
        self._renew_endorsed = renew_endorsed

    def damage(self, kid: str) -> Damage:
        """Raises `keys.unknown`, and `keys.identity` for the key of a did:key, which nothing can take the place of."""
        with self._transactions(write=False) as unit:
            return self._damage(unit, self._key(unit, kid))

    def __call__(self, kid: str, reason: str, tell: Callable[[int], None] = lambda done: None) -> Damage:
        """Gives what there was to do when it was called. `tell(how many are done)`. Raises as `damage`, and
        `issuing.halted`: the key is withdrawn then, and badges are issued anew once that is lifted."""
        with self._transactions(write=False) as unit:
            key = self._key(unit, kid)
            before = self._damage(unit, key)
            lists = [one.id for one in unit.status_lists.all()]
        self._replace_key(key)
        with self._transactions() as unit:
            unit.key_history.withdraw(kid, self._clock.now(), reason.strip()[:500])
            for list_id in lists:
                work.publish_status_list(unit, list_id)
            work.renew_endorsed(unit, kid)
            unit.commit()
        for list_id in lists:
            self._publish(list_id)
        # Before the badges, which carry them.
        self._renew_endorsed(kid)
        self._issue_anew(kid, tell)
        return before

    def _issue_anew(self, kid: str, tell: Callable[[int], None]) -> None:
        done = 0
        left: set[tuple[str, str]] = set()
        with self._transactions(write=False) as unit:
            endorsed = unit.credentials.endorsed_with(kid)
        for award_id, binding in endorsed:
            self._one(award_id, binding)
            done += 1
            tell(done)
        while True:
            with self._transactions(write=False) as unit:
                found = unit.credentials.signed_with([kid], limit=200 + len(left))
            fresh = [one for one in found if one not in left]
            if not fresh:
                return
            for award_id, binding in fresh:
                if not self._one(award_id, binding):
                    left.add((award_id, binding))
                done += 1
                tell(done)

    def _one(self, award_id: str, binding: str) -> bool:
        """False where it is left to others: an award that is not to be issued at present."""
        try:
            if self._renew(award_id, binding) is None:
                self._issue(award_id, binding)
        except BadgeToolError as error:
            if error.code not in _LEAVES_FOR_LATER:
                raise
            return False
        return True

    @staticmethod
    def _key(unit: UnitOfWork, kid: str) -> PublishedKey:
        key = next((key for key in unit.key_history.all() if key.kid == kid), None)
        if key is None:
            raise NotFound("keys.unknown", "No badge was ever signed with a key of this id.")
        if key.purpose.startswith(IDENTITY):
            raise BadgeToolError(
                "keys.identity",
                "This key is all that an issuer is known by, and nothing can take its place.",
                status=409,
                hint="Make another issuer (`lti-badges issuer add`) and `lti-badges withdraw` what this one signed.",
            )
        return key

    @staticmethod
    def _damage(unit: UnitOfWork, key: PublishedKey) -> Damage:
        credentials, learners = unit.credentials.count_signed_with(key.kid)
        endorsed, lists = len(unit.credentials.endorsed_with(key.kid)), len(unit.status_lists.all())
        return Damage(key.kid, key.purpose, key.withdrawn_at, credentials, learners, lists, endorsed)
