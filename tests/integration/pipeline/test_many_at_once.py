"""A badge is published for a class that has done its work: decided and issued together, in few statements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.identity import Actor
from lti_tool.usecases.decide_award import LiftRevocation, RevokeAward
from lti_tool.usecases.evaluate_course import EvaluateCourse
from lti_tool.usecases.issue_credential import IssueCredential
from lti_tool.usecases.read_ledger import VerifyLedger
from lti_tool.usecases.work import Work
from tests.factories.house import TestHouse, make_house
from tests.factories.statements import statements

CLASS = [f"learner-{number:02}" for number in range(40)]
TEACHER = Actor("person", "t", "Theo")


@pytest.fixture
def lab(migrated_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(migrated_database_url, tmp_path, CLASS)
    made.hear(*(made.score(subject, 91.0) for subject in CLASS), *(made.module(subject) for subject in CLASS))
    made.work()
    made.publish()
    yield made
    made.house.engine.dispose()


def decide(lab: TestHouse) -> list[Award]:
    EvaluateCourse(lab.house.transactions, lab.clock)(lab.course.id)
    return awards(lab)


def awards(lab: TestHouse) -> list[Award]:
    with lab.house.transactions(write=False) as unit:
        return unit.awards.of_course(lab.course.id)


def documents(lab: TestHouse) -> list[str]:
    with lab.house.transactions(write=False) as unit:
        found = [unit.credentials.get(award.id) for award in unit.awards.of_course(lab.course.id)]
    return [one.document for one in found if one is not None and one.document]


def test_a_class_is_decided_and_issued_in_fewer_statements_than_it_has_learners(lab: TestHouse) -> None:
    assert len(statements(lab.house.engine, lambda: decide(lab))) < len(CLASS)
    payloads = [{"award_id": award.id} for award in awards(lab)]
    issue = lab.house.handlers_together()[Work.ISSUE_CREDENTIAL]
    assert len(statements(lab.house.engine, lambda: issue(payloads))) < 1.5 * len(CLASS)
    lab.work()
    assert {award.state for award in awards(lab)} == {AwardState.ISSUED}
    assert len(set(documents(lab))) == len(CLASS)
    assert VerifyLedger(lab.house.transactions)().faults == []
    with lab.house.transactions(write=False) as unit:
        places = {unit.status_lists.allocate("default", award.id) for award in awards(lab)}
        histories = [[step.action for step in unit.awards.history(award.id)] for award in awards(lab)]
    assert len(places) == len(CLASS)
    assert histories == [["awarded", "issued"]] * len(CLASS)


def test_what_is_earned_again_is_told_to_the_learner_also_where_the_whole_course_is_decided(lab: TestHouse) -> None:
    first, *_ = decide(lab)
    lab.work()
    RevokeAward(lab.house.transactions, lab.clock)(lab.course.id, first.id, TEACHER, "A mistake.")
    LiftRevocation(lab.house.transactions, lab.clock)(lab.course.id, first.id, TEACHER)
    decide(lab)
    lab.work()
    with lab.house.transactions(write=False) as unit:
        hers = unit.awards.of_person(lab.course.id, first.person_id)
        told = [notice.action for notice in unit.learner_notices.new(lab.course.id, first.person_id)]
    assert [award.state for award in hers if award.id != first.id] == [AwardState.ISSUED]
    assert "awarded_again" in told


def test_one_that_was_withdrawn_holds_up_nobody(lab: TestHouse) -> None:
    taken, *others = decide(lab)
    RevokeAward(lab.house.transactions, lab.clock)(lab.course.id, taken.id, TEACHER, "A mistake.")
    lab.work()
    states = {award.id: award.state for award in awards(lab)}
    assert states == {taken.id: AwardState.REVOKED} | {award.id: AwardState.ISSUED for award in others}
    assert len(documents(lab)) == len(others)
    assert lab.house.queue.depth().get("dead", 0) == 0


@pytest.mark.parametrize("together", [True, False])
def test_one_that_is_withdrawn_while_it_is_signed_stays_withdrawn(lab: TestHouse, together: bool) -> None:
    taken, other, *_ = decide(lab)

    class Slow:
        """Signs, and meanwhile a teacher withdraws one of them."""

        def __getattr__(self, name: str) -> Any:
            return getattr(lab.house.signer, name)

        def sign(self, *asked: Any) -> Any:
            if awards_by_id()[taken.id].state is AwardState.AWARDED:
                RevokeAward(lab.house.transactions, lab.clock)(lab.course.id, taken.id, TEACHER, "A mistake.")
            return lab.house.signer.sign(*asked)

    def awards_by_id() -> dict[str, Award]:
        return {award.id: award for award in awards(lab)}

    made = lab.house.issue
    issue = IssueCredential(lab.house.transactions, lab.clock, Slow(), lab.house.claims, made._draft, made._recheck)
    if together:
        issue.together([taken.id, other.id])
    else:
        issue(taken.id)
        issue(other.id)
    assert awards_by_id()[taken.id].state is AwardState.REVOKED
    assert awards_by_id()[other.id].state is AwardState.ISSUED
    with lab.house.transactions(write=False) as unit:
        list_id, index = unit.status_lists.allocate("default", taken.id)
        assert unit.status_lists.revoked_indexes(list_id) == {index}
