"""An issuer speaks for a badge and for another issuer: signed, and carried by what is issued afterwards."""

from __future__ import annotations

import json

import pytest

from lti_tool.credentials.open_badges_3 import endorsement_problem
from lti_tool.domain.credential import CheckOutcome
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.identity import Actor
from lti_tool.domain.issuer import IssuerForm, IssuerKind
from tests.factories.house import RULE, TestHouse, make_house

DEAN = Actor("operator", "", "Dean Example")


@pytest.fixture
def lab(furnished_database_url, tmp_path):
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


def issued(lab: TestHouse, subject: str) -> dict:
    lab.hear(lab.score(subject, 85), lab.module(subject))
    lab.work()
    with lab.house.transactions(write=False) as unit:
        [award] = unit.awards.of_person(lab.course.id, lab.people[subject].id)
        return json.loads(unit.credentials.get(award.id).document)


def test_a_badge_carries_who_endorses_it_and_its_issuer_from_then_on(lab):
    house, own = lab.house, lab.house.settings.tenant
    badge = lab.publish(RULE)
    house.issuers.add("guild", IssuerKind.DID_KEY, IssuerForm("Guild of Astronomers"))
    house.issuers.add("faculty", IssuerKind.HTTPS, IssuerForm("Faculty", proof="ecdsa-rdfc-2019"))
    before = issued(lab, "ana")
    of_badge = house.endorse.badge("guild", badge.id, " We hire for this. ", DEAN)
    of_issuer = house.endorse.issuer("faculty", own, "We know them.", DEAN)
    after = issued(lab, "ben")
    assert "endorsement" not in json.dumps(before)
    achievement = after["credentialSubject"]["achievement"]
    assert [json.dumps(one) for one in achievement["endorsement"]] == [json.dumps(json.loads(of_badge.document))]
    assert endorsement_problem(achievement["endorsement"][0]) is None
    report = house.verifier.verify(json.dumps(after))
    assert report.valid, report.checks
    assert [(one.name, one.comment, one.outcome) for one in report.endorsements] == [
        ("Guild of Astronomers", "We hire for this.", CheckOutcome.PASSED),
        ("Faculty", "We know them.", CheckOutcome.PASSED),
    ]
    assert house.endorse.all() == [of_issuer, of_badge] or house.endorse.all() == [of_badge, of_issuer]
    assert of_badge.actor == DEAN
    house.endorse.withdraw(of_badge.id)
    house.endorse.withdraw(of_issuer.id)
    assert "endorsement" not in json.dumps(issued(lab, "cleo"))
    assert house.verifier.verify(json.dumps(after)).endorsements == report.endorsements


def test_who_may_endorse_what_is_checked(lab):
    house, own = lab.house, lab.house.settings.tenant
    badge = lab.publish(RULE)
    house.issuers.add("guild", IssuerKind.DID_WEB, IssuerForm("Guild"))
    for ask, code in [
        (lambda: house.endorse.issuer("guild", "guild", "Me.", DEAN), "endorsement.of_itself"),
        (lambda: house.endorse.badge("guild", badge.id, "  ", DEAN), "endorsement.comment_invalid"),
        (lambda: house.endorse.badge("guild", badge.id, "x" * 1001, DEAN), "endorsement.comment_invalid"),
        (lambda: house.endorse.badge("nobody", badge.id, "Good.", DEAN), "issuer.unknown"),
        (lambda: house.endorse.badge("guild", "nothing", "Good.", DEAN), "achievement.unknown"),
        (lambda: house.endorse.withdraw("nothing"), "endorsement.unknown"),
    ]:
        with pytest.raises((BadgeToolError, NotFound)) as refused:
            ask()
        assert refused.value.code == code
    for _ in range(2):
        house.endorse.issuer("guild", own, "We know them.", DEAN)
    with pytest.raises(BadgeToolError, match="too_many"):
        house.endorse.issuer("guild", own, "We know them.", DEAN)
