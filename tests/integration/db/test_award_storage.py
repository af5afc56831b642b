"""What awards keep beside themselves, on both databases: suspensions, mass awards, notices, and terms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from lti_tool.domain.award import PERIOD_ONCE, Award, AwardState, Cause
from lti_tool.domain.award_batch import AwardBatch, BatchState
from lti_tool.domain.award_terms import AwardTerms, Regrade, Renewal
from lti_tool.domain.criteria import parse
from lti_tool.domain.identity import SYSTEM, Actor
from tests.factories.house import make_house

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)


def test_all_of_it_comes_back_as_it_was_stored(migrated_database_url, tmp_path):
    course = make_house(migrated_database_url, tmp_path)
    badge, person = course.publish(), course.people["ana"].id
    rule = parse({"type": "item_completed", "item": "essay"})
    terms = AwardTerms(Regrade.SUSPEND, 3, months=12, renewal=Renewal.OTHER, renewal_rule=rule)
    award = Award("a-1", badge.id, 1, course.course.id, person, PERIOD_ONCE, NOW, {}, batch_id="b-1")
    award = replace(award, state=AwardState.REVOKED, cause=Cause.UNDONE, expires_at=NOW, counts_from=NOW, renews=True)
    batch = AwardBatch("b-1", badge.id, course.course.id, BatchState.WAITING, NOW, (person,), NOW, Actor("person", "i"))
    with course.house.transactions() as unit:
        unit.achievements.save(replace(badge, terms=terms))
        unit.achievements.note(badge, NOW, SYSTEM, "changed")
        unit.awards.add(award)
        unit.awards.note(award.id, NOW, SYSTEM, "revoked", "why")
        unit.award_batches.save(batch)
        unit.learner_notices.add(award, NOW, "revoked", "why", "Ines")
        unit.commit()
    with course.house.transactions() as unit:
        latest = unit.achievements.latest(badge.id)
        assert latest is not None
        assert latest.terms == terms
        assert unit.awards.get(award.id) == award
        assert unit.awards.standing_of_batch("b-1") == []
        assert unit.awards.count_of_batch("b-1") == 1
        assert unit.award_batches.open_of(badge.id) == [batch]
        (notice,) = unit.learner_notices.new(course.course.id, person)
        assert (notice.action, notice.reason, notice.by) == ("revoked", "why", "Ines")
        # Nobody marks another's notices.
        unit.learner_notices.seen(course.course.id, course.people["ben"].id, NOW, {notice.id})
        assert unit.learner_notices.new(course.course.id, person) == [notice]
        unit.learner_notices.seen(course.course.id, person, NOW, {notice.id})
        assert unit.learner_notices.new(course.course.id, person) == []
        unit.award_batches.save(replace(batch, state=BatchState.DECLINED))
        assert unit.award_batches.open_of(badge.id) == []
        unit.commit()
    course.house.engine.dispose()


def test_a_suspension_is_taken_back_and_a_revocation_is_not(migrated_database_url, tmp_path):
    course = make_house(migrated_database_url, tmp_path)
    with course.house.transactions() as unit:
        lists = unit.status_lists
        list_id, index = lists.allocate("default", "award-1", "suspension")
        other, _ = lists.allocate("default", "award-2")
        assert (lists.purpose(list_id), lists.purpose(other)) == ("suspension", "revocation")
        # Whatever is asked for later: it stands in the badge where it is.
        assert lists.allocate("default", "award-1", "revocation") == (list_id, index)
        assert lists.suspend("award-1", suspended=True) == list_id
        assert lists.revoked_indexes(list_id) == {index}
        assert lists.suspend("award-1", suspended=False) == list_id
        assert lists.revoked_indexes(list_id) == set()
        assert lists.suspend("award-2", suspended=True) is None
        assert lists.suspend("award-3", suspended=True) is None
        assert lists.revoke("award-1") == list_id
        assert lists.revoked_indexes(list_id) == {index}
        # What is marked already changes no list, and none has to be signed anew.
        assert lists.revoke("award-1") is None
        assert lists.revoke_many(["award-1", "award-3"]) == []
        unit.commit()
    course.house.engine.dispose()
