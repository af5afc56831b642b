"""The gradebook column, against a platform that remembers what it was told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.delivery.errors import DeliveryError
from lti_tool.delivery.gradebook import DESTINATION, GradebookDelivery
from lti_tool.domain.errors import BadgeToolError
from tests.factories.wallet import World
from tests.services.databases import SqliteDatabases


@dataclass
class Platform:
    """Keeps, like AGS platforms do, the score with the latest timestamp. `failures` are raised one by one."""

    world: World
    columns: dict[str, str] = field(default_factory=dict)
    scores: dict[tuple[str, str], tuple[datetime, float | None]] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    failures: list[BadgeToolError] = field(default_factory=list)
    made: int = 0

    def ensure_column(self, registration: Any, course: Any, *, resource_id: str, label: str) -> str:
        self._refuse_inside_a_transaction()
        if not course.lineitems_url:
            raise BadgeToolError("gradebook.not_offered", "No columns here.", status=403)
        if resource_id not in self.columns:
            self.made += 1
            self.columns[resource_id] = f"{course.lineitems_url}/{self.made}?type_id=1"
        return self.columns[resource_id]

    def post_score(self, registration: Any, lineitem_url: str, **score: Any) -> None:
        self._refuse_inside_a_transaction()
        self.posts.append({"column": lineitem_url} | score)
        if self.failures:
            raise self.failures.pop(0)
        if lineitem_url not in self.columns.values():
            raise BadgeToolError("gradebook.column_gone", "The column is gone.", status=404)
        place = (lineitem_url, score["subject"])
        if place not in self.scores or self.scores[place][0] < score["at"]:
            self.scores[place] = (score["at"], score["given"])

    def _refuse_inside_a_transaction(self) -> None:
        # SQLite has one writer: with a write transaction open around this call, this one would not begin.
        opened = threading.Event()

        def write() -> None:
            with self.world.transactions():
                opened.set()

        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        assert opened.wait(timeout=5), "the platform was called inside a transaction"
        thread.join()


@pytest.fixture
def world(sqlite_databases: SqliteDatabases) -> Iterator[World]:
    url = sqlite_databases.migrated(lambda fresh: upgrade(make_engine(fresh)))
    made = World(url)
    yield made
    made.engine.dispose()
    sqlite_databases.drop(url)


@pytest.fixture
def platform(world: World) -> Platform:
    return Platform(world)


@pytest.fixture
def delivery(world: World, platform: Platform) -> GradebookDelivery:
    return GradebookDelivery(platform, world.transactions, world.clock)


def stored(world: World) -> tuple[str, str]:
    with world.transactions(write=False) as uow:
        (row,) = uow.deliveries.of_award(world.award_id)
    assert row.destination == DESTINATION
    return row.state, row.detail


def test_a_badge_is_one_of_one_in_a_column_of_its_own(world, platform, delivery) -> None:
    delivery.deliver(world.award_id)
    (post,) = platform.posts
    assert (post["subject"], post["given"]) == ("subject-1", 1.0)
    assert "Orbits" in post["comment"]
    assert stored(world) == ("delivered", "1 of 1")
    with world.transactions(write=False) as uow:
        assert uow.deliveries.column("a1") == post["column"]


def test_delivering_again_changes_nothing(world, platform, delivery) -> None:
    for _ in range(3):
        delivery.deliver(world.award_id)
        world.clock.advance(hours=1)
    assert platform.made == 1
    assert len({post["at"] for post in platform.posts}) == 1


def test_a_withdrawn_badge_clears_the_score(world, platform, delivery) -> None:
    delivery.deliver(world.award_id)
    world.clock.advance(hours=1)
    world.revoke()
    delivery.deliver(world.award_id)
    assert [given for _, given in platform.scores.values()] == [None]
    assert stored(world) == ("delivered", "The score was cleared.")


def test_a_slow_delivery_never_undoes_the_withdrawal(world, platform, delivery) -> None:
    """The award is read before it is withdrawn, and posted after its withdrawal was."""
    delivery.deliver(world.award_id)
    world.clock.advance(hours=1)

    class SlowPlatform(Platform):
        def post_score(self, registration: Any, lineitem_url: str, **score: Any) -> None:
            world.revoke()
            delivery.deliver(world.award_id)
            platform.post_score(registration, lineitem_url, **score)

    GradebookDelivery(SlowPlatform(world), world.transactions, world.clock).deliver(world.award_id)
    assert [given for _, given in platform.scores.values()] == [None]


def test_withdrawn_before_it_was_ever_delivered(world, platform, delivery) -> None:
    world.revoke()
    delivery.deliver(world.award_id)
    assert platform.posts == []
    assert platform.made == 0
    assert stored(world)[0] == "delivered"


def test_a_deleted_column_is_made_anew(world, platform, delivery) -> None:
    delivery.deliver(world.award_id)
    platform.columns.clear()
    delivery.deliver(world.award_id)
    assert platform.made == 2
    with world.transactions(write=False) as uow:
        assert uow.deliveries.column("a1") == platform.columns["a1"]


def test_a_deleted_column_is_not_made_anew_for_a_withdrawn_badge(world, platform, delivery) -> None:
    delivery.deliver(world.award_id)
    platform.columns.clear()
    world.revoke()
    with pytest.raises(DeliveryError) as refused:
        delivery.deliver(world.award_id)
    assert refused.value.permanent
    assert platform.made == 1


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(401, False), (408, False), (429, False), (500, False), (503, False), (400, True), (403, True), (422, True)],
)
def test_whether_a_refusal_is_worth_another_try(world, platform, delivery, status: int, permanent: bool) -> None:
    failure = BadgeToolError("gradebook.refused", "The platform refused the score.", status=status)
    failure.retry_after = 30.0  # type: ignore[attr-defined]
    platform.failures.append(failure)
    with pytest.raises(DeliveryError) as refused:
        delivery.deliver(world.award_id)
    assert (refused.value.permanent, refused.value.retry_after) == (permanent, 30.0)
    assert stored(world) == ("failed" if permanent else "waiting", failure.message)
    delivery.deliver(world.award_id)
    assert stored(world)[0] == "delivered"


def test_a_course_without_grade_services(world, platform, delivery) -> None:
    with world.transactions() as uow:
        course = uow.courses.get("c1")
        assert course is not None
        uow.courses.save(replace(course, lineitems_url=""))
        uow.commit()
    with pytest.raises(DeliveryError) as refused:
        delivery.deliver(world.award_id)
    assert (refused.value.code, refused.value.permanent) == ("gradebook.not_offered", True)
    assert stored(world)[0] == "failed"


def test_an_award_that_is_no_more(delivery) -> None:
    with pytest.raises(DeliveryError) as refused:
        delivery.deliver("nothing")
    assert (refused.value.code, refused.value.permanent) == ("award.unknown", True)


def test_many_deliveries_at_once_make_one_column(world, platform, delivery) -> None:
    threads = [threading.Thread(target=delivery.deliver, args=(world.award_id,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert platform.made == 1
    assert len(platform.posts) == 6


def test_the_time_is_that_of_the_change_and_not_of_the_delivery(world, platform, delivery) -> None:
    issued_at = world.clock.now()
    world.clock.advance(days=2)
    delivery.deliver(world.award_id)
    world.clock.advance(days=1)
    world.revoke()
    world.clock.advance(days=1)
    delivery.deliver(world.award_id)
    assert [post["at"] - issued_at for post in platform.posts] == [timedelta(0), timedelta(days=3)]
