"""Pictures that nothing names any more go after a month; one that anything names never does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.domain.achievement import AwardFrom
from lti_tool.domain.issuer import IssuerForm, IssuerKind
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from lti_tool.usecases.keep_house import KeepHouse
from tests.factories.house import RULE, TestHouse, make_house


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


def form(picture: bytes) -> AchievementForm:
    return AchievementForm("Lab safety", "Works safely.", RULE, picture, "teal/shield/flask")


def kept(lab: TestHouse, *image_ids: str) -> list[bool]:
    with lab.house.transactions(write=False) as unit:
        return [unit.images.get(one) is not None for one in image_ids]


def after(lab: TestHouse, days: int) -> None:
    """House is kept the day after, and again so many days later."""
    lab.clock.pass_time(days=1)
    KeepHouse(lab.house.transactions, lab.clock)()
    lab.clock.pass_time(days=days)
    KeepHouse(lab.house.transactions, lab.clock)()


def test_the_picture_of_a_draft_goes_a_month_after_it_was_replaced(lab: TestHouse) -> None:
    edit = EditAchievement(lab.house.transactions, lab.clock)
    draft = edit.create(lab.course.id, form(b"first"))
    first = draft.image_id
    after(lab, 40)
    assert kept(lab, first) == [True]
    second = edit.change(lab.course.id, draft.id, form(b"second")).image_id
    after(lab, 29)
    assert kept(lab, first, second) == [True, True]
    after(lab, 2)
    assert kept(lab, first, second) == [False, True]


def test_what_is_named_once_more_in_time_stays(lab: TestHouse) -> None:
    edit = EditAchievement(lab.house.transactions, lab.clock)
    draft = edit.create(lab.course.id, form(b"first"))
    edit.change(lab.course.id, draft.id, form(b"second"))
    after(lab, 29)
    first = edit.change(lab.course.id, draft.id, form(b"first")).image_id
    edit.change(lab.course.id, draft.id, form(b"third"))
    after(lab, 29)
    assert kept(lab, first) == [True]
    after(lab, 2)
    assert kept(lab, first) == [False]


def test_older_versions_of_a_badge_and_former_logos_keep_theirs(lab: TestHouse) -> None:
    edit = EditAchievement(lab.house.transactions, lab.clock)
    badge = edit.publish(lab.course.id, edit.create(lab.course.id, form(b"first")).id, AwardFrom.NOW)
    lab.hear(lab.score("ana", 91.0), lab.module("ana"))
    lab.work()
    edit.change(lab.course.id, badge.id, form(b"second"))
    logo = lab.house.issuers.add("guild", IssuerKind.DID_WEB, IssuerForm("Guild"), b"logo").image_id
    lab.house.issuers.edit("guild", IssuerForm("Guild"), b"another logo")
    # A logo that was the picture of a badge before stays too.
    drafted = edit.create(lab.course.id, form(b"another logo"))
    edit.change(lab.course.id, drafted.id, form(b"third"))
    lab.house.issuers.edit("guild", IssuerForm("Guild"), without_logo=True)
    after(lab, 60)
    assert kept(lab, badge.image_id, logo, drafted.image_id) == [True, True, True]
