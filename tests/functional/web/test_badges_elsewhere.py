"""Rules that build on badges of other courses, and on badges that learners hand in."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.demo.forms import Upload
from lti_tool.domain.award import AwardState
from lti_tool.domain.credential import BadgeFacts, HashedIdentity
from lti_tool.domain.criteria import CriteriaError
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.identity import Actor, Person, derived_id
from lti_tool.usecases.check_badges import CheckedBadge, HandedIn
from lti_tool.usecases.check_handed_in import CheckHandedIn
from lti_tool.usecases.decide_award import RevokeAward
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from lti_tool.usecases.hand_in_badge import is_hers, issued_by_its_owner, next_check
from lti_tool.usecases.ports import HandedInBadge
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.factories.house import DEPLOYMENT, REGISTRATION, draw_any
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab

OTHER = "course-2"
INES = Actor("person", "ines", "Ines")


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


def publish(site: Site, course_id: str, criteria: object, name: str = "Master") -> str:
    edit = EditAchievement(site.course.house.transactions, site.course.clock)
    form = AchievementForm(name, "Builds on another.", criteria, draw_any())
    badge = edit.create(course_id, form)
    edit.publish(course_id, badge.id, badge.award_from)
    site.course.work()
    return badge.id


def holders(site: Site, achievement_id: str) -> set[str]:
    site.course.work()
    with site.course.house.transactions(write=False) as unit:
        found = unit.awards.of_achievement(achievement_id)
    subjects = {person.id: subject for subject, person in site.course.people.items()}
    return {subjects[one.person_id] for one in found if one.state is AwardState.ISSUED}


def test_badge_of_another_course_counts_for_whoever_is_in_both(site: Site) -> None:
    lab = site.badges["lab"]
    there = derived_id("course", REGISTRATION, DEPLOYMENT, OTHER)
    for subject in ("ana", "ben"):
        site.open_session(subject=subject, context=OTHER)
    award = site.earn("ana")  # before any rule builds on it
    rule = {"type": "badge_held", "achievement": lab.id}
    master = publish(site, there, rule)
    assert holders(site, master) == {"ana"}
    site.earn("ben")  # while the rule is there
    site.earn("cleo")  # and before she is in the other course
    assert holders(site, master) == {"ana", "ben"}
    site.open_session(subject="cleo", context=OTHER)
    assert holders(site, master) == {"ana", "ben", "cleo"}
    # What is withdrawn is not held there either.
    teacher = site.open_session("instructor")
    with site.course.house.transactions(write=False) as unit:
        session = unit.launch_sessions.get(teacher.id, site.course.clock.now())
    assert session is not None
    site.course.clock.pass_time(minutes=1)
    teacher.post(f"/badges/{lab.id}/awards/{award}/withdraw", reason="Copied", person="")
    site.course.work()
    with site.course.house.transactions(write=False) as unit:
        [held] = [one for one in unit.awards.of_achievement(master) if one.person_id == site.course.people["ana"].id]
    assert held.flag == "regraded"
    # A circle is refused across courses.
    edit = EditAchievement(site.course.house.transactions, site.course.clock)
    back = AchievementForm("Lab safety", "x", {"type": "badge_held", "achievement": master})
    with pytest.raises(CriteriaError, match=r"criteria\.circular"):
        edit.change(site.course.course.id, lab.id, back)


def test_the_editor_offers_badges_of_her_other_courses_and_takes_any_address(site: Site) -> None:
    lab = site.badges["lab"]
    site.open_session("instructor")
    site.open_session(subject="ana", context=OTHER)
    site.earn("ana")
    ines = site.open_session("instructor", context=OTHER)
    editor = Tab.at(ines, "/badges/new").press("add:rule:badge_held", {"name": "Builds on it"})
    offered = [one.text for one in editor.field("rule.0.target").all("option")]
    assert offered == ["Choose…", "Lab safety (in Laboratory Safety 101)"]
    editor.press("publish", {"rule.0.target": lab.id}).press("publish:now")
    assert "Hold the badge Lab safety" in editor.text
    assert holders(site, editor.path.rpartition("/")[2]) == {"ana"}
    # Who does not teach there is not told of it, and can name it by its address all the same.
    otto = site.open_session("instructor", "otto", context=OTHER, cookie=False)
    editor = Tab.at(otto, "/badges/new").press("add:rule:badge_held", {"name": "Otto's"})
    assert [one.text for one in editor.field("rule.0.target").all("option")] == ["Choose…", "Builds on it"]
    address = {"rule.0.address": f"{site.services.base_url}/achievements/{lab.id}"}
    editor.press("publish", address).press("publish:now")
    assert holders(site, editor.path.rpartition("/")[2]) == {"ana"}
    edit = editor.follow("Edit")
    assert edit.field("rule.0.address").get("value") == ""
    # One of another platform stays as it is written, and is handed in.
    edit.press("save", {"rule.0.target": "", "rule.0.address": "https://"})
    assert (edit.status, "Give the whole address of the badge" in edit.text) == (422, True)
    foreign = {"rule.0.address": "https://badges.example.org/achievements/7"}
    edit.press("save", foreign).press("version:new_work")
    assert "Hold the badge https://badges.example.org/achievements/7" in edit.text
    assert edit.follow("Edit").field("rule.0.address").get("value") == foreign["rule.0.address"]
    site.course.work()
    ben = Tab.at(site.open_session(subject="ben", context=OTHER), "/my")
    assert ben.has("Hand in a badge from elsewhere for Otto's")


def test_badge_from_elsewhere_is_verified_and_counts(site: Site) -> None:
    award = site.earn("ana")
    address = f"{site.services.base_url}/achievements/{site.badges['lab'].id}"
    master = publish(site, site.course.course.id, {"type": "badge_held", "achievement": address})
    with site.course.house.transactions(write=False) as unit:
        credential = unit.credentials.get(award)
    assert credential is not None
    document = (credential.document or "").encode()
    page = Tab.at(site.open_session(), "/my").follow("Hand in a badge from elsewhere for Master")
    page.press("Check and hand in", {"link": ""})
    assert (page.status, "There is no badge in what you sent." in page.text) == (422, True)
    forged = document.replace(b"Works safely", b"Works wildly")
    page.press("Check and hand in", files={"badge": Upload("badge.json", forged, "application/json")})
    assert "badge.not_valid" in page.text
    assert holders(site, master) == set()
    page.press("Check and hand in", files={"badge": Upload("badge.json", document, "application/json")})
    assert "The badge is genuine and yours." in page.text
    assert holders(site, master) == {"ana"}
    # Ben hands in what is Ana's.
    ben = site.open_session(subject="ben", cookie=False)
    his = Tab.at(ben, "/my").follow("Hand in a badge from elsewhere for Master")
    his.press("Check and hand in", {"link": document.decode()})
    assert "badge.not_hers" in his.text
    assert holders(site, master) == {"ana"}


def test_badge_from_elsewhere_is_checked_again_and_what_builds_on_it_follows(site: Site) -> None:
    award = site.earn("ana")
    address = f"{site.services.base_url}/achievements/{site.badges['lab'].id}"
    master = publish(site, site.course.course.id, {"type": "badge_held", "achievement": address})
    with site.course.house.transactions(write=False) as unit:
        credential = unit.credentials.get(award)
    page = Tab.at(site.open_session(), "/my").follow("Hand in a badge from elsewhere for Master")
    document = Upload("badge.json", (credential.document or "").encode(), "application/json")
    page.press("Check and hand in", files={"badge": document})
    assert holders(site, master) == {"ana"}

    def looked_at() -> tuple[bool, bool]:
        """(whether the badge counted at the last check, whether what builds on it is to be looked at)"""
        for _ in range(4):
            site.course.clock.pass_time(days=2)
            site.course.work()
        with site.course.house.transactions(write=False) as unit:
            kept = unit.handed_in.get(site.course.course.id, site.course.people["ana"].id, address)
            [held] = unit.awards.of_achievement(master)
        return kept.holds, held.flag == "regraded"

    assert looked_at() == (True, False)
    RevokeAward(site.course.house.transactions, site.course.clock)(site.course.course.id, award, INES, "Copied.")
    site.course.work()
    assert looked_at() == (False, True)
    # It is looked at for ever: nothing of it has to be handed in again.
    assert looked_at() == (False, True)
    with site.course.house.transactions(write=False) as unit:
        ana = unit.records.get(site.course.course.id, site.course.people["ana"].id)
    assert ana.get(FactKind.BADGE_HELD, address).completed is False


def test_what_cannot_be_checked_again_changes_nothing(site: Site) -> None:
    now, whose = site.course.clock.now(), (site.course.course.id, site.course.people["ana"].id)
    kept = HandedInBadge(*whose, "https://other.example/a/1", "https://other.example/b/1", b"", now, now)
    with site.course.house.transactions() as unit:
        unit.handed_in.save(kept)
        unit.commit()

    class Away:
        def one(self, handed: HandedIn) -> CheckedBadge:
            return CheckedBadge(handed, now, error=BadgeToolError("http.timeout", "No answer."))

    CheckHandedIn(site.course.house.transactions, site.course.clock, Away())(*whose, kept.achievement)
    with site.course.house.transactions(write=False) as unit:
        assert unit.handed_in.get(*whose, kept.achievement) == kept
        assert unit.records.get(*whose).get(FactKind.BADGE_HELD, kept.achievement) is None


def test_it_is_checked_as_soon_as_its_time_is_over() -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    ends = replace(FACTS, valid_until="2026-09-03T00:00:00Z")
    assert next_check(ends, now) == datetime(2026, 9, 3, 0, 1, tzinfo=UTC)
    for later in (replace(FACTS, valid_until="2027-01-01T00:00:00Z"), FACTS, replace(ends, valid_until="2026-08-01")):
        assert next_check(later, now) == now + timedelta(days=7)


_NAMED = ("urn:1", "did:web:other.example", "Other", "", "", "https://other.example/a/1", "A")
FACTS = BadgeFacts(*_NAMED, *[""] * 5, (), "", "", "")
ANA = Person("person-1", "reg", "1", "ana", "Ana", "Ana@example.org")


def test_whose_badge_it_is_and_who_may_issue_it() -> None:
    def hashed(address: str) -> BadgeFacts:
        digest = hashlib.sha256(f"{address}salt".encode()).hexdigest()
        return replace(FACTS, identities=(HashedIdentity(f"sha256${digest}", "salt"),))

    assert is_hers(hashed("ana@example.org"), ANA)
    assert is_hers(replace(FACTS, recipient_id="mailto:ana@example.org"), ANA)
    assert not is_hers(hashed("ben@example.org"), ANA)
    assert not is_hers(hashed(""), replace(ANA, email=""))
    assert issued_by_its_owner(FACTS)
    for issuer in ("did:key:z6Mk", "did:web:evil.example", "https://other.example.evil.example", ""):
        assert not issued_by_its_owner(replace(FACTS, issuer_id=issuer))
    assert not issued_by_its_owner(replace(FACTS, achievement_id="urn:uuid:1", issuer_id="urn:uuid:1"))
    assert issued_by_its_owner(replace(FACTS, issuer_id="https://other.example/issuer"))
