"""Other names of people, and who may earn, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from lti_tool.domain.aliases import Alias, AliasKind
from lti_tool.domain.identity import Person
from lti_tool.domain.launch import Launch, MessageType, ServiceEndpoints
from lti_tool.domain.roles import MEMBERSHIP, TEST_USER
from lti_tool.lti.service_errors import ServiceError
from lti_tool.usecases.ports import Member
from lti_tool.usecases.read_course import merge_roster, save_aliases
from lti_tool.usecases.receive_launch import ReceiveLaunch
from tests.factories.house import CONTEXT, DEPLOYMENT, REGISTRATION, MemoryRoster, TestHouse, make_house

ID, LOGIN = AliasKind.LMS_USER_ID, AliasKind.LOGIN
LEARNER, INSTRUCTOR = f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Instructor"


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


def save(lab: TestHouse, subject: str, *aliases: Alias, take_over: bool = True) -> None:
    with lab.house.transactions() as unit:
        unit.people.save_aliases([(lab.people[subject], a) for a in aliases], lab.clock.now(), take_over=take_over)
        unit.commit()


def bearer(lab: TestHouse, kind: str, value: str, deployment: str = DEPLOYMENT) -> str | None:
    with lab.house.transactions(write=False) as unit:
        person: Person | None = unit.people.by_alias(REGISTRATION, deployment, kind, value)
    return person.subject if person else None


def read(lab: TestHouse, *members: Member) -> None:
    lab.platform.members = list(members)
    lab.house.handlers()["read_course"](lab.course.id)


def launch(lab: TestHouse, subject: str, *roles: str, aliases: tuple[Alias, ...] = ()) -> None:
    receive = ReceiveLaunch(lab.house.transactions, lab.clock, lambda session: session, lambda *_: None)
    message = Launch(REGISTRATION, DEPLOYMENT, MessageType.RESOURCE_LINK, subject, roles, "https://badges.example.edu/")
    ends = ServiceEndpoints(lineitems_url=lab.course.lineitems_url, memberships_url=lab.course.memberships_url)
    receive(replace(message, context_id=CONTEXT, endpoints=ends, aliases=aliases), None)


def active(lab: TestHouse) -> set[str]:
    with lab.house.transactions(write=False) as unit:
        return {person.subject for person, enrolment in unit.people.enrolled(lab.course.id) if enrolment.active}


def test_a_person_is_found_by_what_her_lms_calls_her(lab: TestHouse) -> None:
    save(lab, "ana", Alias(ID, "18"), Alias(LOGIN, "ana"))
    assert [bearer(lab, *key) for key in (("lms_user_id", "18"), ("login", "ana"))] == ["ana", "ana"]
    assert bearer(lab, "login", "18") is None
    assert bearer(lab, "lms_user_id", "18", "another deployment") is None
    with lab.house.transactions(write=False) as unit:
        assert unit.people.by_alias("another registration", DEPLOYMENT, "lms_user_id", "18") is None


def test_only_a_roster_takes_a_name_from_its_bearer(lab: TestHouse) -> None:
    save(lab, "ana", Alias(ID, "18"))
    save(lab, "ben", Alias(ID, "18"), take_over=False)
    assert bearer(lab, "lms_user_id", "18") == "ana"
    save(lab, "ben", Alias(ID, "18", is_told=False))
    assert bearer(lab, "lms_user_id", "18") == "ana"
    save(lab, "ben", Alias(ID, "18"))
    assert bearer(lab, "lms_user_id", "18") == "ben"


def test_a_roster_makes_all_members_known_without_a_launch(lab: TestHouse) -> None:
    read(
        lab,
        Member("ana", ("Learner",), aliases=(Alias(ID, "18"), Alias(LOGIN, "shared"))),
        Member("ben", ("Learner",), aliases=(Alias(ID, "19"), Alias(LOGIN, "shared"))),
        Member("cleo", ("Learner",)),
        Member("dora", ("Learner",), aliases=(Alias(ID, "20"),)),
    )
    assert [bearer(lab, "lms_user_id", number) for number in ("18", "19", "20")] == ["ana", "ben", "dora"]
    assert bearer(lab, "login", "shared") is None


def test_a_launch_tells_other_names_too(lab: TestHouse) -> None:
    launch(lab, "ana", LEARNER, aliases=(Alias(ID, "18"),))
    launch(lab, "ben", LEARNER, aliases=(Alias(ID, "18"), Alias(LOGIN, "ben")))
    assert (bearer(lab, "lms_user_id", "18"), bearer(lab, "login", "ben")) == ("ana", "ben")


def test_a_thousand_members_that_are_known_already_write_nothing(lab: TestHouse) -> None:
    members = [Member(f"m{n}", ("Learner",), aliases=(Alias(ID, str(n)),)) for n in range(1000)]
    with lab.house.transactions() as unit:
        merge_roster(unit, lab.course, members)
        save_aliases(unit, lab.course, members, lab.clock.now())
        unit.commit()
    written: list[str] = []
    with lab.house.transactions() as unit:
        event.listen(unit._connection, "before_cursor_execute", lambda *args: written.append(args[2]))
        save_aliases(unit, lab.course, members, lab.clock.now())
    assert written
    assert not [statement for statement in written if not statement.lstrip().startswith(("SELECT", "BEGIN"))]


@pytest.mark.parametrize(
    ("launched", "listed", "earns"),
    [
        ((LEARNER,), ("Learner",), 1),
        (None, (LEARNER,), 1),
        ((INSTRUCTOR,), ("Learner",), 0),  # Moodle's non-editing teacher
        ((LEARNER,), ("Instructor",), 0),
        ((LEARNER, TEST_USER), ("Learner",), 0),  # Canvas's test student
        (None, (LEARNER, TEST_USER), 0),
        ((LEARNER,), (LEARNER, TEST_USER), 0),
    ],
)
def test_who_teaches_anywhere_or_is_a_test_student_earns_nothing(
    lab: TestHouse, launched: tuple[str, ...] | None, listed: tuple[str, ...], earns: int
) -> None:
    lab.publish()
    if launched is not None:
        launch(lab, "ana", *launched)
    read(lab, Member("ana", listed))
    lab.hear(lab.score("ana", 95), lab.module("ana"))
    lab.work()
    with lab.house.transactions(write=False) as unit:
        assert len(unit.awards.of_person(lab.course.id, lab.people["ana"].id)) == earns


def test_who_is_missing_from_two_walks_has_left_and_may_come_back(lab: TestHouse) -> None:
    launch(lab, "newest", LEARNER)
    read(lab, Member("ana", ("Learner",)), Member("cleo", ("Learner",)))
    assert active(lab) == {"ana", "cleo", "newest"}
    read(lab, Member("ana", ("Learner",)), Member("ben", ("Learner",)), Member("cleo", (), status="Inactive"))
    assert active(lab) == {"ana", "ben", "newest"}


def test_who_comes_back_by_a_launch_gets_what_she_earned_meanwhile(lab: TestHouse) -> None:
    badge = lab.publish()
    read(lab, Member("ben", ("Learner",)))
    lab.hear(lab.score("ana", 95), lab.module("ana"))
    lab.work()

    def earned() -> list[str]:
        with lab.house.transactions(write=False) as unit:
            return [award.achievement_id for award in unit.awards.of_person(lab.course.id, lab.people["ana"].id)]

    assert (active(lab), earned()) == ({"ben"}, [])
    launch(lab, "ana", LEARNER)
    read(lab, Member("ana", ("Learner",)), Member("ben", ("Learner",)))
    lab.work()
    assert (active(lab), earned()) == ({"ana", "ben"}, [badge.id])


def test_a_walk_that_loses_somebody_is_walked_again(lab: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [Member(name, ("Learner",)) for name in ("ana", "ben", "cleo")]
    walks = [whole[:2], whole]
    monkeypatch.setattr(MemoryRoster, "read", lambda *_: walks.pop(0))
    lab.house.handlers()["read_course"](lab.course.id)
    assert (active(lab), walks) == ({"ana", "ben", "cleo"}, [])
    walks[:] = [whole]
    lab.house.handlers()["read_course"](lab.course.id)
    assert walks == []  # nobody missing: one walk is enough


@pytest.mark.parametrize("breaks_at", [0, 1])
def test_a_walk_that_breaks_off_removes_nobody(lab: TestHouse, monkeypatch: pytest.MonkeyPatch, breaks_at: int) -> None:
    walks = 0

    def walk(*_: object) -> list[Member]:
        nonlocal walks
        walks += 1
        if walks > breaks_at:
            raise ServiceError("nrps.unavailable", "The platform answered with an error.", status=502)
        return [Member("ana", ("Learner",))]

    monkeypatch.setattr(MemoryRoster, "read", walk)
    with pytest.raises(ServiceError):
        lab.house.handlers()["read_course"](lab.course.id)
    assert active(lab) == {"ana", "ben", "cleo"}
