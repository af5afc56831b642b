"""From a grade to a signed badge and a gradebook column, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lti_tool.domain.achievement import AwardFrom
from lti_tool.domain.award import AwardState, Flag
from lti_tool.domain.credential import CheckName
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.identity import Actor
from lti_tool.keystore import ROTATED
from lti_tool.usecases.decide_award import ApproveLearner, KeepAward, RevokeAward
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from lti_tool.usecases.ports import CourseNews, Member
from tests.factories.house import REGISTRATION, RULE, TestHouse, draw_any, make_house

TEACHER = Actor("person", "t", "Terry Teacher")


@pytest.fixture
def lab(furnished_database_url, tmp_path):
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


def awards(lab: TestHouse, subject: str):
    with lab.house.transactions(write=False) as unit:
        return unit.awards.of_person(lab.course.id, lab.people[subject].id)


def credential(lab: TestHouse, award_id: str):
    with lab.house.transactions(write=False) as unit:
        return unit.credentials.get(award_id)


def test_a_learner_who_meets_the_rule_gets_a_badge_that_verifies_and_a_column(lab):
    badge = lab.publish()
    lab.hear(lab.score("ana", 85), lab.module("ana"), lab.score("ben", 79), lab.module("ben"))
    lab.work()
    [award] = awards(lab, "ana")
    assert (award.state, award.achievement_id) == (AwardState.ISSUED, badge.id)
    assert awards(lab, "ben") == []
    stored = credential(lab, award.id)
    for text in (stored.document, stored.jwt):
        report = lab.house.verifier.verify(text)
        assert report.valid, [check for check in report.checks if check.outcome != "passed"]
    document = json.loads(stored.document)
    assert document["id"] == f"urn:uuid:{award.id}"
    assert document["credentialSubject"]["achievement"]["criteria"]["narrative"] == (
        "Score at least 80 % in Quiz 1 and complete Module 1."
    )
    assert [piece["name"] for piece in document["evidence"]] == ["Score at least 80 % in Quiz 1", "Complete Module 1"]
    assert lab.platform.scores == {(lab.platform.made[0], "ana"): 1}


def test_repeated_and_shuffled_events_award_once(lab):
    lab.publish()
    events = [lab.score("ana", 85, "e1"), lab.module("ana", True, "e2")]
    for batch in (events, events[::-1], events):
        lab.hear(*batch)
        lab.work()
    assert len(awards(lab, "ana")) == 1
    assert len(lab.platform.posts) == 1


def test_the_same_id_with_other_content_is_refused_and_changes_nothing(lab):
    lab.hear(lab.score("ana", 85, "e1"))
    with pytest.raises(BadgeToolError, match=r"event\.id_conflict"):
        lab.hear(lab.module("ana", True, "e2"), lab.score("ana", 99, "e1"))
    lab.work()
    with lab.house.transactions(write=False) as unit:
        assert [fact.score for fact in unit.records.get(lab.course.id, lab.people["ana"].id)] == [85]


def test_an_event_about_somebody_unknown_waits_until_the_roster_names_her(lab):
    lab.publish()
    lab.hear(lab.score("dora", 90), lab.module("dora"))
    lab.platform.members.append(Member("dora", ("Learner",), name="Dora"))
    lab.work()
    with lab.house.transactions(write=False) as unit:
        dora = unit.people.find(REGISTRATION, "1", "dora")
        assert len(unit.awards.of_person(lab.course.id, dora.id)) == 1
        assert unit.inbox.parked_count(REGISTRATION) == 0


def test_a_regrade_flags_and_changes_nothing_that_a_verifier_sees(lab):
    lab.publish()
    lab.hear(lab.score("ana", 85), lab.module("ana"))
    lab.work()
    lab.clock.pass_time(minutes=5)
    lab.hear(lab.score("ana", 60))
    lab.work()
    [award] = awards(lab, "ana")
    assert (award.state, award.flag) == (AwardState.ISSUED, Flag.REGRADED)
    assert lab.house.verifier.verify(credential(lab, award.id).document).valid
    # The teacher lets it stand; the same grade asks her no second time, a later one does.
    KeepAward(lab.house.transactions, lab.clock)(lab.course.id, award.id, TEACHER)
    lab.hear(lab.module("ana", True, "again"))
    lab.work()
    assert awards(lab, "ana")[0].flag is Flag.NONE
    lab.clock.pass_time(minutes=5)
    lab.hear(lab.score("ana", 50))
    lab.work()
    assert awards(lab, "ana")[0].flag is Flag.REGRADED
    lab.clock.pass_time(minutes=5)
    lab.hear(lab.score("ana", 88))
    lab.work()
    assert awards(lab, "ana")[0].flag is Flag.NONE


def test_revoking_sets_the_bit_clears_the_column_and_says_why(lab):
    lab.publish()
    lab.hear(lab.score("ana", 85), lab.module("ana"))
    lab.work()
    [award] = awards(lab, "ana")
    revoke = RevokeAward(lab.house.transactions, lab.clock)
    with pytest.raises(BadgeToolError, match=r"award\.reason_missing"):
        revoke(lab.course.id, award.id, TEACHER, "  ")
    with pytest.raises(NotFound):
        revoke("another-course", award.id, TEACHER, "no")
    revoke(lab.course.id, award.id, TEACHER, "Copied from a neighbour")
    lab.work()
    report = lab.house.verifier.verify(credential(lab, award.id).document)
    assert not report.valid
    assert report.check(CheckName.STATUS).outcome == "failed"
    assert report.check(CheckName.SIGNATURE).outcome == "passed"
    assert list(lab.platform.scores.values()) == [None]
    with lab.house.transactions(write=False) as unit:
        history = [(entry.actor.name, entry.action, entry.reason) for entry in unit.awards.history(award.id)]
    assert ("Terry Teacher", "revoked", "Copied from a neighbour") in history
    # Revoked for cause stays revoked, whatever is graded next.
    lab.clock.pass_time(minutes=5)
    lab.hear(lab.score("ana", 100))
    lab.work()
    assert [award.state for award in awards(lab, "ana")] == [AwardState.REVOKED]


def test_only_new_work_counts_where_the_teacher_said_so(lab):
    lab.hear(lab.score("ana", 95), lab.module("ana"), lab.module("ben"))
    lab.work()
    lab.clock.pass_time(hours=1)
    lab.publish(award_from=AwardFrom.NEW_WORK)
    lab.work()
    assert awards(lab, "ana") == []
    lab.clock.pass_time(hours=1)
    lab.hear(lab.score("ben", 81))
    lab.work()
    assert len(awards(lab, "ben")) == 1


def test_an_edited_badge_is_a_new_version_and_nobody_loses_hers(lab):
    badge = lab.publish()
    lab.hear(lab.score("ana", 85), lab.module("ana"))
    lab.work()
    harder = {"type": "item_score", "item": "quiz-1", "minimum": 99}
    edit = EditAchievement(lab.house.transactions, lab.clock)
    changed = edit.change(lab.course.id, badge.id, AchievementForm("Lab safety", "Harder now.", harder))
    lab.work()
    assert changed.version == 2
    [award] = awards(lab, "ana")
    assert (award.achievement_version, award.flag) == (1, Flag.NONE)


def test_a_badge_that_builds_on_another_follows_it(lab):
    first = lab.publish()
    edit = EditAchievement(lab.house.transactions, lab.clock)
    rule = {
        "type": "all",
        "parts": [{"type": "badge_held", "achievement": first.id}, {"type": "manual_approval"}],
    }
    second = edit.create(lab.course.id, AchievementForm("Lab mentor", "Helps others.", rule, draw_any()))
    edit.publish(lab.course.id, second.id, AwardFrom.NOW)
    lab.hear(lab.score("ana", 85), lab.module("ana"))
    lab.work()
    assert {award.achievement_id for award in awards(lab, "ana")} == {first.id}
    approve = ApproveLearner(lab.house.transactions, lab.clock)
    approve(lab.course.id, second.id, lab.people["ana"].id, approved=True, approver_id="ines")
    approve(lab.course.id, second.id, lab.people["ben"].id, approved=True, approver_id="ines")
    lab.work()
    assert {award.achievement_id for award in awards(lab, "ana")} == {first.id, second.id}
    assert awards(lab, "ben") == []


def test_whoever_teaches_or_left_earns_nothing(lab):
    lab.publish()
    lab.platform.members = [Member("ana", ("Instructor",)), Member("cleo", ("Learner",))]
    lab.house.handlers()["read_course"](lab.course.id)
    lab.hear(*[event for name in ("ana", "ben", "cleo") for event in (lab.score(name, 90), lab.module(name))])
    lab.work()
    assert [len(awards(lab, name)) for name in ("ana", "ben", "cleo")] == [0, 0, 1]


def test_a_rule_about_something_the_course_does_not_have_is_refused(lab):
    edit = EditAchievement(lab.house.transactions, lab.clock)
    for rule, code in [
        ({"type": "item_completed", "item": "nope"}, "criteria.target_unknown"),
        ({"type": "item_score", "item": "essay", "minimum": 60, "unit": "points"}, "criteria.unreachable"),
        ({"type": "badge_held", "achievement": "other"}, "criteria.target_unknown"),
    ]:
        with pytest.raises(BadgeToolError) as refused:
            edit.create(lab.course.id, AchievementForm("Badge", "", rule))
        assert refused.value.code == code


@pytest.mark.parametrize("choice", [{}, {"proof": "ecdsa-rdfc-2019", "jwt_algorithm": "ES256"}])
def test_signing_again_after_a_crash_gives_the_same_bytes(lab, choice):
    with lab.house.transactions() as unit:
        issuer = unit.issuers.of_tenant(lab.house.settings.tenant)
        unit.issuers.save(replace(issuer, **choice))
        unit.commit()
    lab.publish(RULE)
    lab.hear(lab.score("ana", 85), lab.module("ana"))
    lab.work()
    [award] = awards(lab, "ana")
    first = credential(lab, award.id)
    with lab.house.transactions() as unit:
        unit.credentials.save_signed(replace(first, document=None, jwt=None))
        unit.commit()
    lab.clock.pass_time(days=3)
    for purpose in ROTATED:
        lab.house.key_store.rotate(purpose, timedelta(0))
    with lab.house.transactions() as unit:
        unit.issuers.save(issuer)  # who chose otherwise in between
        unit.commit()
    assert lab.house.issue(award.id) == first
    for form in (first.document, first.jwt):
        report = lab.house.verifier.verify(form)
        assert report.valid, report.checks


def test_only_what_a_platform_sends_by_itself_says_that_its_events_arrive(lab):
    def heard_at():
        with lab.house.transactions(write=False) as unit:
            return unit.registrations.get(lab.course.registration_id).last_event_at

    lab.platform.news.append(CourseNews([lab.score("ana", 95.0)]))
    lab.house.handlers()["read_course"](lab.course.id)
    assert heard_at() is None
    lab.hear(lab.score("ben", 95.0))
    assert heard_at() == lab.clock.now()


def test_one_contradicting_event_of_a_reading_does_not_hold_up_the_others(lab):
    lab.hear(lab.score("ana", 85, "e1"))
    lab.platform.news = [CourseNews([lab.score("ana", 99, "e1"), lab.module("ana", True, "e2")])]
    with pytest.raises(BadgeToolError, match=r"event\.id_conflict"):
        lab.house.handlers()["read_course"](lab.course.id)
    lab.work()
    with lab.house.transactions(write=False) as unit:
        known = unit.records.get(lab.course.id, lab.people["ana"].id)
        assert {(fact.target, fact.score) for fact in known} == {("quiz-1", 85), ("module-1", None)}
        assert "event.id_conflict" in unit.courses.reading(lab.course.id).read_error


def test_only_its_owner_can_read_an_sqlite_file(sqlite_databases, tmp_path):
    lab = make_house(sqlite_databases.empty(), tmp_path)
    assert Path(lab.house.engine.url.database).stat().st_mode & 0o777 == 0o600
    lab.house.engine.dispose()
