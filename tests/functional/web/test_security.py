"""Who gets in: the browser that launched, in her own course, in her role. Everybody else gets a page that says so."""

from __future__ import annotations

import pytest
from flask import Blueprint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.domain.platform import RegistrationState
from lti_tool.domain.roles import CourseRole
from lti_tool.web.learner import make_blueprint as learner_blueprint
from lti_tool.web.security.access import ALLOWED, Permission
from lti_tool.web.security.viewer import actor, current_viewer, go_to
from lti_tool.web.services import PageServices
from lti_tool.web.verify import make_blueprint as verify_blueprint
from tests.factories.house import REGISTRATION
from tests.functional.web.conftest import Site


def staff_pages(services: PageServices) -> Blueprint:
    """One view and one action for staff, to test the gate without the teacher's pages."""
    blueprint = Blueprint("instructor", __name__)

    @blueprint.route("/s/<session_id>/badges", methods=["GET", "POST"])
    def course(session_id: str) -> str:
        return f"course of {current_viewer().role}"

    @blueprint.route("/s/<session_id>/badges/<achievement_id>", methods=["GET", "POST"])
    def badge(session_id: str, achievement_id: str) -> str:
        return f"{current_viewer().role} sees {achievement_id}"

    @blueprint.post("/s/<session_id>/revoke")
    def withdraw(session_id: str) -> object:
        viewer = current_viewer()
        assert actor(services, viewer).name
        return go_to(viewer, "instructor.course")

    @blueprint.get("/boom")
    def boom() -> str:
        raise RuntimeError("secret-of-the-house")

    return blueprint


@pytest.fixture
def blueprint_makers():
    return (learner_blueprint, verify_blueprint, staff_pages)


@pytest.mark.parametrize("cookie", [True, False])
def test_roles_open_what_they_may(site: Site, cookie: bool) -> None:
    expected = {
        "learner": (200, 403, 403),
        "test_student": (200, 403, 403),
        "assistant": (200, 200, 403),
        "instructor": (200, 200, 303 if cookie else 307),
        "other": (403, 403, 403),
    }
    for role, (own, course, revoke) in expected.items():
        session = site.open_session(role, cookie=cookie)
        assert session.view("/my").status_code == own, role
        assert session.view("/badges").status_code == course, role
        assert session.post("/revoke").status_code == revoke, role


def test_staff_arrive_at_the_course_and_at_the_badge_of_a_card(site: Site) -> None:
    badge = site.badges["lab"].id
    for role in ("instructor", "assistant"):
        plain, card = site.open_session(role), site.open_session(role, custom={"badge": badge})
        assert plain.view("/").headers["Location"] == f"/s/{plain.id}/badges"
        assert card.view("/").headers["Location"] == f"/s/{card.id}/badges/{badge}"


def test_every_permission_and_role_is_decided() -> None:
    assert set(ALLOWED) == set(Permission)
    assert CourseRole.LEARNER not in ALLOWED[Permission.SEE_COURSE]
    assert ALLOWED[Permission.EDIT_BADGES] == ALLOWED[Permission.DECIDE_AWARDS] == {CourseRole.INSTRUCTOR}


def test_address_alone_opens_nothing(site: Site) -> None:
    ana, stranger = site.open_session(), site.app.test_client()
    assert stranger.get(f"/s/{ana.id}/my").status_code == 401
    assert stranger.post(f"/s/{ana.id}/my").status_code == 401
    assert "session.not_yours" in stranger.get(f"/s/{ana.id}/my").text


def test_cookie_of_another_browser_opens_nothing(site: Site) -> None:
    ana, ben = site.open_session(), site.open_session(subject="ben")
    assert ben.client.get(f"/s/{ana.id}/my").status_code == 401


def test_session_without_a_cookie_is_not_opened_by_any_cookie(site: Site) -> None:
    ana, ben = site.open_session(cookie=False), site.open_session(subject="ben")
    assert ben.client.get(f"/s/{ana.id}/my").status_code == 401
    assert ana.get("/my").status_code == 401


@pytest.mark.parametrize("cookie", [True, False])
def test_action_needs_the_token_even_with_the_cookie(site: Site, cookie: bool) -> None:
    award = site.earn("ana")
    ana, ben = site.open_session(cookie=cookie), site.open_session(subject="ben", cookie=cookie)
    for token in ("", "wrong", ben.token, "é" * 64, ana.token[:-1]):
        refused = ana.client.post(f"/s/{ana.id}/my/{award}/share", data={"launch_token": token})
        assert refused.status_code == (403 if cookie and not token else 401)
    assert ana.client.get(f"/s/{ana.id}/my/{award}/share").status_code == 405
    assert "/b/" not in ana.view(f"/my/{award}").text


def test_token_in_the_address_proves_nothing(site: Site) -> None:
    ana = site.open_session(cookie=False)
    assert ana.client.get(f"/s/{ana.id}/my?launch_token={ana.token}").status_code == 401
    assert ana.client.post(f"/s/{ana.id}/my?launch_token={ana.token}").status_code == 401


def test_session_ends_after_its_life(site: Site) -> None:
    ana = site.open_session()
    site.course.clock.pass_time(hours=7, minutes=59)
    assert ana.view("/my").status_code == 200
    site.course.clock.pass_time(minutes=2)
    over = ana.view("/my")
    assert over.status_code == 401
    assert "session.expired" in over.text


def test_disabled_platform_ends_its_sessions(site: Site) -> None:
    ana = site.open_session()
    site.services.platforms.disable(REGISTRATION)
    assert site.services.find_registration(REGISTRATION).state is RegistrationState.DISABLED
    assert ana.view("/my").status_code == 401


@pytest.mark.parametrize("path", ["", "/wallet", "/file/png", "/share", "/stop-sharing", "/wallet/changes"])
def test_badge_of_another_learner_or_course_does_not_exist(site: Site, path: str) -> None:
    award = site.earn("ana")
    ben, elsewhere = site.open_session(subject="ben"), site.open_session(subject="ana", context="course-2")
    for session in (ben, elsewhere):
        assert session.post(f"/my/{award}{path}").status_code == 404


def test_pages_in_the_frame_may_be_framed_by_their_platform_alone(site: Site) -> None:
    page = site.open_session().view("/my")
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors https://lms.example.edu" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_pages_hold_nothing_inline(site: Site) -> None:
    award, ana = site.earn("ana"), site.open_session()
    for page in (ana.view("/my"), ana.view(f"/my/{award}"), ana.post(f"/my/{award}/wallet")):
        assert "style=" not in page.text
        assert "onclick" not in page.text
        assert "<script>" not in page.text
        assert 'src="http' not in page.text


def test_crash_says_nothing_of_the_inside(site: Site) -> None:
    got = site.app.test_client().get("/boom")
    assert got.status_code == 500
    assert "secret-of-the-house" not in got.text
    assert "internal" in got.text


def test_errors_are_pages_or_json(site: Site) -> None:
    client = site.app.test_client()
    assert client.get("/nowhere").status_code == 404
    as_json = client.get("/nowhere", headers={"Accept": "application/json"})
    assert as_json.json["error"]["code"] == "request.not_found"
    assert as_json.json["error"]["correlation_id"] not in client.get("/nowhere").text


def test_too_large_a_form_is_refused(site: Site) -> None:
    ana = site.open_session()
    got = ana.post("/my/check-again", filler="x" * (3 * 1024 * 1024 + 1))
    assert got.status_code == 413
    assert "request.too_large" in got.text


def test_health_needs_no_session(site: Site) -> None:
    got = site.app.test_client().get("/healthz")
    assert (got.status_code, got.json) == (200, {"status": "ok"})


_TEXT = st.text(max_size=40)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(st.sampled_from(["show_name", "version", "launch_token", "_view", "x"]), _TEXT, max_size=4),
    action=st.sampled_from(["", "/changes", "/check-again", "/{}", "/{}/share", "/{}/wallet/changes", "/{}/file/{}"]),
    part=st.text(
        st.characters(blacklist_characters="/?#\\", blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30
    ),
)
def test_no_form_makes_a_page_crash(hostile: Site, fields: dict[str, str], action: str, part: str) -> None:
    ana = hostile.open_session()
    path = "/my" + action.replace("{}", part)
    for token in ({"launch_token": ana.token}, {}):
        got = ana.client.post(f"/s/{ana.id}{path}", data=fields | token)
        assert got.status_code < 500


@pytest.fixture
def hostile(site: Site) -> Site:
    site.earn("ana")
    return site


def test_a_nul_in_an_address_is_no_page(site):
    client = site.app.test_client()
    for address in ("/s/%00/my", "/b/%00", "/admin/platforms/%00", "/lti/%00/login", "/achievements/x?a=%00"):
        assert client.get(address).status_code == 404, address
