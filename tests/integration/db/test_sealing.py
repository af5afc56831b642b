"""Secrets of platforms in the database: sealed where a key-encryption secret is set, on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from lti_tool.bootstrap.house import House, assemble
from lti_tool.bootstrap.key_care import encrypt_everything
from lti_tool.db.sealing import Sealer
from lti_tool.db.tables import platform as t
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Registration
from lti_tool.keystore import ROTATED
from tests.factories.house import REGISTRATION, TestHouse, make_house

SECRET, NEXT = "a-secret-of-more-than-32-characters-x", "the-next-of-more-than-32-characters-y"
PLAIN = {"webhook_secret": "whsec_in-plain-text", "moodle_token": "token-in-plain-text"}


@pytest.fixture
def lab(database_url: str, tmp_path: Path) -> TestHouse:
    """A house from before there was a secret."""
    made = make_house(database_url, tmp_path)
    with made.house.transactions() as unit:
        unit.registrations.save(replace(registered(made.house), **PLAIN))
        unit.commit()
    return made


def restarted(lab: TestHouse, secret: str | None) -> House:
    settings = lab.house.settings.model_copy(update={"key_encryption_secret": None})
    values = settings.model_dump() | {"key_encryption_secret": secret}
    return assemble(type(settings)(**values), lab.clock, platform=lab.house.platform)


def registered(house: House) -> Registration:
    with house.transactions(write=False) as unit:
        found = unit.registrations.get(REGISTRATION)
    assert found is not None
    return found


def stored(house: House) -> dict[str, str]:
    columns = [t.registrations.c[name] for name in PLAIN]
    with house.engine.connect() as connection:
        return dict(connection.execute(select(*columns)).one()._mapping)


def test_what_was_plain_is_sealed_and_the_secret_changed(lab: TestHouse) -> None:
    assert stored(lab.house) == PLAIN
    house = restarted(lab, SECRET)
    assert registered(house).moodle_token == PLAIN["moodle_token"]  # read as it is, until it is sealed
    assert encrypt_everything(house) == (len(ROTATED), 1)
    for name, text in stored(house).items():
        assert text.startswith("sealed:v1:")
        assert PLAIN[name] not in text
    assert registered(house).webhook_secret == PLAIN["webhook_secret"]
    assert house.key_store.active("lti").kid == lab.house.key_store.active("lti").kid
    fresh = restarted(lab, NEXT)
    assert encrypt_everything(fresh, [SECRET.encode()]) == (len(ROTATED), 1)
    assert registered(fresh).moodle_token == PLAIN["moodle_token"]
    for secret, code in ((SECRET, "keys.secret_wrong"), (None, "keys.locked")):
        with pytest.raises(BadgeToolError) as refused:
            registered(restarted(lab, secret))
        assert refused.value.code == code
        assert "plain-text" not in str(refused.value)


def test_a_secret_that_is_saved_later_is_sealed_at_once(lab: TestHouse) -> None:
    house = restarted(lab, SECRET)
    with house.transactions() as unit:
        unit.registrations.save(replace(registered(house), moodle_token="another-token", webhook_secret=""))
        unit.commit()
    assert stored(house)["moodle_token"].startswith("sealed:v1:")
    assert stored(house)["webhook_secret"] == ""
    assert registered(restarted(lab, SECRET)).moodle_token == "another-token"


def test_a_sealed_text_of_another_place_does_not_open(lab: TestHouse) -> None:
    house = restarted(lab, SECRET)
    encrypt_everything(house)
    moved = stored(house)["webhook_secret"]
    with house.engine.begin() as connection:
        connection.execute(update(t.registrations).values(moodle_token=moved))
    with pytest.raises(BadgeToolError, match=r"keys\.secret_wrong"):
        registered(house)


def test_equal_texts_are_sealed_differently() -> None:
    sealer = Sealer(SECRET.encode())
    assert sealer.seal("text", "here") != sealer.seal("text", "here")
    assert sealer.open(sealer.seal("Tëxt", "here"), "here") == "Tëxt"
    for broken in ("sealed:v1:", "sealed:v1:00000000:AAAA", sealer.seal("text", "here")[:-8]):
        with pytest.raises(BadgeToolError):
            sealer.open(broken, "here")
