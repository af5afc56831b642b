"""Which decisions are weighed: after an event those that it can change, after publishing all, with the same result."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from lti_tool.domain.award import Flag
from lti_tool.domain.evaluation import Outcome, evaluate
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.usecases.evaluate_course import EvaluateCourse
from lti_tool.usecases.evaluate_learner import EvaluateLearner
from tests.factories.house import TestHouse, make_house

LEARNERS = [f"learner-{number}" for number in range(12)]


@pytest.fixture
def lab(migrated_database_url, tmp_path) -> TestHouse:
    made = make_house(migrated_database_url, tmp_path, LEARNERS)
    yield made
    made.house.engine.dispose()


def item(name: str, minimum: float = 50) -> dict[str, object]:
    return {"type": "item_score", "item": name, "minimum": minimum}


def state(lab: TestHouse, *facts: tuple[str, str, float]) -> None:
    """(learner, item, score) statements, folded as the worker folds them, and not decided upon yet."""
    with lab.house.transactions() as unit:
        for number, (learner, target, score) in enumerate(facts):
            at = lab.clock.pass_time(seconds=1)
            event = LearningEvent(
                f"{at}-{number}", "webhook", "c", learner, FactKind.ITEM_SCORE, target, at, score, 100.0
            )
            unit.records.merge(lab.course.id, lab.people[learner].id, [Fact.of(event, at)])
        unit.commit()


def decide(lab: TestHouse, learner: str = LEARNERS[0]) -> int:
    return EvaluateLearner(lab.house.transactions, lab.clock)(lab.course.id, lab.people[learner].id)


def test_an_event_weighs_only_the_badges_that_ask_for_it(lab):
    for name in ("quiz-1", "quiz-1", "essay"):
        lab.publish({"type": "any", "parts": [item(name), {"type": "manual_approval"}]})
    lab.publish({"type": "item_completed", "item": "quiz-1"})
    lab.work()
    learner = LEARNERS[0]
    state(lab, (learner, "quiz-1", 40))
    assert decide(lab) == 2
    assert decide(lab) == 0  # it has been weighed
    state(lab, (learner, "essay", 40), (learner, "nothing-asks-for-this", 90))
    assert decide(lab) == 1
    state(lab, (learner, "quiz-1", 90), (learner, "essay", 90))
    assert decide(lab) == 3
    # Each of the three is held now, and weighed again by the same rule.
    state(lab, (learner, "quiz-1", 10))
    assert decide(lab) == 2
    with lab.house.transactions(write=False) as unit:
        flags = [award.flag for award in unit.awards.of_person(lab.course.id, lab.people[learner].id)]
    assert sorted(flags) == [Flag.NONE, Flag.REGRADED, Flag.REGRADED]


def test_a_change_of_the_learner_herself_weighs_everything(lab):
    lab.publish(item("quiz-1"))
    lab.publish(item("essay"))
    lab.work()
    weighed = EvaluateLearner(lab.house.transactions, lab.clock)(
        lab.course.id, lab.people[LEARNERS[0]].id, everything=True
    )
    assert weighed == 2


def test_the_whole_course_is_decided_as_its_learners_one_by_one(lab):
    chance = random.Random(5)
    window = {"from": (lab.clock.now() + timedelta(seconds=20)).isoformat()}
    rules = [
        item("quiz-1", 60),
        {"type": "all", "parts": [item("quiz-1", 30), {"type": "not", "parts": [item("essay", 70)]}]},
        {"type": "not", "parts": [{"type": "badge_held", "achievement": "https://example.org/a"}]},
        {"type": "at_least", "count": 2, "parts": [item("quiz-1"), item("essay"), {"type": "manual_approval"}]},
        item("essay", 20) | {"window": window},
    ]
    badges = [lab.publish(rule) for rule in rules]
    everybody = EvaluateCourse(lab.house.transactions, lab.clock)
    for _ in range(3):
        state(
            lab,
            *(
                (learner, target, chance.choice([10, 40, 65, 90]))
                for learner in LEARNERS[:-1]
                for target in ("quiz-1", "essay")
                if chance.random() < 0.7
            ),
        )
        before = held(lab)
        found = everybody(lab.course.id)
        assert found.weighed >= len(LEARNERS)
        check(lab, badges, before)
    # Nothing new: nobody is looked at with care, and nothing is written.
    assert everybody(lab.course.id).learners == 0


def held(lab: TestHouse) -> dict[tuple[str, str], str]:
    with lab.house.transactions(write=False) as unit:
        return {(award.person_id, award.achievement_id): award.flag for award in unit.awards.of_course(lab.course.id)}


def check(lab: TestHouse, badges, before) -> None:
    after = held(lab)
    with lab.house.transactions(write=False) as unit:
        for person in lab.people.values():
            record = unit.records.get(lab.course.id, person.id)
            for badge in badges:
                outcome = evaluate(badge.criteria, record, badge.id).outcome
                key = (person.id, badge.id)
                flag = before.get(key)
                if outcome is Outcome.MET:
                    assert after[key] == Flag.NONE
                elif flag is None:
                    assert key not in after
                else:
                    assert after[key] == (Flag.REGRADED if outcome is Outcome.NOT_MET else flag)
