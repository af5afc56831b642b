"""Skills of what was met reach the credential; the dry run says who never can and what a change gains and loses."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from lti_tool.domain.learner_record import Fact
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.usecases.dry_run import DryRun
from tests.factories.house import TestHouse, make_house

CASE = {"name": "Safety", "uri": "https://example.org/case/1", "kind": "case", "framework": "State", "code": "S.1"}
FREE = {"name": "Writing", "uri": "urn:example:writing"}


def house(url, folder, learners=("ana", "ben", "cleo")) -> TestHouse:
    return make_house(url, folder, learners)


def item(name: str, minimum: float = 50, **more: object) -> dict[str, object]:
    return {"type": "item_score", "item": name, "minimum": minimum, **more}


def test_the_skills_of_what_was_met_are_the_alignments_of_the_credential(migrated_database_url, tmp_path):
    lab = house(migrated_database_url, tmp_path)
    rule = {
        "type": "any",
        "parts": [item("quiz-1", skill=CASE), item("essay", skill=FREE), {"type": "not", "parts": [item("essay", 90)]}],
    }
    badge = lab.publish(rule)
    lab.hear(lab.score("ana", 91))
    lab.work()
    with lab.house.transactions(write=False) as unit:
        (award,) = [one for one in unit.awards.of_achievement(badge.id) if one.person_id == lab.people["ana"].id]
        credential = unit.credentials.get(award.id)
    assert credential is not None
    assert credential.document is not None
    achievement = credential.unsigned["credentialSubject"]["achievement"]
    assert achievement["alignment"] == [
        {
            "type": ["Alignment"],
            "targetName": "Safety",
            "targetUrl": "https://example.org/case/1",
            "targetType": "CFItem",
            "targetCode": "S.1",
            "targetFramework": "State",
        }
    ]
    assert achievement["criteria"]["narrative"].startswith(
        "Score at least 50 % in Quiz 1, score at least 50 % in Essay"
    )
    lab.house.engine.dispose()


def test_who_never_can_and_what_a_change_gains_and_loses(migrated_database_url, tmp_path):
    lab = house(migrated_database_url, tmp_path)
    badge = lab.publish(item("quiz-1", 80))
    for learner, score in (("ana", 90.0), ("ben", 70.0)):
        lab.hear(lab.score(learner, score))
    lab.work()
    over = (lab.clock.now() - timedelta(days=1)).isoformat()
    changed = {"type": "all", "parts": [item("quiz-1", 60), {"type": "not", "parts": [item("quiz-1", 85)]}]}
    found = DryRun(lab.house.transactions, lab.clock)(lab.course.id, changed, badge.id)
    assert [one.person.subject for one in found.gain] == ["ben"]
    assert [one.person.subject for one in found.lose] == ["ana"]
    (never,) = found.never
    assert never.person.subject == "ana"
    assert [part.criteria.joiner for part in never.blockers] == ["not"]
    late = DryRun(lab.house.transactions, lab.clock)(lab.course.id, item("quiz-1", 60, window={"until": over}))
    assert sorted(one.person.subject for one in late.never) == ["ana", "ben"]
    assert [one.person.subject for one in late.one_step] == ["cleo"]  # what was done in time may still be heard of
    # Without a published rule there is nothing to compare with, and nothing is written either way.
    assert (late.gain, late.lose) == ([], [])
    with lab.house.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM achievement_versions")).scalar_one() == 1
    lab.house.engine.dispose()


@pytest.mark.slow
def test_a_thousand_learners_are_tried_in_under_a_second(tmp_path):
    learners = [f"learner-{number:04}" for number in range(1000)]
    lab = house(f"sqlite:///{tmp_path / 'db.sqlite3'}", tmp_path, learners)
    with lab.house.transactions() as unit:
        at = lab.clock.now()
        for number, learner in enumerate(learners):
            about = (FactKind.ITEM_SCORE, "quiz-1", at, float(number % 101), 100.0)
            fact = Fact.of(LearningEvent("e", "webhook", "c", learner, *about), at)
            unit.records.merge(lab.course.id, lab.people[learner].id, [fact])
        unit.commit()
    steps = [item("quiz-1", minimum) for minimum in range(10, 101, 10)]
    rule = {"type": "at_least", "count": 5, "parts": steps}
    dry_run = DryRun(lab.house.transactions, lab.clock)
    dry_run(lab.course.id, rule)
    begun = time.process_time()
    found = dry_run(lab.course.id, rule)
    spent = time.process_time() - begun
    assert len(found.forecasts) == 1000
    assert found.earn_now
    assert found.one_step
    # Of the processor's time: how many others share it is not the dry run's doing.
    assert spent < 1.0
    lab.house.engine.dispose()
