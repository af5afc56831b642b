"""ST13 to ST15: a launch and its session belong to the person and the browser that made it. Through the whole tool."""

from __future__ import annotations

import pytest

from tests.factories.whole_site import INSTRUCTOR, Launched, WholeSite

row = pytest.mark.row


def page_of(person: Launched) -> str:
    page = person.get("/my")
    assert page.status_code == 200, page.text
    return page.text


@row("ST13")
def test_each_launch_has_a_session_of_its_own(site: WholeSite) -> None:
    """session.rotated: whoever made somebody use a session id or a cookie of his knows nothing of the next launch."""
    browser = site.app.test_client()
    first = site.launch("ana", browser=browser)
    again = site.launch("ana", browser=browser)
    assert first.session_id != again.session_id
    assert first.token != again.token
    fixed = site.app.test_client()
    fixed.set_cookie("session_id", "f" * 32, domain="badges.example.edu", secure=True)
    fixed.set_cookie("__Host-ltib", "fixed-by-an-attacker", domain="badges.example.edu", secure=True)
    ben = site.launch("ben", browser=fixed)
    assert ben.session_id not in ("f" * 32, first.session_id, again.session_id)
    assert len(ben.session_id) == 32
    cookie = fixed.get_cookie("__Host-ltib", domain="badges.example.edu")
    assert cookie is not None
    assert cookie.value != "fixed-by-an-attacker"


@row("ST13")
def test_the_attackers_own_cookie_opens_nothing_of_a_later_launch(site: WholeSite) -> None:
    ana = site.launch("ana")
    attacker = site.app.test_client()
    attacker.set_cookie("__Host-ltib", "x" * 43, domain="badges.example.edu", secure=True)
    site.refused(lambda: attacker.get(ana.path("/my")), "session.launch_foreign", 401)


@row("ST14")
def test_next_person_at_the_same_browser_sees_nothing_of_the_one_before(site: WholeSite) -> None:
    """session.isolated: a computer of a laboratory, where one signs out of the LMS and another signs in."""
    award = site.earn("ana")
    browser = site.app.test_client()
    ana = site.launch("ana", browser=browser)
    assert award in page_of(ana)
    ben = site.launch("ben", browser=browser)
    assert award not in page_of(ben)
    assert "0 of 2 done" in page_of(ben)
    site.refused(lambda: ben.get(f"/my/{award}"), "authz.subject_scope", 404)
    # The address of her page is still in the browser's history, and the cookie is still the browser's.
    site.refused(lambda: browser.get(ana.path("/my")), "session.expired", 401)
    site.refused(lambda: ana.post(f"/my/{award}/share"), "session.expired", 401)


def test_one_person_in_two_tabs_keeps_both(site: WholeSite) -> None:
    browser = site.app.test_client()
    one, other = site.launch("ana", browser=browser), site.launch("ana", browser=browser)
    assert page_of(one)
    assert page_of(other)


def test_another_browser_of_another_person_ends_nothing(site: WholeSite) -> None:
    ana, ben = site.launch("ana"), site.launch("ben")
    assert page_of(ana)
    assert page_of(ben)


@row("ST15")
@pytest.mark.parametrize("path", ["/", "/my", "/badges", "/pick"])
def test_launch_of_one_is_no_good_in_the_session_of_another(site: WholeSite, path: str) -> None:
    ana, ines = site.launch("ana"), site.launch("ines", INSTRUCTOR)
    site.refused(lambda: ana.browser.get(ines.path(path)), "session.launch_foreign", 401)
    stolen = {"launch_token": ana.token}
    site.refused(lambda: ana.browser.post(ines.path(path), data=stolen), "session.launch_foreign", 401)
    assert page_of(ana)


@row("ST15")
def test_actions_of_another_launch_change_nothing(site: WholeSite) -> None:
    award = site.earn("ana")
    ana, ben = site.launch("ana"), site.launch("ben")
    form = {"launch_token": ben.token}
    site.refused(lambda: ben.browser.post(ana.path(f"/my/{award}/share"), data=form), "session.launch_foreign", 401)
    assert ana.post(f"/my/{award}/share").status_code == 303
