"""AZ01 to AZ14: who may do what, where. Every route of the whole tool is asked; none is listed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool.domain.duty import Duty
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import SYSTEM
from lti_tool.domain.platform import RegistrationState
from lti_tool.domain.roles import CourseRole
from lti_tool.lti import claims as c
from lti_tool.usecases.decide_award import ApproveLearner
from lti_tool.usecases.entrust import Entrust
from lti_tool.usecases.ports import Member
from lti_tool.usecases.read_course import merge_roster
from lti_tool.web.security.access import ALLOWED, ASKED, OPENED, Permission, may
from tests.factories.house import CONTEXT, DEPLOYMENT, REGISTRATION
from tests.factories.whole_site import (
    ASSISTANT,
    DEEP_LINKING,
    INSTRUCTOR,
    LEARNER,
    MEMBERSHIP,
    TEST_USER,
    Launched,
    WholeSite,
)

row = pytest.mark.row
INSTITUTION_INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"
IN_COURSE = "/s/<session_id>/"
APPROVAL = {"type": "manual_approval"}
# Routes that change something and take no proof from a page: each is proved by another thing, and none by a cookie.
PROVED_OTHERWISE = {
    "lti.login": "begins a login; nothing is trusted of it",
    "lti.launch": "the platform's signature and the state",
    "hooks.receive": "the platform's signature over the body",
    "notices.receive": "the platform's signature over each notice",
    "canvas_live_events.receive": "Canvas's signature, for the account of the platform's launches",
    "canvas_live_events.receive_unsigned": "the secret of its address, where an administrator chose that",
    "xapi.post": "the sender's credential",
    "caliper.receive": "the sender's credential",
    "wallet.credential": "the wallet's access token and key",
    "wallet.nonce": "gives a random number to anybody",
    "wallet.notification": "the wallet's access token",
    "wallet.token": "the offer's single-use code",
    "verify.answer": "checks what anybody hands in; changes nothing",
    "api_v1.verify": "checks what anybody hands in; changes nothing",
    "vc_api.issue": "the other system's key, which may have credentials signed",
    "vc_api.verify": "the other system's key; changes nothing",
    "vc_api.verify_presentation": "the other system's key; changes nothing",
    "admin.sign_in": "the operator's token itself",
}


@dataclass(frozen=True)
class Ask:
    """One request to one route below /s/<session_id>/."""

    endpoint: str
    method: str
    rule: str

    def path(self, achievement_id: str, award_id: str) -> str:
        filled = self.rule.removeprefix("/s/<session_id>")
        names = {"achievement_id": achievement_id, "award_id": award_id, "kind": "json"}
        names |= dict.fromkeys(("nomination_id", "batch_id", "person_id", "file_id"), "none")
        for name, value in names.items():
            filled = filled.replace(f"<{name}>", value)
        assert "<" not in filled, f"{self.rule} names something that this test does not know"
        return filled

    def send(self, person: Launched, achievement_id: str = "none", award_id: str = "none") -> TestResponse:
        path = self.path(achievement_id, award_id)
        if self.method == "GET":
            return person.get(path)
        return person.post(path, op="check", person="nobody", reason="why", choice="my-badges")

    @property
    def names_something(self) -> bool:
        return "<achievement_id>" in self.rule or "<award_id>" in self.rule


def asks(site: WholeSite) -> list[Ask]:
    """Every method of every route below /s/<session_id>/."""
    found = [
        Ask(rule.endpoint, method, rule.rule)
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith("/s/")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    assert len(found) > 40
    assert all(one.rule.startswith(IN_COURSE) for one in found)
    return found


def posts(site: WholeSite) -> Iterator[Rule]:
    for rule in site.app.url_map.iter_rules():
        if "POST" in (rule.methods or set()):
            yield rule


def code_of(response: TestResponse) -> str:
    found = re.search(r"<code>([a-z]+\.[a-z_]+)</code>", response.text)
    return found[1] if found else ""


def deep_linking(**more: object) -> dict[str, object]:
    return {
        c.MESSAGE_TYPE: "LtiDeepLinkingRequest",
        c.RESOURCE_LINK: None,
        c.DEEP_LINKING_SETTINGS: DEEP_LINKING | more,
    }


# ---- AZ01, AZ02, AZ09, AZ10: the role --------------------------------------------------------------------------


@row("AZ01")
def test_learner_decides_nothing_and_defines_nothing(site: WholeSite) -> None:
    award, ana = site.earn("ana"), site.launch("ana")
    staff_only = [one for one in asks(site) if CourseRole.LEARNER not in ALLOWED[ASKED[one.endpoint]]]
    assert {"instructor.approve", "instructor.withdraw", "instructor.send", "instructor.send_new"} <= {
        one.endpoint for one in staff_only
    }
    for one in staff_only:
        site.refused(lambda one=one: one.send(ana, site.lab.id, award), "authz.role", 403)  # type: ignore[misc]
    assert ana.get("/my").status_code == 200


@pytest.mark.parametrize(
    "roles",
    [
        pytest.param((INSTITUTION_INSTRUCTOR, LEARNER), marks=row("AZ02"), id="instructor of the institution"),
        pytest.param((f"{MEMBERSHIP}#Overlord",), marks=row("AZ09"), id="unknown role"),
        pytest.param(("urn:unheard-of:Instructor",), marks=row("AZ09"), id="unknown vocabulary"),
        pytest.param((f"{MEMBERSHIP}#Mentor",), marks=row("AZ09"), id="a parent who watches"),
        pytest.param((MEMBERSHIP.replace("v2", "v2EVIL") + "#Instructor",), marks=row("AZ10"), id="look-alike path"),
        pytest.param((MEMBERSHIP.replace("org", "org.evil.example") + "#Instructor",), marks=row("AZ10"), id="host"),
        pytest.param((f"{MEMBERSHIP}#instructor",), marks=row("AZ10"), id="another case"),
        pytest.param((f"{MEMBERSHIP}/Learner#Lecturer",), marks=row("AZ10"), id="sub-role of another role"),
    ],
)
def test_only_roles_of_this_context_as_the_vocabulary_spells_them_count(
    site: WholeSite, roles: tuple[str, ...]
) -> None:
    person = site.launch("kim", *roles)
    for path in ("/badges", f"/badges/{site.lab.id}", "/badges/new"):
        site.refused(lambda path=path: person.get(path), "authz.role", 403)  # type: ignore[misc]
    form = f"/badges/{site.lab.id}/pause"
    site.refused(lambda: person.post(form), "authz.role", 403)


def test_role_beside_the_learners_own_counts_where_it_is_a_membership(site: WholeSite) -> None:
    """The positive control of the four rows above."""
    for subject, roles in (("ines", (INSTRUCTOR, INSTITUTION_INSTRUCTOR)), ("omar", (ASSISTANT, INSTRUCTOR))):
        assert site.launch(subject, *roles).get("/badges").status_code == 200
    assert site.launch("kim", "Instructor").get("/badges/new").status_code == 200


@pytest.mark.parametrize("duty", [None, *Duty], ids=["nothing", *Duty])
def test_duty_opens_its_own_routes_and_no_other(site: WholeSite, duty: Duty | None) -> None:
    """Of a non-editing teacher, on every route; and of a learner, to whom nothing can be entrusted."""
    omar, course_id = site.launch("omar", ASSISTANT), site.course.course.id
    entrust = Entrust(site.course.house.transactions, site.course.clock)
    given = frozenset({duty} if duty else ())
    entrust(course_id, site.person_id("omar"), given, SYSTEM)
    opened = OPENED[duty] if duty else frozenset()
    for one in asks(site):
        permission = ASKED[one.endpoint]
        if CourseRole.ASSISTANT in ALLOWED[permission] or permission in opened:
            assert code_of(one.send(omar)) != "authz.role", one.endpoint
        else:
            site.refused(lambda one=one: one.send(omar), "authz.role", 403)  # type: ignore[misc]
    if duty is None:
        return
    with pytest.raises(BadgeToolError, match=r"duty\.not_possible"):
        entrust(course_id, site.person_id("ana"), given, SYSTEM)
    # As a learner of the course she has none of it, and when it is withdrawn nobody has.
    assert not any(may(CourseRole.LEARNER, permission, given) for permission in OPENED[duty])
    entrust(course_id, site.person_id("omar"), frozenset(), SYSTEM)
    for one in asks(site):
        if ASKED[one.endpoint] in opened and CourseRole.ASSISTANT not in ALLOWED[ASKED[one.endpoint]]:
            site.refused(lambda one=one: one.send(omar), "authz.role", 403)  # type: ignore[misc]


# ---- AZ03 to AZ06: the scope ------------------------------------------------------------------------------------


def refuse_every_name(site: WholeSite, teacher: Launched, learner: Launched, award: str, code: str) -> int:
    """Asks each route that names a badge or an award for those of another scope; gives how many there are."""
    named = [one for one in asks(site) if one.names_something]
    for one in named:
        asker = learner if ASKED[one.endpoint] is Permission.VIEW_OWN_BADGES else teacher
        site.refused(lambda one=one, asker=asker: one.send(asker, site.lab.id, award), code, 404)  # type: ignore[misc]
    return len(named)


@row("AZ03")
def test_instructor_of_one_course_reaches_no_badge_of_another(site: WholeSite) -> None:
    award = site.earn("ana")
    other = {c.CONTEXT: {"id": "course-2", "title": "Another course"}}
    teacher, learner = site.launch("ines", INSTRUCTOR, **other), site.launch("ana", **other)
    assert refuse_every_name(site, teacher, learner, award, "authz.course") > 20
    assert "Lab safety" not in teacher.get("/badges").text
    assert site.launch("ines", INSTRUCTOR).get(f"/badges/{site.lab.id}").status_code == 200


@row("AZ03")
def test_award_of_one_badge_is_not_decided_under_another(site: WholeSite) -> None:
    award, other = site.earn("ana"), site.course.publish(APPROVAL)
    ines = site.launch("ines", INSTRUCTOR)
    path = f"/badges/{other.id}/awards/{award}/withdraw"
    site.refused(lambda: ines.post(path, reason="why"), "authz.course", 404)


@row("AZ04")
def test_one_subject_at_two_issuers_is_two_people(site: WholeSite) -> None:
    award = site.earn("ana")
    site.add_platform("reg-2", "https://other.example.edu")
    here, there = site.launch("ana"), site.launch("ana", registration="reg-2")
    assert award in here.get("/my").text
    assert "No badges in this course yet" in there.get("/my").text
    with site.course.house.transactions(write=False) as unit:
        people = [unit.people.find(one, DEPLOYMENT, "ana") for one in (REGISTRATION, "reg-2")]
    assert len({person.id for person in people if person}) == 2
    # Within one course, the award of another person: the same refusal, whoever she is.
    ben = site.launch("ben")
    for one in asks(site):
        if "<award_id>" in one.rule and ASKED[one.endpoint] is Permission.VIEW_OWN_BADGES:
            site.refused(lambda one=one: one.send(ben, site.lab.id, award), "authz.subject_scope", 404)  # type: ignore[misc]


@row("AZ05")
def test_one_context_id_in_two_deployments_is_two_courses(site: WholeSite) -> None:
    award = site.earn("ana")
    site.add_deployment("2")
    elsewhere = {c.DEPLOYMENT_ID: "2"}
    teacher, learner = site.launch("ines", INSTRUCTOR, **elsewhere), site.launch("ana", **elsewhere)
    assert refuse_every_name(site, teacher, learner, award, "authz.context_scope") > 20
    assert "Lab safety" not in teacher.get("/badges").text
    assert "No badges in this course yet" in learner.get("/my").text


@row("AZ06")
def test_nothing_of_one_tenant_is_reached_in_another(site: WholeSite) -> None:
    award = site.earn("ana")
    site.add_platform("reg-b", "https://b.example.edu", tenant="school-b")
    teacher = site.launch("ines", INSTRUCTOR, registration="reg-b")
    learner = site.launch("ana", registration="reg-b")
    assert refuse_every_name(site, teacher, learner, award, "authz.tenant") > 20
    # The same context id and the same names: still nothing of the other school.
    assert "Lab safety" not in teacher.get("/badges").text + learner.get("/my").text
    # A person of the other school is nobody here.
    own = site.course.publish(APPROVAL)
    assert own.course_id == site.course.course.id
    ines = site.launch("ines", INSTRUCTOR)
    foreign = site.person_id("ana", "reg-b")
    approve = f"/badges/{own.id}/approve"
    site.refused(lambda: ines.post(approve, person=foreign, approved="1"), "person.unknown", 404)


@row("AZ06")
def test_operator_of_one_tenant_reaches_no_platform_of_another(site: WholeSite) -> None:
    site.add_platform("reg-b", "https://b.example.edu", tenant="school-b")
    operator = site.operator()
    csrf = re.search(r'name="csrf" value="([^"]+)"', operator.get(f"/admin/platforms/{REGISTRATION}").text)
    assert csrf
    assert "LMS reg-b" not in operator.get("/admin").text
    rules = [rule for rule in site.app.url_map.iter_rules() if "<registration_id>" in rule.rule]
    admin = [rule for rule in rules if rule.rule.startswith("/admin/")]
    assert len(admin) > 5
    for rule in admin:
        path = rule.rule.replace("<registration_id>", "reg-b")
        assert "<" not in path
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            form = {"csrf": csrf[1], "deployment_id": DEPLOYMENT, "moodle_url": ""} if method == "POST" else None
            site.refused(
                lambda path=path, method=method, form=form: operator.open(path, method=method, data=form),  # type: ignore[misc]
                "authz.tenant",
                404,
            )


# ---- AZ07, AZ08, AZ12: who can be awarded -----------------------------------------------------------------------


@row("AZ07")
@pytest.mark.parametrize("how", ["suspended", "gone from the roster"])
def test_who_is_no_longer_in_the_course_sees_and_gets_nothing(site: WholeSite, how: str) -> None:
    badge = site.course.publish(APPROVAL)
    ben, ines = site.launch("ben"), site.launch("ines", INSTRUCTOR)
    members = [Member(name, ("Learner",), name=name.title()) for name in ("ana", "cleo")]
    if how == "suspended":
        members.append(Member("ben", ("Learner",), name="Ben", status="Inactive"))
    for _ in range(2):  # one reading that leaves somebody out may be a slip of the LMS
        with site.course.house.transactions() as unit:
            merge_roster(unit, site.course.course, members)
            unit.commit()
    for path in ("/my", "/my/progress", f"/my/cards/{badge.id}"):
        site.refused(lambda path=path: ben.get(path), "authz.inactive", 403)  # type: ignore[misc]
    site.refused(lambda: ben.post("/my/check-again"), "authz.inactive", 403)
    approval = {"person": site.person_id("ben"), "approved": "1"}
    site.refused(lambda: ines.post(f"/badges/{badge.id}/approve", **approval), "authz.inactive", 403)
    site.course.hear(site.course.score("ben", 91.0), site.course.module("ben"))
    site.course.work()
    assert awards(site, "ben") == []


def awards(site: WholeSite, subject: str) -> list[str]:
    with site.course.house.transactions(write=False) as unit:
        return [award.id for award in unit.awards.of_person(site.course.course.id, site.person_id(subject))]


@row("AZ08")
@pytest.mark.parametrize(
    ("subject", "launched_as"),
    [
        pytest.param("testa", (LEARNER, TEST_USER), id="test student"),
        pytest.param("ines", (LEARNER,), id="instructor who views the course as a learner"),
    ],
)
def test_test_student_never_gets_a_badge(site: WholeSite, subject: str, launched_as: tuple[str, ...]) -> None:
    badge = site.course.publish(APPROVAL)
    if subject == "ines":
        member = Member("ines", ("Instructor",), name="Ines")
        with site.course.house.transactions() as unit:
            merge_roster(unit, site.course.course, [*site.course.platform.members, member])
            unit.commit()
    site.launch(subject, *launched_as)
    teacher = site.launch("ivo", INSTRUCTOR)
    approval = {"person": site.person_id(subject), "approved": "1"}
    site.refused(lambda: teacher.post(f"/badges/{badge.id}/approve", **approval), "authz.test_user", 403)
    site.course.hear(site.course.score(subject, 91.0), site.course.module(subject))
    site.course.work()
    assert awards(site, subject) == []


@row("AZ12")
def test_nobody_approves_herself(site: WholeSite) -> None:
    badge = site.course.publish(APPROVAL)
    ines = site.launch("ines", INSTRUCTOR)
    path, mine = f"/badges/{badge.id}/approve", {"person": site.person_id("ines"), "approved": "1"}
    site.refused(lambda: ines.post(path, **mine), "authz.self_award", 403)
    # Somebody else who teaches cannot award her either; a learner can be.
    ivo = site.launch("ivo", INSTRUCTOR)
    site.refused(lambda: ivo.post(path, **mine), "authz.role", 403)
    assert ivo.post(path, person=site.person_id("ana"), approved="1").status_code == 303
    site.course.work()
    assert len(awards(site, "ana")) == 1


@row("AZ12")
def test_use_case_itself_refuses_an_approval_of_oneself(site: WholeSite) -> None:
    badge, ana = site.course.publish(APPROVAL), site.person_id("ana")
    approve = ApproveLearner(site.course.house.transactions, site.course.clock)
    with pytest.raises(BadgeToolError, match=r"authz\.self_award"):
        approve(site.course.course.id, badge.id, ana, approved=True, approver_id=ana)


# ---- AZ11, AZ13, AZ14: the request, the frame, the session ------------------------------------------------------


@row("AZ11")
def test_every_route_that_changes_something_asks_for_the_pages_token(site: WholeSite) -> None:
    award, operator = site.earn("ana"), site.operator()
    ana, ines = site.launch("ana"), site.launch("ines", INSTRUCTOR)
    asked = 0
    for rule in posts(site):
        if rule.endpoint in PROVED_OTHERWISE:
            continue
        path = rule.rule.replace("<registration_id>", REGISTRATION)
        if rule.rule.startswith("/admin/"):
            site.refused(lambda path=path: operator.post(path, data={"name": "x"}), "csrf.missing", 403)  # type: ignore[misc]
        else:
            person = ana if ASKED[rule.endpoint] is Permission.VIEW_OWN_BADGES else ines
            one = Ask(rule.endpoint, "POST", rule.rule)
            address = person.path(one.path(site.lab.id, award))
            # Her own browser, with its cookie, sent there by a page of somebody else's.
            forged = {"op": "publish", "person": site.person_id("ana"), "approved": "1", "reason": "forged"}
            site.refused(
                lambda person=person, address=address, forged=forged: person.browser.post(address, data=forged),  # type: ignore[misc]
                "csrf.missing",
                403,
            )
        asked += 1
    assert asked > 30


def test_routes_that_need_no_token_take_nothing_from_a_cookie(site: WholeSite) -> None:
    """They are excused by name, so the names must be theirs; and none of them knows who a browser's cookie is."""
    assert set(PROVED_OTHERWISE) <= {rule.endpoint for rule in posts(site)}
    ines = site.launch("ines", INSTRUCTOR)
    values = {"registration_id": REGISTRATION, "slug": "default", "key_id": "nobody", "secret": "none"}
    for rule in posts(site):
        if rule.endpoint not in PROVED_OTHERWISE:
            continue
        path = rule.rule
        for name, value in values.items():
            path = path.replace(f"<{name}>", value)
        with_cookie = ines.browser.post(path, data={})
        without = site.app.test_client().post(path, data={})
        assert with_cookie.status_code == without.status_code, rule.endpoint


@row("AZ13")
def test_pages_say_who_may_frame_them(site: WholeSite) -> None:
    """What browsers do with it is looked at in tests/e2e/test_placing_in_browser.py."""
    award, ana, ines = site.earn("ana"), site.launch("ana"), site.launch("ines", INSTRUCTOR)
    pages = [
        person.get(one.path(site.lab.id, award))
        for one in asks(site)
        for person in (ana if ASKED[one.endpoint] is Permission.VIEW_OWN_BADGES else ines,)
        if one.method == "GET"
    ]
    assert len(pages) > 8
    for page in pages:
        assert framed_by(page) == {"https://lms.example.edu"}, page.request.path
    site.add_platform("reg-2", "https://other.example.edu")
    assert framed_by(site.launch("ana", registration="reg-2").first) == {"https://other.example.edu"}
    for path in ("/admin/sign-in", "/admin", "/healthz", "/nowhere"):
        assert framed_by(site.app.test_client().get(path)) == {"'none'"}, path


def framed_by(page: TestResponse) -> set[str]:
    (directive,) = re.findall(r"frame-ancestors ([^;]+)", page.headers["Content-Security-Policy"])
    return set(directive.split())


@row("AZ14")
@pytest.mark.parametrize("what", ["deployment removed", "registration disabled", "registration waits again"])
def test_session_ends_with_what_it_came_from(site: WholeSite, what: str) -> None:
    award, ana, ines = site.earn("ana"), site.launch("ana"), site.launch("ines", INSTRUCTOR)
    assert ana.get("/my").status_code == 200
    with site.course.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        assert held is not None
        if what == "deployment removed":
            unit.registrations.save_deployment(REGISTRATION, DEPLOYMENT, "removed")
        else:
            state = "disabled" if what == "registration disabled" else "pending"
            unit.registrations.save(replace(held, state=RegistrationState(state)))
        unit.commit()
    for one in asks(site):
        person = ana if ASKED[one.endpoint] is Permission.VIEW_OWN_BADGES else ines
        site.refused(lambda one=one, person=person: one.send(person, site.lab.id, award), "session.revoked", 401)  # type: ignore[misc]


# ---- the table --------------------------------------------------------------------------------------------------

LAUNCHED_AS = {
    CourseRole.INSTRUCTOR: (INSTRUCTOR,),
    CourseRole.ASSISTANT: (ASSISTANT, INSTRUCTOR),
    CourseRole.LEARNER: (LEARNER,),
    CourseRole.TEST_STUDENT: (LEARNER, TEST_USER),
    CourseRole.OTHER: (f"{MEMBERSHIP}#Member",),
}


def test_table_names_every_route_and_no_other(site: WholeSite) -> None:
    assert {one.endpoint for one in asks(site)} == set(ASKED)
    assert set(ALLOWED) == set(Permission)


@pytest.mark.parametrize("context", [CONTEXT, "course-2"])
@pytest.mark.parametrize("role", list(CourseRole))
def test_every_route_opens_to_each_role_as_the_table_says(site: WholeSite, role: CourseRole, context: str) -> None:
    """For every route × role × course: refused for the role, or let in; and let in to no other course's badges."""
    award = site.earn("ana")
    course = {c.CONTEXT: {"id": context, "title": "A course"}}
    person = site.launch("kim", *LAUNCHED_AS[role], **course, **deep_linking())
    before = site.rows()
    for one in asks(site):
        if one.endpoint == "pages.home" or one.rule.endswith(("/read-now", "/check-again", "/pick/place")):
            continue  # let in, these change something; home asks for more, see test_deep_linking.py
        response = one.send(person, site.lab.id, award)
        allowed = role in ALLOWED[ASKED[one.endpoint]]
        assert (code_of(response) == "authz.role") is not allowed, (one, response.status_code)
        assert response.status_code < 500
        if allowed and one.names_something and context != CONTEXT:
            assert response.status_code == 404, one
            assert code_of(response) == "authz.course", one
        if not allowed:
            assert response.status_code == 403, one
    if role in (CourseRole.LEARNER, CourseRole.TEST_STUDENT, CourseRole.OTHER) or context != CONTEXT:
        assert site.rows() == before


def test_route_that_nobody_decided_about_opens_for_nobody(site: WholeSite) -> None:
    site.app.add_url_rule("/s/<session_id>/forgotten", "forgotten", lambda session_id: "open to all")
    ines = site.launch("ines", INSTRUCTOR)
    site.refused(lambda: ines.get("/forgotten"), "authz.role", 403)
