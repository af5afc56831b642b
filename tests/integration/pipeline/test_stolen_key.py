"""A key was stolen: one command withdraws it and issues everything anew, killed in the middle and run again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from lti_tool.cli.keys import keys
from lti_tool.domain.credential import CheckName, CheckOutcome
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import SYSTEM
from lti_tool.domain.issuer import ECDSA, IssuerForm, IssuerKind
from lti_tool.usecases.keep_house import KeepHouse
from lti_tool.usecases.ports import StoredCredential, StoredEndorsement
from tests.factories.house import BASE_URL, TestHouse, make_house


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    made.clock.at = datetime.now(UTC)  # the commands look at the clock themselves
    made.publish()
    for subject in made.people:
        made.hear(made.score(subject, 91.0), made.module(subject))
    made.work()
    for name, value in (
        ("BASE_URL", BASE_URL),
        ("DATABASE_URL", furnished_database_url),
        ("DATA_DIR", str(tmp_path / "data")),
        ("KEYS_DIR", str(tmp_path / "keys")),
        ("ALLOW_FAILPOINTS", "true"),
    ):
        monkeypatch.setenv(f"LTI_BADGES_{name}", value)
    yield made
    made.house.engine.dispose()


def awards(lab: TestHouse) -> list[str]:
    with lab.house.transactions(write=False) as unit:
        return sorted(award.id for award in unit.awards.of_course(lab.course.id))


def command(kid: str, *words: str, dies: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"LTI_BADGES_FAILPOINT": dies} if dies else {})
    words = ("-m", "lti_tool.cli", "keys", "compromised", *words, kid)
    return subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)


def key_is_the_issuers(lab: TestHouse, form: str | None) -> CheckOutcome:
    return lab.house.verifier.verify(form or "").check(CheckName.ISSUER_KEY).outcome


def the_key_is_told_to_be_withdrawn(lab: TestHouse, kid: str) -> None:
    issuer = lab.house.issuers.default()
    did = lab.house.key_ring.did_document(issuer)
    (gone,) = [method for method in did["verificationMethod"] if method["id"].endswith(kid)]
    assert gone["revoked"]
    assert gone["id"] not in did["assertionMethod"]
    (entry,) = [one for one in lab.house.key_ring.key_history(issuer) if one["kid"] == kid]
    assert entry["revoked"] == gone["revoked"]


def endorsed_anew(lab: TestHouse, kid: str, spoken: StoredEndorsement, badge: StoredCredential) -> None:
    (anew,) = lab.house.endorse.all()
    assert kid not in anew.document
    assert (anew.id, anew.comment, anew.made_at) == (spoken.id, spoken.comment, spoken.made_at)
    report = lab.house.verifier.verify(badge.document or "")
    assert [one.outcome for one in report.endorsements] == [CheckOutcome.PASSED]


def test_it_is_killed_half_way_and_finishes_when_it_is_run_again(lab: TestHouse) -> None:
    old = [lab.house.issue(award_id) for award_id in awards(lab)]
    lab.house.issuers.add("guild", IssuerKind.DID_WEB, IssuerForm("Guild"))
    spoken = lab.house.endorse.issuer("guild", "default", "We know them.", SYSTEM)
    wallet = lab.house.issue(awards(lab)[0], "did:example:wallet")
    kid = old[0].proof_kid
    counted = CliRunner().invoke(keys, ["compromised", kid, "--dry-run", "--json"])
    assert json.loads(counted.output) | {"purpose": "", "kid": ""} == {
        "kid": "",
        "purpose": "",
        "withdrawn_at": None,
        "credentials": 4,
        "learners": 3,
        "status_lists": 1,
        "endorsed": 1,
        "left": None,
        "dry_run": True,
    }
    assert lab.house.key_ring.today(lab.house.issuers.default()).proof_kid == kid  # counting changes nothing

    killed = command(kid, dies="after renew_credential.credentials.save_renewed 2")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert lab.house.withdraw_key.damage(kid).credentials == 3
    finished = command(kid, "--json", "--reason", "The laptop was stolen.")
    assert finished.returncode == 0, finished.stderr
    told = json.loads(finished.stdout)
    assert (told["credentials"], told["left"]) == (3, 0)

    lab.clock.at = datetime.now(UTC)
    new = [lab.house.issue(award_id) for award_id in awards(lab)]
    new.append(lab.house.issue(awards(lab)[0], "did:example:wallet"))
    for before, after in zip([*old, wallet], new, strict=True):
        assert after.proof_kid != kid
        assert after.id == before.id
        assert after.created > before.created
        assert after.unsigned["awardedDate"] == before.unsigned["awardedDate"]
        assert lab.house.verifier.verify(after.document or "").check(CheckName.STATUS).outcome is CheckOutcome.PASSED
        assert key_is_the_issuers(lab, after.document) is CheckOutcome.PASSED
        # What the thief could have made as well is believed no more.
        assert key_is_the_issuers(lab, before.document) is CheckOutcome.FAILED
    the_key_is_told_to_be_withdrawn(lab, kid)
    with lab.house.transactions(write=False) as unit:
        for person in lab.people.values():
            assert [one.action for one in unit.learner_notices.new(lab.course.id, person.id)] == ["reissued"]
        (published,) = unit.status_lists.all()
    assert kid not in (published.document or "")
    assert kid in spoken.document
    endorsed_anew(lab, kid, spoken, new[0])
    assert lab.house.withdraw_key(kid, "").credentials == 0


def test_badges_of_another_key_get_the_endorsements_that_they_carry_anew(lab: TestHouse) -> None:
    """An issuer with a key of its own, endorsed by one whose key is stolen."""
    lab.house.issuers.add("guild", IssuerKind.DID_WEB, IssuerForm("Guild"))
    lab.house.issuers.edit("default", IssuerForm("Default", proof=ECDSA))
    spoken = lab.house.endorse.issuer("guild", "default", "We know them.", SYSTEM)
    first, other, *_ = awards(lab)
    old = lab.house.issue(first, "did:example:wallet")
    intent = lab.house.issue._intend(other, "did:example:later").credential
    (kid,) = {key.kid for key in lab.house.key_ring.everything() if key.kid in spoken.document}
    assert kid not in (old.proof_kid, old.jwt_kid)
    with lab.house.transactions(write=False) as unit:
        assert set(unit.credentials.endorsed_with(kid)) == {(first, old.binding), (other, intent.binding)}

    lab.clock.pass_time(seconds=5)
    assert lab.house.withdraw_key(kid, "").endorsed == 2
    assert lab.house.withdraw_key.damage(kid).endorsed == 0
    for award_id, before in ((first, old), (other, intent)):
        new = lab.house.issue(award_id, before.binding)
        assert (new.id, new.proof_kid) == (before.id, before.proof_kid)
        assert new.created > before.created
        endorsed_anew(lab, kid, spoken, new)
    lab.work()  # what the command left for workers finds all done
    assert lab.house.issue(first, old.binding) == lab.house.renew(first, old.binding)
    with lab.house.transactions(write=False) as unit:
        assert old in unit.credentials.past(first)


def test_house_keeping_finishes_what_nobody_runs_again(lab: TestHouse) -> None:
    """For a key of JWTs, and an award whose intent was stored and not signed when its key was withdrawn."""
    first, *_ = awards(lab)
    kid = lab.house.issue(first).jwt_kid
    lab.clock.at = datetime.now(UTC)
    with lab.house.transactions(write=False) as unit:
        (key,) = [one for one in unit.key_history.all() if one.kid == kid]
    intent = lab.house.issue._intend(first, "did:example:later").credential
    lab.house.key_ring.replace(key)
    with lab.house.transactions() as unit:
        unit.key_history.withdraw(kid, lab.clock.now(), "")
        unit.commit()
    assert key_is_the_issuers(lab, lab.house.issue(first).jwt) is not CheckOutcome.PASSED
    KeepHouse(lab.house.transactions, lab.clock)()
    lab.work()
    assert lab.house.withdraw_key.damage(kid).credentials == 1
    lab.clock.pass_time(seconds=5)
    later = lab.house.issue(first, "did:example:later")
    assert later.jwt_kid != intent.jwt_kid
    assert all(lab.house.verifier.verify(form or "").valid for form in (later.jwt, lab.house.issue(first).jwt))
    assert lab.house.withdraw_key.damage(kid).credentials == 0


def test_what_is_no_key_of_badges_is_not_withdrawn(lab: TestHouse) -> None:
    own = lab.house.issuers.add("own", IssuerKind.DID_KEY, IssuerForm("Own"))
    lab.house.remember_keys()
    for kid, code in ((lab.house.key_store.active("lti").kid, "keys.unknown"), (own.id[8:], "keys.identity")):
        with pytest.raises(BadgeToolError) as caught:
            lab.house.withdraw_key(kid, "")
        assert caught.value.code == code
