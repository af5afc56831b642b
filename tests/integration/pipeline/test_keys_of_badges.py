"""Keys are replaced while badges are issued, a key's file is lost, and what was signed wrongly reaches nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lti_tool.bootstrap.diagnosis import diagnose
from lti_tool.bootstrap.key_ring import OF_JWTS, OF_PROOFS
from lti_tool.credentials.linked_data import canonicalizer
from lti_tool.credentials.linked_data.canonicalizer import Canonicalizer
from lti_tool.credentials.linked_data.template import Template
from lti_tool.domain.award import AwardState
from lti_tool.domain.credential import CheckName, CheckOutcome
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.halt_issuing import HaltIssuing
from lti_tool.usecases.recheck_badge import EVERY
from tests.factories.beginnings import furnished
from tests.factories.house import TestHouse, make_house
from tests.services.databases import SqliteDatabases

ASKED = (CheckName.SIGNATURE, CheckName.ISSUER_KEY)
PURPOSES = (*OF_PROOFS.values(), *OF_JWTS.values())


@pytest.fixture
def lab(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[TestHouse]:
    url = sqlite_databases.copy_of(furnished)
    made = make_house(url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()
    sqlite_databases.drop(url)


def award_of(lab: TestHouse, subject: str) -> Any:
    with lab.house.transactions(write=False) as unit:
        (award,) = unit.awards.of_person(lab.course.id, lab.people[subject].id)
    return award


def earn(lab: TestHouse, subject: str) -> Any:
    lab.hear(lab.score(subject, 91.0), lab.module(subject))
    lab.work()
    return award_of(lab, subject)


def halt_of(lab: TestHouse) -> Any:
    return HaltIssuing(lab.house.transactions, lab.clock, "default").state()


def resume(lab: TestHouse) -> bool:
    done = HaltIssuing(lab.house.transactions, lab.clock, "default").resume()
    lab.work()
    return done


def holds(lab: TestHouse, award_id: str) -> bool:
    """Whether both forms verify in every respect."""
    credential = lab.house.issue(award_id)
    return all(lab.house.verifier.verify(form or "").valid for form in (credential.document, credential.jwt))


def test_keys_are_replaced_while_badges_are_issued(furnished_database_url: str, tmp_path: Path) -> None:
    """Two processes issue to wallets as fast as they can, and a third replaces every key again and again."""
    first = make_house(furnished_database_url, tmp_path, furnished=True)
    second = make_house(furnished_database_url, tmp_path, furnished=True)
    second.clock = first.clock
    first.publish()
    award_id = earn(first, "ana").id
    stopped, made = threading.Event(), []

    def replace_keys() -> None:
        while not stopped.is_set():
            first.clock.pass_time(microseconds=10)
            for purpose in ("credential-ed25519", "credential-es256"):
                first.house.key_store.rotate(purpose, timedelta(0))

    def issue(place: int) -> None:
        lab = (first, second)[place % 2]
        credential = lab.house.issue(award_id, f"did:example:{place}")
        report = (second, first)[place % 2].house.verifier.verify(credential.document or "")
        made.append((credential, report))

    rotating = threading.Thread(target=replace_keys)
    rotating.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(issue, range(16)))
    stopped.set()
    rotating.join()
    assert len({credential.proof_kid for credential, _ in made}) > 3
    reports = [report for _, report in made]
    # And afterwards, by the documents as they are published in the end.
    reports += [first.house.verifier.verify(credential.jwt or "") for credential, _ in made]
    reports += [second.house.verifier.verify(credential.document or "") for credential, _ in made]
    assert len(reports) == 48
    assert all(report.check(name).outcome is CheckOutcome.PASSED for report in reports for name in ASKED)
    for lab in (first, second):
        lab.house.engine.dispose()


def test_a_key_that_signed_is_published_even_where_its_file_is_lost(lab: TestHouse, tmp_path: Path) -> None:
    lab.publish()
    award = earn(lab, "ana")
    before = lab.house.key_ring.did_document(lab.house.issuers.default())
    lab.clock.pass_time(seconds=1)
    for purpose in PURPOSES:
        lab.house.key_store.rotate(purpose, timedelta(0))
    credential = lab.house.issue(award.id)
    for path in (tmp_path / "keys").glob("credential-*.pem"):
        if credential.proof_kid in path.name or credential.jwt_kid in path.name:
            path.unlink()
    after = lab.house.key_ring.did_document(lab.house.issuers.default())
    assert {method["id"] for method in before["verificationMethod"]} <= {
        one["id"] for one in after["verificationMethod"]
    }
    assert set(before["assertionMethod"]) <= set(after["assertionMethod"])
    assert holds(lab, award.id)
    assert holds(lab, earn(lab, "ben").id)


def learn_blindly(self: Canonicalizer, document: dict[str, Any], shape: str, slots: list[str]) -> str:
    """Takes a shape's template for good without comparing what comes of it."""
    template = Template(document)
    self._shapes[shape] = canonicalizer._Known(template, EVERY)
    return template.fill(slots)


def test_a_badge_of_a_new_shape_that_does_not_hold_reaches_nobody(
    lab: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.publish()
    with monkeypatch.context() as seeded:
        fill = Template.fill
        seeded.setattr(Template, "fill", lambda *given: fill(*given).replace("Lab safety", "Lab danger"))
        seeded.setattr(Canonicalizer, "_learn", learn_blindly)
        award = earn(lab, "ana")
    assert award.state is AwardState.AWARDED
    assert lab.platform.posts == []
    with lab.house.transactions(write=False) as unit:
        held = unit.credentials.get(award.id)
    assert held is not None
    assert held.document is None
    halt = halt_of(lab)
    assert halt.alarm
    assert f"urn:uuid:{award.id}: signature.invalid" in halt.reason
    (finding,) = [one for one in diagnose(lab.house) if one.key == "issuing"]
    assert not finding.ok
    assert "signature.invalid" in finding.detail
    with pytest.raises(BadgeToolError, match=r"issuing\.halted"):
        lab.house.issue(award.id)
    # An administrator mends it and lets badges be issued again: what was held back is made up for.
    assert resume(lab)
    assert holds(lab, award.id)
    assert award_of(lab, "ana").state is AwardState.ISSUED


def test_one_in_a_hundred_of_a_known_shape_is_looked_at(lab: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.publish()
    award_id = earn(lab, "ana").id
    fill = Template.fill
    monkeypatch.setattr(Template, "fill", lambda *given: fill(*given).replace("Lab safety", "Lab danger"))
    monkeypatch.setattr(Canonicalizer, "_compare", lambda *_: None)  # the fast path does not notice by itself
    lab.house.issue(award_id, "did:example:the-shape-of-wallets")
    numbers = iter(range(EVERY + 1))
    with pytest.raises(BadgeToolError, match=r"issuing\.halted"):
        issue_to(lab, award_id, numbers)
    assert next(numbers) <= EVERY
    assert halt_of(lab).alarm


def issue_to(lab: TestHouse, award_id: str, numbers: Iterator[int]) -> None:
    for number in numbers:
        lab.house.issue(award_id, f"did:example:{number}")


def test_a_difference_that_the_fast_path_finds_itself_halts_too(
    lab: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.publish()
    earn(lab, "ana")
    fill = Template.fill
    with monkeypatch.context() as seeded:
        seeded.setattr(Template, "fill", lambda *given: fill(*given).replace("Lab safety", "Lab danger"))
        seeded.setattr(Canonicalizer, "_comparison_is_due", lambda *_: True)
        award = earn(lab, "ben")
    assert award.state is AwardState.AWARDED
    assert "credential.template_mismatch" in halt_of(lab).reason
    assert resume(lab)
    assert holds(lab, award.id)
