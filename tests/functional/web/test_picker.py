"""The Deep Linking picker: what can be placed, and the signed answer that goes back to the platform."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from lti_tool.bootstrap.site import make_lti_tool
from lti_tool.domain.launch import DeepLinkingSettings, MessageType
from lti_tool.usecases.edit_achievement import AchievementForm
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.factories.house import BASE_URL, REGISTRATION
from tests.functional.web.conftest import OpenSession, Site
from tests.functional.web.tab import Tab

BOTH = pytest.mark.parametrize("cookie", [True, False], ids=["cookie", "token in the page"])
CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
RETURN_URL = "https://lms.example.edu/deep/return?course=1&x=2"
LAUNCH_URL = f"{BASE_URL}/lti/{REGISTRATION}/launch"


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


def asked(site: Site, role: str = "instructor", cookie: bool = True, **changed: Any) -> OpenSession:
    settings = {
        "return_url": RETURN_URL,
        "accept_types": ("ltiResourceLink",),
        "accept_multiple": True,
        "accept_lineitem": False,
        "data": "what-the-platform-keeps",
    }
    return site.open_session(
        role, cookie=cookie, message=MessageType.DEEP_LINKING, deep_linking=DeepLinkingSettings(**settings | changed)
    )


def answer(site: Site, tab: Tab) -> dict[str, Any]:
    """The claims of the JWT that the page carries, checked by the tool's published keys."""
    form = tab.page.by_id("deep-linking-answer")
    assert form is not None
    assert form.get("action") == RETURN_URL
    assert form.get("method") == "post"
    text = tab.field("JWT").get("value")
    keys = jwt.PyJWKSet.from_dict(make_lti_tool(site.course.house).public_keys())
    key = keys[jwt.get_unverified_header(text)["kid"]]
    checks = {"verify_exp": False, "verify_iat": False}  # the test's clock stands elsewhere
    return dict(jwt.decode(text, key, algorithms=["RS256"], audience="https://lms.example.edu", options=checks))  # type: ignore[arg-type]


@BOTH
def test_launch_arrives_at_the_picker_and_badges_are_placed(site: Site, cookie: bool) -> None:
    ines = asked(site, cookie=cookie)
    assert ines.view("/").headers["Location"] == f"/s/{ines.id}/pick"
    lab = site.badges["lab"].id
    tab = Tab.at(ines, "/pick").press("Place in the course", {"choice": [lab, "my-badges"]})
    assert "2 cards are ready to be placed." in tab.text
    claims = answer(site, tab)
    assert claims["iss"] == "client-1"
    assert claims[f"{CLAIM}data"] == "what-the-platform-keeps"
    badge, mine = claims[f"{CLAIM}content_items"]
    assert badge["title"] == "Badge: Lab safety"
    assert badge["text"] == "Score at least 80 % in Quiz 1 and complete Module 1."
    assert badge["url"] == mine["url"] == LAUNCH_URL
    assert badge["custom"] == {"badge": lab}
    assert badge["icon"] == {"url": f"{BASE_URL}/images/{site.badges['lab'].image_id}.png"}
    assert "lineItem" not in badge
    assert (mine["title"], mine["custom"]) == ("My badges", {"card": "my-badges"})
    assert {item["type"] for item in (badge, mine)} == {"ltiResourceLink"}


@BOTH
def test_badge_gets_a_column_of_its_own_where_that_is_asked(site: Site, cookie: bool) -> None:
    ines = asked(site, cookie=cookie, accept_lineitem=True)
    lab = site.badges["lab"].id
    tab = Tab.at(ines, "/pick").press("Place in the course", {"choice": [lab, "progress"], "column": "1"})
    badge, progress = answer(site, tab)[f"{CLAIM}content_items"]
    # The gradebook's delivery looks for this resource id and tag before it makes a column of its own.
    assert badge["lineItem"] == {"label": "Lab safety", "scoreMaximum": 1, "resourceId": lab, "tag": "lti-badges"}
    assert "lineItem" not in progress
    assert progress["custom"] == {"card": "progress"}


def test_badge_that_has_a_column_gets_no_second_one(site: Site) -> None:
    site.earn("ana")  # with the first award the delivery has made one
    ines = asked(site, accept_lineitem=True)
    assert "gradebook column" not in Tab.at(ines, "/pick").text
    sent = Tab(ines.client)
    sent._show(ines.post("/pick/place", choice=site.badges["lab"].id, column="1"))
    (badge,) = answer(site, sent)[f"{CLAIM}content_items"]
    assert "lineItem" not in badge


@pytest.mark.parametrize(("accepts", "offered"), [(True, True), (None, True), (False, False)])
def test_column_is_offered_where_the_platform_may_take_one(site: Site, accepts: bool | None, offered: bool) -> None:
    ines = asked(site, accept_lineitem=accepts)
    assert ("gradebook column" in Tab.at(ines, "/pick").text) is offered
    sent = Tab(ines.client)
    sent._show(ines.post("/pick/place", choice=site.badges["lab"].id, column="1"))
    (badge,) = answer(site, sent)[f"{CLAIM}content_items"]
    assert ("lineItem" in badge) is offered


def test_answer_may_go_to_the_platform_and_nowhere_else(site: Site) -> None:
    tab = Tab.at(asked(site), "/pick")
    assert "form-action 'self';" in tab.response.headers["Content-Security-Policy"]
    tab.press("Place in the course", {"choice": "my-badges"})
    assert "form-action 'self' https://lms.example.edu;" in tab.response.headers["Content-Security-Policy"]


@BOTH
def test_cancelling_answers_without_items(site: Site, cookie: bool) -> None:
    tab = Tab.at(asked(site, cookie=cookie), "/pick").press("Cancel", {"choice": "my-badges"})
    assert answer(site, tab)[f"{CLAIM}content_items"] == []
    assert "Nothing is placed." in tab.text


def test_nothing_chosen_is_said_and_unknown_badges_are_nothing(site: Site) -> None:
    ines = asked(site)
    tab = Tab.at(ines, "/pick").press("Place in the course")
    assert tab.status == 422
    assert "Choose at least one." in tab.text
    assert ines.post("/pick/place", choice="no-such-badge").status_code == 422


def test_drafts_cannot_be_placed(site: Site) -> None:
    draft = site.services.edit.create(site.course.course.id, AchievementForm("Secret draft", ""))
    ines = asked(site)
    assert "Secret draft" not in Tab.at(ines, "/pick").text
    assert ines.post("/pick/place", choice=draft.id).status_code == 422


def test_platform_that_takes_one_is_asked_for_one(site: Site) -> None:
    ines = asked(site, accept_multiple=False)
    assert Tab.at(ines, "/pick").field("choice").get("type") == "radio"
    assert "1 card is ready" in ines.post("/pick/place", choice="my-badges").text


def test_platform_that_takes_no_links_gets_none(site: Site) -> None:
    ines = asked(site, accept_types=("file",))
    for refused in (ines.get("/pick"), ines.post("/pick/place", choice="my-badges")):
        assert (refused.status_code, "dl.type_unsupported" in refused.text) == (409, True)


@pytest.mark.parametrize("path", ["/pick", "/pick/place"])
def test_only_a_deep_linking_launch_can_be_answered(site: Site, path: str) -> None:
    answered = site.open_session("instructor").post(path, choice="my-badges")
    assert answered.status_code == 409
    assert "dl.not_asked" in answered.text


def test_learner_cannot_place(site: Site) -> None:
    ana = asked(site, "learner")
    assert ana.get("/").status_code == 403
    assert ana.get("/pick").status_code == 403
    assert ana.post("/pick/place", choice="my-badges").status_code == 403


@pytest.mark.parametrize("address", ["javascript:alert(1)", "", "data:text/html,x"])
def test_return_address_that_is_no_web_address_is_refused(site: Site, address: str) -> None:
    assert asked(site, return_url=address).get("/pick").status_code == 409


@BOTH
def test_placed_card_opens_what_it_names(site: Site, cookie: bool) -> None:
    lab = site.badges["lab"].id
    opened = {
        "instructor": (f"/badges/{lab}", "/badges/progress", "/badges", "/badges"),
        "learner": (f"/my/cards/{lab}", "/my/progress", "/my", "/my"),
    }
    customs: list[dict[str, str]] = [{"badge": lab}, {"card": "progress"}, {"card": "my-badges"}, {}]
    for role, places in opened.items():
        for custom, place in zip(customs, places, strict=True):
            person = site.open_session(role, cookie=cookie, custom=custom)
            assert person.view("/").headers["Location"] == f"/s/{person.id}{place}", (role, custom)
            assert person.view(place).status_code == 200, (role, custom)


@pytest.mark.parametrize("custom", [{"badge": "../../admin"}, {"badge": "x" * 65}, {"card": "https://evil.example"}])
def test_parameters_that_are_not_ours_open_the_list(site: Site, custom: dict[str, str]) -> None:
    ana = site.open_session("learner", custom=custom)
    assert ana.view("/").headers["Location"] == f"/s/{ana.id}/my"
