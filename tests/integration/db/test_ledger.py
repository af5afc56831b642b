"""The ledger: one line for each course, whoever writes to it, and not a byte of it changed unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from lti_tool.db.repositories.ledger import Unsaid
from lti_tool.db.tables import badges as badge_tables
from lti_tool.domain.award import Award
from lti_tool.domain.identity import Actor
from lti_tool.domain.ledger import Deed, check_chain
from lti_tool.usecases.decide_award import RevokeAward
from lti_tool.usecases.ledger_export import details_of
from lti_tool.usecases.ledger_states import RecordEarlier
from lti_tool.usecases.read_ledger import VerifyLedger
from tests.factories.house import TestHouse, make_house

INES = Actor("person", "p-ines", "Ines")


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


def note(lab: TestHouse, *actions: str, person_id: str = "p-ana", commit: bool = True) -> None:
    with lab.house.transactions() as unit:
        for action in actions:
            unit.ledger.note(
                Deed(lab.course.id, lab.clock.now(), INES, action, "badge-1", 1, person_id, details={"reason": "Why."})
            )
        if commit:
            unit.commit()


def faults(lab: TestHouse) -> list[str]:
    return [fault.what for fault in VerifyLedger(lab.house.transactions)().faults]


def rows(lab: TestHouse, table: str = "ledger_entries") -> list[dict]:
    with lab.house.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {table}"))]


def test_the_chain_is_whole_append_only_and_written_with_what_it_tells_of(lab: TestHouse) -> None:
    note(lab, "awarded", "flagged")
    note(lab, "revoked", commit=False)
    assert [row["sequence"] for row in rows(lab)] == [1, 2]
    assert rows(lab)[0]["hash"] in rows(lab)[1]["payload"]
    assert faults(lab) == []
    for statement in (
        "UPDATE ledger_entries SET payload = '{}' WHERE sequence = 1",
        "DELETE FROM ledger_entries WHERE sequence = 2",
        "UPDATE ledger_details SET words = '{}'",
    ):
        with lab.house.engine.connect() as connection, pytest.raises(DBAPIError, match="only ever added to"):
            connection.execute(text(statement))


def test_nothing_about_a_person_is_hashed_in_the_clear_and_it_can_be_erased(lab: TestHouse) -> None:
    note(lab, "awarded")
    note(lab, "awarded", person_id="p-ben")
    assert not [row for row in rows(lab) if any(word in row["payload"] for word in ("p-ana", "p-ines", "Ines", "Why."))]
    with lab.house.transactions() as unit:
        names = unit.ledger.subjects(lab.course.id, ["p-ana"])["p-ana"]
        unit.ledger.erase(lab.course.id, names)
        unit.commit()
    assert faults(lab) == ["Its details are gone, and no entry says that they were erased."]


def test_who_changes_an_award_says_so_or_changes_nothing(lab: TestHouse) -> None:
    lab.publish({"type": "item_score", "item": "quiz-1", "minimum": 50, "unit": "percent"})
    lab.hear(lab.score("ana", 80.0))
    lab.work()
    with lab.house.transactions(write=False) as unit:
        award = unit.awards.of_course(lab.course.id)[0]
    with lab.house.transactions() as unit:
        unit.awards.save(award.revoked("Copied.", lab.clock.now()))
        with pytest.raises(Unsaid):
            unit.commit()
    RevokeAward(lab.house.transactions, lab.clock)(lab.course.id, award.id, INES, "Copied.")
    with lab.house.transactions(write=False) as unit:
        told = [entry.read() for entry in unit.ledger.of_learner(lab.course.id, award.person_id, award.achievement_id)]
    assert [(one["action"], one["state"], one["actor"]["kind"]) for one in told] == [
        ("published", "published", "system"),
        ("awarded", "awarded", "system"),
        ("issued", "issued", "system"),
        ("revoked", "revoked", "person"),
    ]
    assert faults(lab) == []


def earned(lab: TestHouse) -> Award:
    lab.publish({"type": "item_score", "item": "quiz-1", "minimum": 50, "unit": "percent"})
    lab.hear(lab.score("ana", 80.0))
    lab.work()
    with lab.house.transactions(write=False) as unit:
        [award] = unit.awards.of_course(lab.course.id)
    return award


def test_an_award_that_is_not_as_it_was_recorded_is_found(lab: TestHouse) -> None:
    award = earned(lab)
    assert faults(lab) == []

    def after(statement: str, **values: str) -> list[str]:
        with lab.house.engine.begin() as connection:
            connection.execute(text(statement), values)
        return faults(lab)

    one = f"WHERE id = '{award.id}'"
    assert after(f"UPDATE awards SET state = 'revoked' {one}") == [
        f"Award {award.id} is not as it was recorded: state 'revoked' instead of 'issued'."
    ]
    assert after(f"UPDATE awards SET state = 'issued', person_id = :ben {one}", ben=lab.people["ben"].id) == [
        f"Award {award.id} is not as it was recorded: another learner's."
    ]
    assert after(f"UPDATE awards SET person_id = :ana {one}", ana=lab.people["ana"].id) == []
    columns = ", ".join(column.name for column in badge_tables.awards.columns if column.name not in ("id", "period"))
    forged = f"INSERT INTO awards (id, period, {columns}) SELECT 'forged', '9', {columns} FROM awards {one}"
    assert after(forged) == ["Award forged was never recorded."]


def test_what_was_awarded_before_there_was_a_ledger_is_recorded_once_and_says_so(lab: TestHouse) -> None:
    award = earned(lab)
    with lab.house.engine.begin() as connection:
        drop_guards(connection)
        for table in ("ledger_details", "ledger_entries", "ledger_subjects", "ledger_heads"):
            connection.execute(text(f"DELETE FROM {table}"))
    assert faults(lab) == [f"Award {award.id} was never recorded."]
    record = RecordEarlier(lab.house.transactions, lab.clock)
    assert (record(), record()) == (2, 0)
    assert faults(lab) == []
    with lab.house.transactions(write=False) as unit:
        entries = unit.ledger.of_learner(lab.course.id, award.person_id, award.achievement_id)
    assert [entry.read()["action"] for entry in entries] == ["recorded_later", "recorded_later"]
    assert [step["action"] for step in details_of(entries[1])["history"]] == ["awarded", "issued"]


def test_many_writers_make_one_line(lab: TestHouse) -> None:
    def write(number: int) -> None:
        for turn in range(5):
            note(lab, "awarded", "issued", person_id=f"p-{number}-{turn % 2}")

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(row["sequence"] for row in rows(lab)) == list(range(1, 41))
    assert len({row["person_id"] for row in rows(lab, "ledger_subjects")}) == len(rows(lab, "ledger_subjects"))
    assert faults(lab) == []


COLUMNS = {"ledger_entries": ("subject", "achievement_id", "payload", "hash"), "ledger_details": ("salt", "words")}


def drop_guards(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for table in COLUMNS:
            connection.execute(text(f"DROP TRIGGER {table}_kept ON {table}"))
        return
    for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def test_every_single_flipped_byte_is_found(lab: TestHouse) -> None:
    note(lab, "awarded")
    note(lab, "flagged")
    note(lab, "kept")
    checked = 0
    with lab.house.transactions() as unit:
        connection = unit._connection
        drop_guards(connection)
        for table, columns in COLUMNS.items():
            for column in columns:
                query = text(f"SELECT {column} FROM {table} WHERE sequence = 2")
                value = connection.execute(query).scalar_one()
                changed = text(f"UPDATE {table} SET {column} = :value WHERE sequence = 2")
                step = 1 if connection.dialect.name == "sqlite" else 20
                for place in range(0, len(value), step):
                    other = chr(ord(value[place]) ^ 1)
                    connection.execute(changed, {"value": value[:place] + other + value[place + 1 :]})
                    assert _faults_inside(unit, lab.course.id), f"{table}.{column}, byte {place}"
                    checked += 1
                connection.execute(changed, {"value": value})
        assert not _faults_inside(unit, lab.course.id)
        connection.execute(text("DELETE FROM ledger_details WHERE sequence = 3"))
        connection.execute(text("DELETE FROM ledger_entries WHERE sequence = 3"))
        assert _faults_inside(unit, lab.course.id) == [
            "The chain does not end where it ended when it was last written."
        ]
    assert checked > (600 if lab.house.engine.dialect.name == "sqlite" else 30)


def _faults_inside(unit: object, course_id: str) -> list[str]:
    return [fault.what for fault in check_chain(course_id, unit.ledger.chain(course_id))]
