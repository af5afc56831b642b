"""The operator's pages: signing in, connecting a platform, approving it, its sources, and the health of the house."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.domain.circuit import Circuit
from lti_tool.domain.observation import Observation, Seen
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.usecases.work import Work
from lti_tool.web.admin import make_blueprint as admin_blueprint
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.present.times import to_the_second
from tests.factories.house import BASE_URL, REGISTRATION
from tests.functional.web.conftest import ADMIN_TOKEN, Site
from tests.functional.web.tab import Tab

PLATFORM = f"/admin/platforms/{REGISTRATION}"
ACTIONS = ("approve", "disable", "by-hand", "issuing", "check", "deployments", "moodle", "moodle/off",
           "events/replay", "events/settle", "sources", "sources/retire", "canvas",
           "canvas/test", "canvas/stop")  # fmt: skip
BY_HAND = ("name", "product", "issuer", "client_id", "auth_login_url", "auth_token_url", "jwks_url", "auth_audience",
           "deployment_ids", "environment", "issuing")  # fmt: skip
MOODLE = {"moodle_url": "https://moodle.example.edu", "moodle_token": "a-secret-of-moodle"}


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint, instructor_blueprint)


def signed_in(site: Site) -> Tab:
    """At the list of platforms. The cookie is for https, so the client speaks it."""
    client = site.app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    tab = Tab(client).get("/admin")
    assert tab.path == "/admin/sign-in"
    return tab.press("Sign in", {"token": ADMIN_TOKEN})


def registered(site: Site) -> Registration:
    with site.course.house.transactions(write=False) as unit:
        found = unit.registrations.get(REGISTRATION)
    assert found is not None
    return found


def change(site: Site, **values: object) -> None:
    with site.course.house.transactions() as unit:
        unit.registrations.save(replace(registered(site), **values))  # type: ignore[arg-type]
        unit.commit()


def test_operator_signs_in_and_out(site: Site) -> None:
    tab = signed_in(site)
    assert tab.status == 200
    assert tab.path == "/admin"
    assert "Example LMS" in tab.text
    tab.press("Sign out")
    assert "You are signed out." in tab.text
    assert tab.get("/admin").path == "/admin/sign-in"


def test_cookie_is_kept_from_scripts_frames_and_other_sites(site: Site) -> None:
    answer = site.app.test_client().post("/admin/sign-in", data={"token": ADMIN_TOKEN})
    cookie = answer.headers["Set-Cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/admin"):
        assert part in cookie
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", ["", "wrong", ADMIN_TOKEN[:-1], "ö", "\x00", "x" * 5000])
def test_wrong_token_is_refused_and_not_shown_again(site: Site, token: str) -> None:
    answer = site.app.test_client().post("/admin/sign-in", data={"token": token})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert len(token) < 2 or token not in answer.text


def test_guessing_is_slowed_down(site: Site) -> None:
    client = site.app.test_client()
    codes = [client.post("/admin/sign-in", data={"token": "guess"}).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    assert client.post("/admin/sign-in", data={"token": ADMIN_TOKEN}).status_code == 429


def test_sign_in_ends_after_twelve_hours(site: Site) -> None:
    tab = signed_in(site)
    site.course.clock.pass_time(hours=11, minutes=59)
    assert tab.get("/admin").path == "/admin"
    site.course.clock.pass_time(minutes=2)
    assert tab.get(PLATFORM).path == "/admin/sign-in"


def test_nothing_is_shown_or_done_without_signing_in(site: Site) -> None:
    client = site.app.test_client()
    for path in ("/admin", "/admin/connect", "/admin/by-hand", PLATFORM, f"{PLATFORM}/by-hand"):
        answer = client.get(path)
        assert answer.status_code == 303, path
        assert "Example LMS" not in answer.text
    for path in (
        "/admin/connect",
        "/admin/sign-out",
        "/admin/work/again",
        *(f"{PLATFORM}/{action}" for action in ACTIONS),
    ):
        assert client.post(path, data={"csrf": "x", **MOODLE}).status_code == 401, path
    assert registered(site).state is RegistrationState.ACTIVE


@pytest.mark.parametrize("cookie", ["", "x", "eyJjc3JmIjoiYSJ9.x", '{"csrf":"a"}', "\xff"])
def test_forged_cookie_is_nobody(site: Site, cookie: str) -> None:
    client = site.app.test_client()
    client.set_cookie("ltib_admin", cookie, domain="localhost", path="/admin")
    assert client.get("/admin").status_code == 303
    assert client.post(f"{PLATFORM}/disable", data={"csrf": "a"}).status_code == 401


@pytest.mark.parametrize("csrf", ["", "guess", "ö€"])
def test_form_of_another_site_does_nothing(site: Site, csrf: str) -> None:
    tab = signed_in(site)
    for path in (
        "/admin/connect",
        "/admin/sign-out",
        "/admin/work/again",
        *(f"{PLATFORM}/{action}" for action in ACTIONS),
    ):
        assert tab.client.post(path, data={"csrf": csrf, "name": "Evil", **MOODLE}).status_code == 403, path
    assert registered(site).state is RegistrationState.ACTIVE
    assert registered(site).moodle_token == ""


def test_registration_link_is_shown_once_and_works(site: Site) -> None:
    tab = signed_in(site).follow("Connect a platform").press("Make the link", {"name": "Moodle <of> Arts"})
    assert "Registration link for Moodle <of> Arts" in tab.text
    field = tab.page.by_id("registration-link")
    assert field is not None
    found = re.fullmatch(rf"{re.escape(BASE_URL)}/lti/register/([\w-]{{43}})", field.get("value"))
    assert found is not None
    assert site.services.platforms.invitation(found[1])["name"] == "Moodle <of> Arts"
    assert found[1] not in tab.follow("Platforms").response.text


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_link_needs_a_name(site: Site, name: str) -> None:
    tab = signed_in(site).follow("Connect a platform").press("Make the link", {"name": name})
    assert tab.status == 422
    assert tab.field("name").get("aria-invalid") == "true"
    assert tab.page.by_id("name-error") is not None


def test_platform_is_approved_disabled_and_approved_again(site: Site) -> None:
    change(site, state=RegistrationState.PENDING)
    tab = signed_in(site)
    assert "Pending" in tab.text
    tab.follow("Example LMS").press("Approve")
    assert "The platform is active." in tab.text
    assert registered(site).state is RegistrationState.ACTIVE
    ines = site.open_session("instructor")
    tab.press("Disable")
    assert registered(site).state is RegistrationState.DISABLED
    assert ines.get("/").status_code == 401
    tab.press("Approve again")
    assert registered(site).state is RegistrationState.ACTIVE
    assert ines.get("/").status_code < 400


def test_deployment_that_waits_is_accepted(site: Site) -> None:
    with site.course.house.transactions() as unit:
        unit.registrations.save_deployment(REGISTRATION, "second <b>", "pending")
        unit.commit()
    tab = signed_in(site).get(PLATFORM)
    assert "second <b> Waits for you" in tab.text
    tab.press("Accept deployment second <b>")
    assert "Waits for you" not in tab.text
    assert site.services.platforms.page(REGISTRATION).deployments == {"1": "active", "second <b>": "active"}


def test_deployment_that_nobody_named_cannot_be_accepted(site: Site) -> None:
    tab = signed_in(site).get(PLATFORM)
    csrf = tab.field("csrf").get("value")
    refused = tab.client.post(f"{PLATFORM}/deployments", data={"csrf": csrf, "deployment_id": "made-up"})
    assert refused.status_code == 404
    assert "made-up" not in site.services.platforms.page(REGISTRATION).deployments


def test_moodle_token_goes_in_and_never_comes_out(site: Site) -> None:
    tab = signed_in(site).get(PLATFORM).press("Save", MOODLE)
    assert "Saved." in tab.text
    assert registered(site).moodle_token == "a-secret-of-moodle"
    assert "a-secret-of-moodle" not in tab.response.text
    assert "A token is set." in tab.text
    assert tab.field("moodle_token").get("value") == ""
    # The same address keeps it; another one must not be sent the token of the first.
    tab.press("Save", {"moodle_url": "https://moodle.example.edu/"})
    assert registered(site).moodle_token == "a-secret-of-moodle"
    tab.press("Save", {"moodle_url": "https://elsewhere.example.com"})
    assert tab.status == 422
    assert tab.field("moodle_token").get("aria-invalid") == "true"
    assert registered(site).moodle_url == "https://moodle.example.edu"
    tab.get(PLATFORM).press("Stop reading and forget the token")
    assert (registered(site).moodle_url, registered(site).moodle_token) == ("", "")


@pytest.mark.parametrize(
    "url", ["", "moodle", "ftp://moodle.example.edu", "javascript:alert(1)", "https://m.example/?a=b"]
)
def test_address_of_moodle_must_be_one(site: Site, url: str) -> None:
    tab = signed_in(site).get(PLATFORM).press("Save", MOODLE | {"moodle_url": url})
    assert tab.status == 422
    assert tab.field("moodle_url").get("aria-invalid") == "true"
    assert tab.field("moodle_url").get("value") == url
    assert "a-secret-of-moodle" not in tab.response.text
    assert registered(site).moodle_token == ""


def test_webhook_secret_is_named_but_not_shown(site: Site) -> None:
    change(site, webhook_secret="a-secret-of-the-webhook")
    tab = signed_in(site).get(PLATFORM)
    assert "Secret is set" in tab.text
    assert "a-secret-of-the-webhook" not in tab.response.text
    assert f"{BASE_URL}/hooks/{REGISTRATION}" in tab.response.text


def test_platform_page_says_what_it_can_tell_and_of_which_courses(site: Site) -> None:
    tab = signed_in(site).get(PLATFORM)
    for words in (
        "Moodle web services Not switched on",
        "make a web-service token",
        "Laboratory Safety 101",
        "1 badge, 0 awards",
    ):
        assert words in tab.text
    tab.follow("Compare or change the values")
    for address in ("jwks.json", f"{REGISTRATION}/login", f"{REGISTRATION}/launch"):
        assert f'value="{BASE_URL}/lti/{address}"' in tab.response.text


def test_each_line_says_in_words_how_it_stands_and_what_to_do(site: Site) -> None:
    now = site.course.clock.now()
    seen = [
        Observation(Seen.KEYS, True, now),
        Observation(Seen.TOKEN, False, now, "token.keys_not_fetched", "It did <b>not</b> come for our public keys."),
    ]
    change(site, product="moodle")
    with site.course.house.transactions() as unit:
        for one in seen:
            unit.observations.note(REGISTRATION, one)
        unit.commit()
    tab = signed_in(site).get(PLATFORM)
    for words in ("The platform's keys Works", "services Fails", "curlsecurityblockedhosts", "did <b>not</b> come"):
        assert words in tab.text
    assert "<b>not</b>" not in tab.response.text
    for tone in ("done", "waiting", "failed"):  # a word and an icon, not a colour alone
        assert f'<span class="word word--{tone}"><svg' in tab.response.text


def test_check_now_asks_once_however_often_it_is_pressed(site: Site) -> None:
    tab = signed_in(site).get(PLATFORM)
    for _ in range(2):
        tab = tab.press("Check now")
        assert "The platform is being asked." in tab.text
    assert site.course.house.queue.waiting()[Work.PROBE_PLATFORM] == 1
    change(site, state=RegistrationState.PENDING)
    assert "Check now</button>" not in signed_in(site).get(PLATFORM).response.text


def test_a_platform_that_is_left_alone_says_since_when_why_and_until_when(site: Site) -> None:
    tab = signed_in(site)
    assert "left alone" not in tab.get(PLATFORM).text
    now = site.course.clock.now()
    circuit = Circuit(REGISTRATION, 4, now, "gradebook.unavailable")
    for left_alone in (circuit, replace(circuit, failures=7, retry_at=now + timedelta(minutes=2))):
        with site.course.house.transactions() as unit:
            unit.circuits.save(left_alone)
            unit.commit()
        text = tab.get(PLATFORM).text
        assert ("left alone" in text) is left_alone.is_open
    assert "7 calls in a row have brought nothing since" in text
    assert "The last one ended with gradebook.unavailable" in " ".join(text.split())
    assert f"It is tried again on {to_the_second(now + timedelta(minutes=2))}" in text
    for page in (PLATFORM, "/admin"):
        assert "Does not answer" in tab.get(page).text
    assert "All is well" not in tab.get("/admin").text
    assert "Example LMS does not answer." in tab.get("/admin").text
    site.course.clock.pass_time(minutes=2)
    assert "It is being tried again now" in tab.get(PLATFORM).text


def test_unknown_platform_is_not_found(site: Site) -> None:
    tab = signed_in(site)
    csrf = tab.field("csrf").get("value")
    assert tab.get("/admin/platforms/nope").status == 404
    for action in ACTIONS:
        answer = tab.client.post(f"/admin/platforms/nope/{action}", data={"csrf": csrf, **MOODLE})
        assert answer.status_code == 404, action


def test_health_tells_late_work_and_what_was_set_aside(site: Site) -> None:
    assert "All is well" in signed_in(site).text
    site.course.hear(site.course.score("ana", 91.0))
    assert "All is well" in signed_in(site).text
    site.course.clock.pass_time(minutes=5)
    late = signed_in(site)
    assert "Needs you" in late.text
    assert "Work waits for longer than a minute." in late.text


def test_work_that_was_set_aside_is_tried_again_from_its_page(site: Site) -> None:
    house = site.course.house
    site.course.hear(site.course.score("ana", 91.0), site.course.module("ana"))
    set_aside = house.queue.claim(timedelta(seconds=30), 9, set(Work))
    for job in set_aside:
        house.queue.bury(job, "keys.unavailable: the signing key is not to be had")
    site.course.work()
    page = signed_in(site)
    assert page.text.count("the signing key is not to be had") == len(set_aside) >= 1
    page.press(f"Try again work no. {set_aside[0].id}")
    assert "It is being tried again." in page.text
    site.course.work()
    assert site.award_of("ana")


def test_all_work_that_was_set_aside_is_tried_again_at_once(site: Site) -> None:
    queue = site.course.house.queue
    for number in range(3):
        site.course.hear(site.course.score("ana", 91.0, f"event {number}"))
    for job in queue.claim(timedelta(seconds=30), 9, set(Work)):
        queue.bury(job, "http.unreachable: nobody answered")
    assert queue.depth()["dead"] >= 1
    signed_in(site).press("Try all of it again")
    assert "dead" not in queue.depth()


def test_work_that_is_not_set_aside_is_left_alone(site: Site) -> None:
    tab = signed_in(site)
    before = site.services.operations()["outbox"]
    for number in ("999999", "no number", ""):
        answer = tab.client.post("/admin/work/again", data={"csrf": tab.field("csrf").get("value"), "work": number})
        assert answer.status_code == 303
    assert site.services.operations()["outbox"] == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_no_form_makes_the_pages_fail(site: Site, text: str) -> None:
    tab = signed_in_once(site)
    csrf = tab.field("csrf").get("value")
    sent = {
        "csrf": csrf,
        **dict.fromkeys(BY_HAND, text),
        "deployment_id": text,
        "moodle_url": text,
        "moodle_token": text,
    }
    for path in (
        "/admin/connect",
        "/admin/by-hand",
        f"{PLATFORM}/by-hand",
        f"{PLATFORM}/deployments",
        f"{PLATFORM}/moodle",
    ):
        assert tab.client.post(path, data=sent).status_code < 500, path
    # A NUL is in no address: every page answers that there is no such page.
    assert tab.client.get("/admin", query_string={"done": text}).status_code == (404 if "\x00" in text else 200)


def signed_in_once(site: Site) -> Tab:
    """One sign-in for many examples: more would be taken for guessing."""
    kept: Tab | None = getattr(site, "operator", None)
    if kept is None:
        kept = signed_in(site)
        site.operator = kept  # type: ignore[attr-defined]
    return kept
