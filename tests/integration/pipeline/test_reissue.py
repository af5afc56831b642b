"""A badge is issued anew: the same badge, newer, and what was taken along before goes on verifying."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Actor
from lti_tool.usecases.keep_house import KeepHouse
from lti_tool.usecases.ports import StoredCredential
from lti_tool.usecases.renew_credential import NameOnBadge
from lti_tool.usecases.share_badge import ShareBadge
from tests.factories.house import TestHouse, make_house

ANA = Actor("person", "ana", "Ana")


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    made.publish()
    made.hear(made.score("ana", 91.0), made.module("ana"))
    made.work()
    yield made
    made.house.engine.dispose()


def award_id(lab: TestHouse) -> str:
    with lab.house.transactions(write=False) as unit:
        (award,) = unit.awards.of_person(lab.course.id, lab.people["ana"].id)
    return award.id


def served(lab: TestHouse, binding: str = "") -> StoredCredential:
    with lab.house.transactions(write=False) as unit:
        held = unit.credentials.get(award_id(lab), binding)
    assert held is not None
    return held


def said(credential: StoredCredential) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(credential.document or "")
    return found


def names(credential: StoredCredential) -> list[str]:
    return [one["identityHash"] for one in said(credential)["credentialSubject"].get("identifier", [])]


def put_name(lab: TestHouse, *, named: bool = True) -> None:
    name = NameOnBadge(lab.house.transactions, lab.clock)
    name(lab.course.id, lab.people["ana"].id, award_id(lab), ANA, named=named)
    lab.work()


def call(lab: TestHouse, name: str) -> None:
    """The platform tells another name, and house is kept."""
    with lab.house.transactions() as unit:
        unit.people.save(replace(lab.people["ana"], name=name))
        unit.commit()
    KeepHouse(lab.house.transactions, lab.clock)()
    lab.work()


def holds(lab: TestHouse, credential: StoredCredential) -> bool:
    return all(lab.house.verifier.verify(form or "").valid for form in (credential.document, credential.jwt))


def test_a_name_is_put_in_changed_and_taken_out(lab: TestHouse) -> None:
    share = ShareBadge(lab.house.transactions, lab.clock, lab.house.verifier)
    page = share.open(lab.course.id, lab.people["ana"].id, award_id(lab), show_name=False)
    call(lab, "Ana Anders")
    first = served(lab)
    assert names(first) == []  # nobody is named who did not ask for it

    lab.clock.pass_time(days=1)
    put_name(lab)
    second = served(lab)
    assert names(second) == ["Ana Anders"]
    call(lab, "Ana Berg")  # within the same second
    third = served(lab)
    assert names(third) == ["Ana Berg"]
    put_name(lab, named=False)
    last = served(lab)
    assert names(last) == []

    everything = [first, second, third, last]
    assert [said(one)["validFrom"] for one in everything] == sorted({said(one)["validFrom"] for one in everything})
    for member in ("id", "issuer", "awardedDate", "credentialStatus"):
        assert len({json.dumps(said(one)[member]) for one in everything}) == 1
    lab.clock.pass_time(minutes=1)
    assert all(holds(lab, one) for one in everything)
    with lab.house.transactions(write=False) as unit:
        assert [one.document for one in unit.credentials.past(award_id(lab))] == [
            one.document for one in (third, second, first)
        ]
        acts = [entry.action for entry in unit.awards.history(award_id(lab))]
    assert acts[-5:] == ["named", "reissued", "reissued", "unnamed", "reissued"]
    shown = share.show(page.token)
    assert (shown.credential.document, shown.report.valid) == (last.document, True)
    # Where all holds nothing more is issued.
    KeepHouse(lab.house.transactions, lab.clock)()
    lab.work()
    assert lab.house.renew(award_id(lab)) == served(lab) == last


def test_the_wallet_that_took_it_last_has_the_newest(lab: TestHouse) -> None:
    from lti_tool.bootstrap.site import _issue_bound as collect

    made = []
    for wallet in ("did:example:a", "did:example:b", "did:example:a", "did:example:a"):
        lab.clock.pass_time(hours=1)
        made.append(collect(lab.house, award_id(lab), wallet))
    times = [said(one)["validFrom"] for one in made]
    assert times[:3] == sorted(set(times))
    assert made[3] == made[2]  # who never saw the answer asks again
    assert {said(one)["id"] for one in made} == {said(served(lab))["id"]}
    assert len({said(one)["awardedDate"] for one in made}) == 1
    assert all(holds(lab, one) for one in made)


def test_who_signs_twice_stores_once(lab: TestHouse) -> None:
    """Two workers at it, or one that died after it signed: the same bytes, once."""
    before = served(lab)
    with lab.house.transactions() as unit:
        unit.credentials.consent_to_name(award_id(lab), "Ana", lab.clock.now())
        unit.commit()
    renew = lab.house.renew
    _, one, _issuer = renew._intend(award_id(lab), "", False)
    _, again, _ = renew._intend(award_id(lab), "", False)
    assert one is not None
    assert one == again
    lab.clock.pass_time(hours=1)
    renewed = renew(award_id(lab))
    assert renewed is not None
    assert renewed.created == one.created
    renew._store(replace(one, document=renewed.document, jwt=renewed.jwt))
    assert served(lab) == renewed
    with lab.house.transactions(write=False) as unit:
        assert unit.credentials.past(award_id(lab)) == [before]


def test_only_her_own_badge_and_only_a_name_that_is_told(lab: TestHouse) -> None:
    name = NameOnBadge(lab.house.transactions, lab.clock)
    with pytest.raises(BadgeToolError, match=r"award\.unknown"):
        name(lab.course.id, lab.people["ben"].id, award_id(lab), ANA, named=True)
    call(lab, "")
    with pytest.raises(BadgeToolError, match=r"person\.nameless"):
        name(lab.course.id, lab.people["ana"].id, award_id(lab), ANA, named=True)
