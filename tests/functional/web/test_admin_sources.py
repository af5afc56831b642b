"""Credentials of xAPI and Caliper on a platform's page: made, shown once, used, retired."""

from __future__ import annotations

import pytest

from lti_tool.sources.sender import Sender
from lti_tool.usecases.ports import SourceCredential
from lti_tool.web.admin import make_blueprint as admin_blueprint
from tests.factories.house import BASE_URL, REGISTRATION
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab
from tests.functional.web.test_admin import PLATFORM, change, signed_in


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint,)


def held(site: Site) -> list[SourceCredential]:
    return site.services.source_keys.of_platform(REGISTRATION)


def shown(tab: Tab) -> dict[str, str]:
    """What is to be entered at the sender, by its label."""
    found = {}
    for place in range(3):
        field = tab.page.by_id(f"entry-{place}")
        if field is not None:
            label = tab.page.find(lambda one, place=place: one.get("for") == f"entry-{place}")
            assert label is not None
            found[label.text] = field.get("value")
    return found


@pytest.mark.parametrize(("kind", "labels"), [
    ("xapi", ["Endpoint", "User name", "Password"]),
    ("caliper", ["Endpoint", "API key"]),
])  # fmt: skip
def test_a_credential_is_shown_once_and_kept(site: Site, kind: str, labels: list[str]) -> None:
    tab = signed_in(site).get(PLATFORM).press("Make a credential", {"kind": kind})
    entries = shown(tab)
    assert list(entries) == labels
    assert entries["Endpoint"] == f"{BASE_URL}/{kind}/{REGISTRATION}"
    (credential,) = held(site)
    assert entries[labels[-1]].endswith(credential.secret)
    assert Sender.from_json(credential.settings) == Sender("https://lms.example.edu", "lms_user_id")
    tab.follow("Example LMS")
    assert credential.key_id in tab.text
    assert "not heard yet" in tab.text
    assert credential.secret not in tab.response.text


def test_what_is_usual_follows_from_the_platform_and_can_be_changed(site: Site) -> None:
    change(site, product="moodle", moodle_url="https://moodle.example.edu")
    tab = signed_in(site).get(PLATFORM)
    assert tab.field("home_page").get("value") == "https://moodle.example.edu"
    tab.press("Make a credential")
    values = {"home_page": "https://content.example", "person_kind": "login", "course_id": "course-1"}
    tab.get(PLATFORM).press("Make a credential", values)
    usual, chosen = (Sender.from_json(one.settings) for one in held(site))
    assert usual == Sender("https://moodle.example.edu")
    assert chosen == Sender("https://content.example", "login", "course-1")
    assert "https://content.example, course course-1" in tab.get(PLATFORM).text


def test_a_retired_credential_is_gone_from_the_page(site: Site) -> None:
    tab = signed_in(site).get(PLATFORM).press("Make a credential").get(PLATFORM)
    (credential,) = held(site)
    tab.press(f"Retire {credential.key_id}")
    assert "The credential is retired." in tab.text
    assert credential.key_id not in tab.text
    assert held(site)[0].retired_at == site.course.clock.now()


@pytest.mark.parametrize("values", [
    {"home_page": ""}, {"home_page": "moodle"}, {"home_page": "https://" + "x" * 255}, {"course_id": "x" * 256},
])  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_made(site: Site, values: dict[str, str]) -> None:
    tab = signed_in(site).get(PLATFORM).press("Make a credential", values)
    assert tab.status == 422
    assert tab.page.by_id("source-error") is not None
    name, text = next(iter(values.items()))
    assert tab.field(name).get("value") == text
    assert held(site) == []


def test_forged_choices_are_refused(site: Site) -> None:
    tab = signed_in(site).get(PLATFORM)
    good = {
        "csrf": tab.field("csrf").get("value"),
        "kind": "xapi",
        "home_page": "https://a.example",
        "person_kind": "lti",
    }
    for forged in ({"kind": "webhook"}, {"person_kind": "email"}):
        assert tab.client.post(f"{PLATFORM}/sources", data=good | forged).status_code == 422
    assert tab.client.post(f"{PLATFORM}/sources/retire", data=good | {"credential_id": "made-up"}).status_code == 404
    assert tab.client.post("/admin/platforms/made-up/sources", data=good).status_code == 404
    assert held(site) == []
