"""Bugs to seed into a process of the tool, each with what it takes for the oracle to notice it.

They are the mistakes that crash safety forbids: of each a tool that has it looks healthy as long as nobody dies at the
wrong moment. A bug is put in after the fork, into that process alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert

from lti_tool.bootstrap.house import House
from lti_tool.db import unit_of_work
from lti_tool.db.job_queue import SqlJobQueue
from lti_tool.db.repositories.awards import SqlAwards
from lti_tool.db.repositories.outbox import SqlOutbox
from lti_tool.db.repositories.records import SqlRecords
from lti_tool.db.repositories.status_lists import SqlStatusLists
from lti_tool.db.statements import values_of
from lti_tool.db.tables import badges, learning, work
from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.delivery.gradebook.delivery import GradebookDelivery
from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.identity import SYSTEM
from lti_tool.jobs import worker
from lti_tool.lti.gradebook import AgsGradebook
from lti_tool.usecases import apply_events
from lti_tool.usecases.apply_events import OPEN, ApplyEvents
from lti_tool.usecases.choose_issuer import issuer_of_award
from lti_tool.usecases.evaluate_learner import Decisions
from lti_tool.usecases.find_learner import learner_of
from lti_tool.usecases.ingest_events import IngestEvents, Receipt
from lti_tool.usecases.issue_credential import IssueCredential


@dataclass(frozen=True, slots=True)
class Bug:
    """`failpoint` is where a process must die for it to do harm ("" where it does by itself)."""

    seed: Callable[[House], None]
    failpoint: str = ""


BUGS: dict[str, Bug] = {}


def bug(failpoint: str = "") -> Callable[[Callable[[House], None]], Callable[[House], None]]:
    def register(seeding: Callable[[House], None]) -> Callable[[House], None]:
        BUGS[seeding.__name__] = Bug(seeding, failpoint)
        return seeding

    return register


def seed(name: str, house: House) -> None:
    # Each is a mistake in how one piece of work is done, so they are done one by one.
    worker.Worker._done_together = lambda *_: False  # type: ignore[method-assign]
    BUGS[name].seed(house)


@bug()
def no_unique_key(_: House) -> None:
    """Nobody looks whether the badge is held, and no key keeps the second award out."""

    def add(self: Any, award: Award) -> bool:
        another = values_of(award, badges.awards) | {"period": str(uuid4())}
        self._connection.execute(insert(badges.awards).values(another))
        return True

    SqlAwards.add = add  # type: ignore[method-assign]
    Award.id_for = staticmethod(lambda *_: str(uuid4()))  # type: ignore[method-assign]
    SqlAwards.of_person = lambda *_: []  # type: ignore[method-assign]


@bug("before ingest_events.commit")
def acknowledged_before_commit(_: House) -> None:
    """Events are answered at once and stored a little later."""
    ingest, waiting = IngestEvents.__call__, []

    def store_what_waits() -> None:
        while waiting:
            arguments, options = waiting.pop(0)
            ingest(*arguments, **options)

    def later(*arguments: Any, **options: Any) -> Receipt:
        store_what_waits()
        waiting.append((arguments, options))
        return Receipt(1, 0)

    IngestEvents.__call__ = later  # type: ignore[method-assign]
    _before(worker.Worker, "work_once", store_what_waits)


# What it takes is a process that was only asleep: see test_zombies.py.
@bug("zombie")
def fence_ignored(_: House) -> None:
    """Whoever had the work once may still finish it."""

    def finish(self: Any, job: Any, **changes: Any) -> bool:
        with self._engine.begin() as connection:
            statement = work.outbox.update().where(work.outbox.c.id == job.id).values(changes)
            return bool(connection.execute(statement).rowcount)

    SqlJobQueue._finish = finish  # type: ignore[method-assign]
    unit_of_work.require_held = lambda _: None


@bug("after issue_credential.signer.sign")
def signed_before_intended(_: House) -> None:
    """Intent and signature are stored together, once the badge is signed."""

    def issue(self: Any, award_id: str, holder_did: str = "") -> Any:
        with self._transactions() as unit:
            award = unit.awards.get(award_id)
            issuer = issuer_of_award(unit, award)
            credential = unit.credentials.get(award_id, holder_did) or self._intent(unit, award, issuer, holder_did)
            if credential.document is None:
                badge = self._sign(credential, issuer)
                credential = replace(credential, document=badge.json, jwt=badge.jwt)
                unit.credentials.add_intent(credential)
            unit.commit()
        self._store([(award, credential)])
        return credential

    IssueCredential.__call__ = issue  # type: ignore[method-assign]


@bug()
def awarded_to_the_wrong_person(_: House) -> None:
    """The grade goes to whoever stands last on the list."""

    def last(unit: Any, course: Any, event: Any) -> Any:
        found = learner_of(unit, course, event)
        return found if isinstance(found, str) else max(unit.people.enrolled(course.id), key=lambda one: one[0].subject)

    apply_events.learner_of = last


@bug()
def folded_by_arrival(_: House) -> None:
    """What was heard last counts, whenever it happened."""
    merge = SqlRecords._merge

    def forget_and_merge(self: Any, course_id: str, person_id: str, fact: Any) -> bool:
        facts = learning.facts
        place = {"course_id": course_id, "person_id": person_id, "kind": fact.kind.value, "target": fact.target}
        self._connection.execute(delete(facts).where(*(facts.c[name] == value for name, value in place.items())))
        return merge(self, course_id, person_id, fact)

    SqlRecords._merge = forget_and_merge  # type: ignore[method-assign]


@bug("after ingest_events.commit")
def work_added_after_commit(_: House) -> None:
    """The result is committed first, and then, in another transaction, the work that follows from it."""
    add, transactions = SqlOutbox.add, SqlTransactions.__call__

    def note(self: Any, *arguments: Any, **options: Any) -> None:
        waiting.append((arguments, options))

    @contextmanager
    def two(self: Any, **options: Any) -> Any:
        with transactions(self, **options) as unit:
            yield unit
        noted, waiting[:] = list(waiting), []
        if noted and unit.committed:
            with transactions(self) as another:
                for arguments, more in noted:
                    add(another.outbox, *arguments, **more)
                another.commit()

    waiting: list[Any] = []
    SqlOutbox.add = note  # type: ignore[method-assign]
    SqlTransactions.__call__ = two  # type: ignore[method-assign]


@bug("after queue.claim")
def work_forgotten_when_claimed(_: House) -> None:
    """At most once: claiming work deletes it."""
    claim = SqlJobQueue.claim

    def take(self: Any, *arguments: Any, **options: Any) -> Any:
        jobs = claim(self, *arguments, **options)
        with self._engine.begin() as connection:
            connection.execute(delete(work.outbox).where(work.outbox.c.id.in_([job.id for job in jobs])))
        return jobs

    SqlJobQueue.claim = take  # type: ignore[method-assign]


@bug()
def no_place_on_the_status_list(_: House) -> None:
    """A badge names a place on the list that nobody wrote down."""
    open_list = SqlStatusLists._open_list
    place = lambda self, tenant_id, *_: (open_list(self, tenant_id, "revocation", ""), 7)  # noqa: E731
    SqlStatusLists.allocate = place  # type: ignore[method-assign, assignment]


@bug("before evaluate_learner.awards.add")
def done_before_it_is_done(_: House) -> None:
    """Work is struck off the list when it is begun."""
    do = worker.Worker._do

    def strike_off_and_do(self: Any, job: Any) -> None:
        self._queue.done(job)
        do(self, job)

    worker.Worker._do = strike_off_and_do  # type: ignore[method-assign]


@bug("after queue.claim")
def lease_without_end(_: House) -> None:
    """What a dead worker held stays its own."""
    worker.LEASE = timedelta(days=365)


@bug("before issue_credential.queue.done")
def issued_again(_: House) -> None:
    """Each try issues the badge once more."""

    def issued(self: Award, now: Any) -> Award:
        return replace(self, state=AwardState.ISSUED, issued_at=now)

    def issue(self: Any, award_id: str, holder_did: str = "") -> Any:
        intent = self._intend(award_id, holder_did)
        signed = self._signed(intent)
        self._store([(intent.award, signed)])
        return signed

    Award.issued = issued  # type: ignore[method-assign]
    IssueCredential.__call__ = issue  # type: ignore[method-assign]


@bug("before issue_credential.queue.done")
def signed_anew(_: House) -> None:
    """Each try signs with the time of its own."""
    sign = IssueCredential._sign

    def issue(self: Any, award_id: str, holder_did: str = "") -> Any:
        intent = self._intend(award_id, holder_did)
        credential = replace(intent.credential, created=self._clock.now().replace(microsecond=0))
        badge = sign(self, credential, intent.issuer)
        signed = replace(credential, document=badge.json, jwt=badge.jwt)
        self._store([(intent.award, signed)])
        return signed

    IssueCredential.__call__ = issue  # type: ignore[method-assign]


@bug()
def score_of_somebody_else(_: House) -> None:
    """The gradebook gets the point for another learner."""
    post = AgsGradebook.post_score

    def misdirected(*arguments: Any, **named: Any) -> None:
        post(*arguments, **named | {"subject": "eve"})

    AgsGradebook.post_score = misdirected  # type: ignore[method-assign]


@bug("before gradebook.http.post 2")
def noted_is_sent(_: House) -> None:
    """What was about to be sent to the gradebook is taken for sent."""
    deliver = GradebookDelivery.deliver

    def deliver_once(self: Any, award_id: str) -> None:
        situation = self._statements.situation(award_id)
        with self._transactions(write=False) as unit:
            noted = unit.deliveries.posted_at(situation.achievement.id, situation.person.subject)
        if noted is None:
            deliver(self, award_id)

    GradebookDelivery.deliver = deliver_once  # type: ignore[method-assign]


@bug("before gradebook.deliveries.save_column")
def column_each_time(_: House) -> None:
    """Nobody looks whether the gradebook has the column already."""
    AgsGradebook.columns = lambda *_, **__: []  # type: ignore[method-assign]


@bug("before apply_events.records.merge")
def applied_before_it_is_folded(_: House) -> None:
    """An event is marked as applied in a transaction before that which applies it."""
    apply_all = ApplyEvents._apply_all

    def mark_and_apply(self: Any, row_ids: Any) -> None:
        with self._transactions() as unit:
            held = [unit.inbox.get(row_id) for row_id in row_ids]
            for stored in held:
                unit.inbox.mark(stored.id, "applied")
            unit.commit()
        self._get = {stored.id: stored for stored in held if stored.state in OPEN}
        apply_all(_Remembering(self), row_ids)

    ApplyEvents._apply_all = mark_and_apply  # type: ignore[method-assign]


class _Remembering:
    """ApplyEvents that goes by what it read before it marked the events."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @contextmanager
    def _transactions(self) -> Any:
        held = self._inner._get
        with self._inner._transactions() as unit:
            unit._inner.inbox.get = held.get
            yield unit


@bug()
def revoked_without_a_bit(_: House) -> None:
    """A withdrawn badge stays valid for whoever checks it."""

    def revoke(self: Any, award_id: str) -> str:
        list_id, _ = self._entry(award_id)
        return str(list_id)

    SqlStatusLists.revoke = revoke  # type: ignore[method-assign]


@bug()
def regrade_withdraws(_: House) -> None:
    """A lower grade takes the badge away, and nobody was asked."""

    def reconsider(self: Any, unit: Any, achievement: Any, award: Award, record: Any, changed: Any) -> int:
        latest = max(fact.occurred_at for fact in record)
        if any(fact.score is not None and fact.score < 80 for fact in record):
            unit.awards.save(award.revoked("regraded", latest))
            unit.awards.note(award.id, latest, SYSTEM, "revoked", "regraded")
        return 1

    assert hasattr(Decisions, "_reconsider")
    Decisions._reconsider = reconsider  # type: ignore[method-assign]


@bug("platform down")
def given_up_at_once(_: House) -> None:
    """The first failure of a platform sets the work aside for good."""
    worker.is_permanent = lambda *_: True


@bug()
def unknown_people_dropped(_: House) -> None:
    """Events about people who are not known yet are thrown away."""
    apply = ApplyEvents._apply

    def drop(self: Any, unit: Any, stored: Any) -> set[str]:
        heard = apply(self, unit, stored)
        if unit.inbox.get(stored.id).state == "parked":
            unit.inbox.mark(stored.id, "applied")
        return heard

    ApplyEvents._apply = drop  # type: ignore[method-assign]


# What it takes is a power cut: see test_power_cuts.py.
@bug("power cut")
def acknowledged_before_flush(_: House) -> None:
    """An event is committed and answered, and flushed to the disk some time later."""
    transactions = SqlTransactions.__call__

    def hasty(self: Any, *, durable: bool = True, **more: bool) -> Any:
        return transactions(self, durable=False, **more)

    SqlTransactions.__call__ = hasty  # type: ignore[method-assign]


def _before(owner: type, name: str, do: Callable[[], None]) -> None:
    method = getattr(owner, name)

    def both(*arguments: Any, **options: Any) -> Any:
        do()
        return method(*arguments, **options)

    setattr(owner, name, both)
