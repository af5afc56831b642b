"""Awards that were signed are undone as one: verifiers see it first, and every piece can be done twice."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from lti_tool.credentials.status_list import decode, is_set
from lti_tool.domain.award import AwardState, Cause
from lti_tool.domain.award_batch import AwardBatch
from lti_tool.domain.credential import CheckName
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Actor
from lti_tool.domain.issuer import IssuerForm, IssuerKind, Scope
from lti_tool.jobs.worker import LEASE
from lti_tool.usecases import work
from lti_tool.usecases.mass_awards import DecideMassAward, UndoBatch
from lti_tool.usecases.ports import StatusList
from lti_tool.usecases.withdraw_badges import Which
from lti_tool.usecases.work import Work
from tests.factories.house import TestHouse, make_house


def states(lab: TestHouse) -> list[tuple[AwardState, Cause]]:
    with lab.house.transactions(write=False) as unit:
        return [(award.state, award.cause) for award in unit.awards.of_course(lab.course.id)]


def the_list(lab: TestHouse) -> tuple[StatusList, int]:
    """The signed list, and how many badges it says are withdrawn."""
    with lab.house.transactions(write=False) as unit:
        (signed,) = unit.status_lists.all()
    bits = decode(json.loads(signed.document or "")["credentialSubject"]["encodedList"])
    return signed, sum(is_set(bits, index) for index in range(signed.size))


def signed_and_undone(lab: TestHouse) -> AwardBatch:
    """Three learners have their badges, signed and on the list, when the teacher takes them back."""
    lab.hear(*(lab.score(subject, 91.0) for subject in lab.people), *(lab.module(subject) for subject in lab.people))
    lab.work()
    lab.publish()
    lab.work()
    assert states(lab) == [(AwardState.ISSUED, Cause.NONE)] * 3
    with lab.house.transactions(write=False) as unit:
        (batch,) = unit.award_batches.of_course(lab.course.id)
    decide = DecideMassAward(lab.house.transactions, lab.clock)
    return decide.undo(lab.course.id, batch.id, Actor("person", "ines", "Ines"), "Too easy.")


def test_verifiers_see_it_before_each_award_is_withdrawn(
    furnished_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = make_house(furnished_database_url, tmp_path, furnished=True)
    batch = signed_and_undone(lab)
    before, marked = the_list(lab)
    assert marked == 0
    undo = UndoBatch(lab.house.transactions, lab.clock)
    monkeypatch.setattr(work, "AWARDS_A_JOB", 2)
    undo(batch.id)
    lab.house.publish_status_list(before.id)
    signed, marked = the_list(lab)
    assert (marked, signed.revision) == (3, before.revision + 1)
    assert states(lab) == [(AwardState.ISSUED, Cause.NONE)] * 3

    # A piece that is done again, as after a crash, changes nothing more; nor does the list change with each award.
    undo(batch.id)
    lab.work()
    # Other work is done in between.
    assert states(lab).count((AwardState.REVOKED, Cause.UNDONE)) == 2
    lab.clock.pass_time(seconds=1)
    lab.work()
    assert states(lab) == [(AwardState.REVOKED, Cause.UNDONE)] * 3
    assert the_list(lab) == (signed, 3)
    with lab.house.transactions(write=False) as unit:
        assert unit.awards.standing_of_batch(batch.id) == []
        for person in lab.people.values():
            (notice,) = unit.learner_notices.new(lab.course.id, person.id)
            assert (notice.action, notice.reason, notice.by) == ("revoked", "Too easy.", "Ines")
    lab.house.engine.dispose()


def test_it_goes_before_what_waits_to_be_signed(furnished_database_url: str, tmp_path: Path) -> None:
    lab = make_house(furnished_database_url, tmp_path, furnished=True)
    signing = Work.ISSUE_CREDENTIAL
    with lab.house.transactions() as unit:
        unit.outbox.add(signing, {"award_id": "of another badge"}, due_at=lab.clock.at + timedelta(minutes=1))
        unit.commit()
    batch = signed_and_undone(lab)
    lab.clock.pass_time(minutes=2)
    kinds = [signing, Work.UNDO_BATCH, Work.PUBLISH_STATUS_LIST]
    assert [job.kind for job in lab.house.queue.claim(LEASE, 1, kinds)] == [Work.UNDO_BATCH]
    UndoBatch(lab.house.transactions, lab.clock)(batch.id)
    assert [job.kind for job in lab.house.queue.claim(LEASE, 1, kinds)] == [Work.PUBLISH_STATUS_LIST]
    lab.house.engine.dispose()


def test_all_badges_of_an_issuer_or_of_a_kind_are_withdrawn_by_one_command(
    furnished_database_url: str, tmp_path: Path
) -> None:
    lab = make_house(furnished_database_url, tmp_path, furnished=True)
    lab.house.issuers.add("guild", IssuerKind.DID_KEY, IssuerForm("Guild"))
    badge = lab.publish()
    for subject, issuer in (("ana", "guild"), ("ben", "guild"), ("cleo", "default")):
        lab.house.issuers.choose(Scope.BADGE, badge.id, issuer)
        lab.hear(lab.score(subject, 91.0), lab.module(subject))
        lab.work()
    operator, withdraw = Actor("operator", "", "Dean"), lab.house.withdraw_badges
    guilds, all_of_it = Which(issuer_slug="guild"), Which(achievement_id=badge.id)
    assert (withdraw.count(guilds), withdraw.count(all_of_it)) == (2, 3)
    for which, reason, code in (
        (guilds, " ", "award.reason_missing"),
        (Which(issuer_slug="nobody"), "Stolen.", "issuer.unknown"),
        (Which(achievement_id="nothing"), "Stolen.", "achievement.unknown"),
    ):
        with pytest.raises(BadgeToolError) as refused:
            withdraw(which, operator, reason)
        assert refused.value.code == code

    documents = {name: signed(lab, name) for name in lab.people}
    assert withdraw(guilds, operator, "The key was stolen.") == 2
    # At once, and before any award is changed.
    assert [status(lab, documents[name]) for name in ("ana", "ben", "cleo")] == ["revoked", "revoked", "good"]
    assert states(lab) == [(AwardState.ISSUED, Cause.NONE)] * 3
    lab.work()
    assert withdraw.count(guilds) == 0
    assert sorted(states(lab)) == [(AwardState.ISSUED, Cause.NONE)] + [(AwardState.REVOKED, Cause.PERSON)] * 2
    with lab.house.transactions(write=False) as unit:
        (notice,) = unit.learner_notices.new(lab.course.id, lab.people["ana"].id)
    assert (notice.action, notice.reason) == ("revoked", "The key was stolen.")
    assert withdraw(all_of_it, operator, "A mistake.") == 1
    assert status(lab, documents["cleo"]) == "revoked"
    lab.house.engine.dispose()


def signed(lab: TestHouse, subject: str) -> str:
    with lab.house.transactions(write=False) as unit:
        (award,) = unit.awards.of_person(lab.course.id, lab.people[subject].id)
        held = unit.credentials.get(award.id)
    assert held is not None
    return held.document or ""


def status(lab: TestHouse, document: str) -> str:
    return lab.house.verifier.verify(document).check(CheckName.STATUS).code.removeprefix("status.")
