"""Two workers and one badge whose column is not there yet: one column stands at the end, whoever froze or died."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from lti_tool.db.job_queue import SqlJobQueue
from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.db.work_time import ClockTime
from lti_tool.delivery.errors import DeliveryError
from lti_tool.delivery.gradebook import GradebookDelivery
from lti_tool.delivery.gradebook.columns import CALL_SECONDS, LEASE, LOOK_AFTER
from lti_tool.domain.errors import BadgeToolError
from lti_tool.http.deadline import current_deadline
from lti_tool.jobs.worker import Worker
from tests.factories.wallet import World


class Killed(BaseException):
    """The worker's process ended here."""


@dataclass
class Gradebook:
    """What stands at the platform. `before` and `after` are called around the making of a column, once each."""

    items: list[str] = field(default_factory=list)
    graded: set[str] = field(default_factory=set)
    scores: list[str] = field(default_factory=list)
    before: list[Callable[[], None]] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)
    made: int = 0
    patience: list[float] = field(default_factory=list)

    def columns(self, *_: Any, resource_id: str) -> list[str]:
        return list(self.items)

    def make_column(self, *_: Any, resource_id: str, label: str) -> str:
        running = current_deadline()
        assert running is not None
        self.patience.append(running.remaining())
        if self.before:
            self.before.pop()()
        self.made += 1
        self.items.append(url := f"https://lms.example/lineitems/{self.made}")
        if self.after:
            self.after.pop()()
        return url

    def remove_empty_column(self, _: Any, url: str) -> bool:
        if url in self.graded:
            return False
        self.items.remove(url)
        return True

    def post_score(self, _: Any, url: str, **__: Any) -> None:
        if url not in self.items:
            raise BadgeToolError("gradebook.refused", "Not here.", status=404)
        self.scores.append(url)


@pytest.fixture
def world(migrated_database_url: str) -> Iterator[World]:
    made = World(migrated_database_url)
    made.transactions = SqlTransactions(made.engine, made.clock, time=ClockTime(made.clock))
    yield made
    made.engine.dispose()


@pytest.fixture
def gradebook() -> Gradebook:
    return Gradebook()


@pytest.fixture
def workers(world: World, gradebook: Gradebook) -> list[GradebookDelivery]:
    """Each as in a process of its own: they share the database alone."""
    return [GradebookDelivery(gradebook, world.transactions, world.clock) for _ in range(2)]


def stored(world: World) -> str | None:
    with world.transactions(write=False) as unit:
        return unit.deliveries.column("a1")


def do_the_looks(world: World, delivery: GradebookDelivery) -> int:
    """Does what is due, and that is nothing but looks; gives how many."""
    queue = SqlJobQueue(world.engine, ClockTime(world.clock))
    worker = Worker(queue, {"look_at_column": delivery.look_at_column})
    done = worker.work_once()
    assert queue.depth() == {}
    return done


def sleep_longer_than_a_lease(world: World) -> None:
    world.clock.advance(seconds=LEASE.total_seconds() + 1)


def test_one_makes_it_while_the_other_waits(world, gradebook, workers) -> None:
    refused: list[DeliveryError] = []

    def meanwhile() -> None:
        with pytest.raises(DeliveryError) as error:
            workers[1].deliver(world.award_id)
        refused.append(error.value)

    gradebook.before.append(meanwhile)
    workers[0].deliver(world.award_id)
    assert [error.code for error in refused] == ["gradebook.column_being_made"]
    workers[1].deliver(world.award_id)
    assert gradebook.items == [stored(world)]
    assert gradebook.scores == [stored(world)] * 2


def test_many_at_once_make_one(world, gradebook, workers) -> None:
    def deliver() -> None:
        for _ in range(50):
            try:
                workers[0].deliver(world.award_id)
            except DeliveryError:
                continue
            return

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gradebook.items == [stored(world)]
    assert gradebook.scores


def test_the_request_of_one_who_was_frozen_comes_to_nothing_before_her_lease_ends(world, gradebook, workers) -> None:
    """What follows in tests/unit/http: a request under a deadline that is over does not leave."""
    workers[0].deliver(world.award_id)
    assert 0 < gradebook.patience[0] <= CALL_SECONDS < LEASE.total_seconds()


def test_frozen_between_the_last_look_and_the_request(world, gradebook, workers) -> None:
    def frozen() -> None:
        sleep_longer_than_a_lease(world)
        workers[1].deliver(world.award_id)
        assert gradebook.made == 1

    gradebook.before.append(frozen)
    workers[0].deliver(world.award_id)
    assert gradebook.made == 2
    assert gradebook.items == [stored(world)] == ["https://lms.example/lineitems/1"]
    assert set(gradebook.scores) == {stored(world)}


def test_frozen_when_it_was_made(world, gradebook, workers) -> None:
    def frozen() -> None:
        sleep_longer_than_a_lease(world)
        workers[1].deliver(world.award_id)

    gradebook.after.append(frozen)
    workers[0].deliver(world.award_id)
    assert gradebook.made == 1
    assert gradebook.items == [stored(world)]


def test_killed_with_a_request_on_its_way_that_arrives_later(world, gradebook, workers) -> None:
    def killed() -> None:
        raise Killed

    def arrives_after_the_other_made_one() -> None:
        sleep_longer_than_a_lease(world)
        workers[1].deliver(world.award_id)
        gradebook.after.append(killed)

    gradebook.before.append(arrives_after_the_other_made_one)
    with pytest.raises(Killed):
        workers[0].deliver(world.award_id)
    assert len(gradebook.items) == 2
    world.clock.advance(seconds=LOOK_AFTER.total_seconds())
    looks = do_the_looks(world, workers[1])
    assert looks == 2
    assert gradebook.items == [stored(world)] == ["https://lms.example/lineitems/1"]


def test_a_column_with_grades_in_it_is_left(world, gradebook, workers) -> None:
    workers[0].deliver(world.award_id)
    gradebook.items.append("https://lms.example/lineitems/2")
    gradebook.graded.add("https://lms.example/lineitems/2")
    workers[0].look_at_column("c1", "a1")
    assert len(gradebook.items) == 2


def test_where_the_stored_one_is_gone_nothing_is_removed(world, gradebook, workers) -> None:
    workers[0].deliver(world.award_id)
    gradebook.items[:] = ["https://lms.example/lineitems/7"]
    workers[0].look_at_column("c1", "a1")
    assert gradebook.items == ["https://lms.example/lineitems/7"]
    workers[0].deliver(world.award_id)  # the next score finds it
    assert stored(world) == "https://lms.example/lineitems/7"


@pytest.mark.parametrize(("status", "at_once"), [(429, True), (403, True), (503, False), (408, False)])
def test_who_was_refused_lets_the_next_try_at_once_and_who_heard_nothing_does_not(
    world, gradebook, workers, status: int, at_once: bool
) -> None:
    def refuse() -> None:
        raise BadgeToolError("gradebook.refused", "Not now.", status=status)

    gradebook.before.append(refuse)
    with pytest.raises(DeliveryError):
        workers[0].deliver(world.award_id)
    if at_once:
        workers[1].deliver(world.award_id)
    else:
        with pytest.raises(DeliveryError, match="being_made"):
            workers[1].deliver(world.award_id)
        world.clock.advance(seconds=LEASE.total_seconds())
        workers[1].deliver(world.award_id)
    assert gradebook.items == [stored(world)]


def test_the_look_comes_when_the_platform_is_through(world, gradebook, workers) -> None:
    workers[0].deliver(world.award_id)
    queue = SqlJobQueue(world.engine, ClockTime(world.clock))
    assert queue.waiting() == {"look_at_column": 1}
    assert queue.claim(LEASE, 1, ["look_at_column"]) == []
    assert timedelta(seconds=CALL_SECONDS) + LEASE < LOOK_AFTER
