"""Times of scores rise strictly for each learner and badge, on both databases and in many threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lti_tool.delivery.gradebook.statements import Statements
from lti_tool.domain.identity import Actor
from lti_tool.usecases.decide_award import RevokeAward
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from tests.factories.house import RULE, TestHouse, make_house


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    made.publish()
    made.hear(*[event for name in ("ana", "ben") for event in (made.score(name, 85), made.module(name))])
    made.work()
    yield made
    made.house.engine.dispose()


def award_id(lab: TestHouse, subject: str) -> str:
    with lab.house.transactions(write=False) as unit:
        [award] = unit.awards.of_person(lab.course.id, lab.people[subject].id)
    return award.id


def test_many_at_once_have_times_of_their_own(lab: TestHouse) -> None:
    statements = Statements(lab.house.transactions)
    situation = statements.situation(award_id(lab, "ana"))
    times: list[datetime] = []

    def say() -> None:
        times.extend(statements.next(situation).at for _ in range(4))

    threads = [threading.Thread(target=say) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(times)) == len(times) == 16
    assert all(time.microsecond % 1000 == 0 for time in times)


def test_what_is_said_later_is_what_was_known_later(lab: TestHouse) -> None:
    statements = Statements(lab.house.transactions)
    situation = statements.situation(award_id(lab, "ana"))
    standing = statements.next(situation)
    RevokeAward(lab.house.transactions, lab.clock)(
        lab.course.id, situation.award.id, Actor("person", "t", "Terry"), "It was a mistake."
    )
    withdrawn = statements.next(situation)  # asked with what was read before the withdrawal
    assert (standing.given, withdrawn.given) == (1.0, None)
    assert withdrawn.at > standing.at
    later = lab.clock.now() + timedelta(hours=1)
    assert statements.next(situation, not_before=later).at == later


def test_learners_do_not_share_times(lab: TestHouse) -> None:
    statements = Statements(lab.house.transactions)
    ana, ben = (statements.situation(award_id(lab, name)) for name in ("ana", "ben"))
    for _ in range(3):
        last = statements.next(ana).at
    assert statements.next(ben).at < last


def test_the_column_is_renamed_with_the_badge(lab: TestHouse) -> None:
    edit = EditAchievement(lab.house.transactions, lab.clock)
    with lab.house.transactions(write=False) as unit:
        [badge] = unit.achievements.of_course(lab.course.id)
    for name in ("Lab safety", "Safe in the laboratory"):
        edit.change(lab.course.id, badge.id, AchievementForm(name, "Works safely.", RULE))
        lab.work()
    assert lab.platform.labels == {lab.platform.made[0]: "Safe in the laboratory"}
    draft = edit.create(lab.course.id, AchievementForm("Draft", "Not yet.", None))
    edit.change(lab.course.id, draft.id, AchievementForm("Other draft", "Not yet.", None))
    lab.work()
    assert len(lab.platform.labels) == 1
