"""The gradebook column, against a platform that remembers what it was told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from lti_tool.delivery.errors import DeliveryError
from lti_tool.delivery.gradebook import DESTINATION, GradebookDelivery
from lti_tool.domain.errors import BadgeToolError
from tests.factories.beginnings import migrated
from tests.factories.wallet import World
from tests.services.databases import SqliteDatabases


@dataclass
class Platform:
    """Keeps, like AGS platforms do, the score with the latest timestamp. `items` are resource ids by address;
    `failures` are raised one by one."""

    world: World
    items: dict[str, str] = field(default_factory=dict)
    scores: dict[tuple[str, str], tuple[datetime, float | None]] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    failures: list[BadgeToolError] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    made: int = 0
    asked: int = 0
    too_old: int = 409
    unreadable: bool = False

    def columns(self, registration: Any, course: Any, *, resource_id: str) -> list[str]:
        self._refuse_inside_a_transaction()
        if not course.lineitems_url:
            raise BadgeToolError("gradebook.not_offered", "No columns here.", status=403)
        return [url for url, badge in self.items.items() if badge == resource_id]

    def make_column(self, registration: Any, course: Any, *, resource_id: str, label: str) -> str:
        self._refuse_inside_a_transaction()
        self.made += 1
        url = f"{course.lineitems_url}/{self.made}?type_id=1"
        self.items[url] = resource_id
        return url

    def remove_empty_column(self, registration: Any, lineitem_url: str) -> bool:
        self._refuse_inside_a_transaction()
        if any(column == lineitem_url for column, _ in self.scores):
            return False
        self.items.pop(lineitem_url, None)
        return True

    def post_score(self, registration: Any, lineitem_url: str, **score: Any) -> None:
        self._refuse_inside_a_transaction()
        self.posts.append({"column": lineitem_url} | score)
        if self.failures:
            raise self.failures.pop(0)
        if lineitem_url not in self.items:
            raise BadgeToolError("gradebook.column_gone", "The column is gone.", status=404)
        place = (lineitem_url, score["subject"])
        if place in self.scores and self.scores[place][0] >= score["at"]:
            raise BadgeToolError("gradebook.refused", "The platform has something newer already.", status=self.too_old)
        self.scores[place] = (score["at"], score["given"])

    def score_of(self, registration: Any, lineitem_url: str, subject: str) -> float | None:
        self._refuse_inside_a_transaction()
        self.asked += 1
        if self.unreadable:
            raise BadgeToolError("results.refused", "Results are not for you.", status=403)
        return self.scores.get((lineitem_url, subject), (None, None))[1]

    def rename_column(self, registration: Any, lineitem_url: str, label: str) -> None:
        self._refuse_inside_a_transaction()
        if self.failures:
            raise self.failures.pop(0)
        self.labels[lineitem_url] = label

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
    url = sqlite_databases.copy_of(migrated)
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


def test_delivering_again_says_the_same_a_little_later(world, platform, delivery) -> None:
    """A time is never sent twice (AGS 2.0, 3.4.7); a delivery that is repeated does not look like news either."""
    for _ in range(3):
        delivery.deliver(world.award_id)
        world.clock.advance(hours=1)
    assert platform.made == 1
    assert {post["given"] for post in platform.posts} == {1.0}
    first, second, third = [post["at"] for post in platform.posts]
    assert first < second < third < first + timedelta(seconds=1)


@pytest.mark.parametrize("too_old", [409, 400])
def test_a_platform_with_its_own_clock_is_told_again_where_it_has_something_else(
    world, platform, delivery, too_old: int
) -> None:
    """Moodle keeps the time at which it wrote, which is later than that of the withdrawal."""
    platform.too_old = too_old
    delivery.deliver(world.award_id)
    world.clock.advance(hours=1)
    world.revoke()
    world.clock.advance(hours=1)
    place = (platform.posts[0]["column"], "subject-1")
    platform.scores[place] = (world.clock.now() - timedelta(seconds=1), 1.0)
    delivery.deliver(world.award_id)
    assert [post["given"] for post in platform.posts] == [1.0, None, None]
    assert platform.scores[place] == (world.clock.now(), None)
    assert stored(world) == ("delivered", "The score was cleared.")


@pytest.mark.parametrize("unreadable", [False, True])
def test_a_platform_that_has_the_same_later_is_left_alone(world, platform, delivery, unreadable: bool) -> None:
    platform.unreadable = unreadable
    delivery.deliver(world.award_id)
    world.clock.advance(hours=1)
    place = (platform.posts[0]["column"], "subject-1")
    platform.scores[place] = (world.clock.now() - timedelta(minutes=1), 1.0)
    delivery.deliver(world.award_id)
    # Where it cannot be asked what it has, it is told once more.
    assert len(platform.posts) == (3 if unreadable else 2)
    assert stored(world) == ("delivered", "1 of 1")


def test_a_platform_whose_clock_is_ahead_is_tried_later(world, platform, delivery) -> None:
    delivery.deliver(world.award_id)
    place = (platform.posts[0]["column"], "subject-1")
    platform.scores[place] = (world.clock.now() + timedelta(minutes=1), 0.0)
    with pytest.raises(DeliveryError) as refused:
        delivery.deliver(world.award_id)
    assert not refused.value.permanent
    world.clock.advance(hours=1)
    delivery.deliver(world.award_id)
    assert platform.scores[place] == (world.clock.now(), 1.0)


def test_a_learner_who_left_gets_no_second_column_and_no_second_try(world, platform, delivery) -> None:
    delivery.deliver(world.award_id)
    platform.failures += [BadgeToolError("gradebook.refused", "Not here any more.", status=404)]
    with pytest.raises(DeliveryError) as refused:
        delivery.deliver(world.award_id)
    assert (refused.value.code, refused.value.permanent, platform.made) == ("gradebook.learner_gone", True, 1)
    assert stored(world)[0] == "failed"


def test_a_person_whom_moodle_does_not_grade_any_more(world, platform, delivery) -> None:
    refusal = BadgeToolError("gradebook.refused", "Incorrect score received.", status=400)
    platform.failures += [refusal, refusal]
    with pytest.raises(DeliveryError) as refused:
        delivery.deliver(world.award_id)
    assert (refused.value.code, refused.value.permanent, len(platform.posts)) == ("gradebook.learner_gone", True, 2)
    assert stored(world)[0] == "failed"


def test_a_withdrawal_of_who_left_is_done(world, platform, delivery) -> None:
    delivery.deliver(world.award_id)
    world.revoke()
    platform.scores.clear()
    platform.failures += [BadgeToolError("gradebook.refused", "Incorrect score received.", status=400)]
    delivery.deliver(world.award_id)
    assert stored(world) == ("delivered", "The score was cleared.")


def test_the_column_follows_the_name_of_the_badge(world, platform, delivery) -> None:
    delivery.rename("c1", "a1")
    assert platform.labels == {}  # no column yet
    delivery.deliver(world.award_id)
    delivery.rename("c1", "a1")
    assert platform.labels == {platform.posts[0]["column"]: "Orbits"}
    platform.failures += [BadgeToolError("gradebook.refused", "The column is gone.", status=404)]
    delivery.rename("c1", "a1")
    platform.failures += [BadgeToolError("gradebook.unavailable", "Busy.", status=503)]
    with pytest.raises(DeliveryError) as refused:
        delivery.rename("c1", "a1")
    assert not refused.value.permanent


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
    platform.items.clear()
    delivery.deliver(world.award_id)
    assert platform.made == 2
    with world.transactions(write=False) as uow:
        assert [uow.deliveries.column("a1")] == list(platform.items)


def test_a_deleted_column_is_not_made_anew_for_a_withdrawn_badge(world, platform, delivery) -> None:
    delivery.deliver(world.award_id)
    platform.items.clear()
    world.revoke()
    with pytest.raises(DeliveryError) as refused:
        delivery.deliver(world.award_id)
    assert refused.value.permanent
    assert platform.made == 1


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(401, False), (408, False), (429, False), (500, False), (503, False), (403, True), (422, True)],
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


def test_the_time_is_that_of_the_change_and_not_of_the_delivery(world, platform, delivery) -> None:
    issued_at = world.clock.now()
    world.clock.advance(days=2)
    delivery.deliver(world.award_id)
    world.clock.advance(days=1)
    world.revoke()
    world.clock.advance(days=1)
    delivery.deliver(world.award_id)
    assert [post["at"] - issued_at for post in platform.posts] == [timedelta(0), timedelta(days=3)]
