"""The operator's pages of issuers, the commands, and how a badge's page shows its issuer."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from lti_tool.cli.issuers import issuer
from lti_tool.demo.forms import Upload
from lti_tool.domain.issuer import IssuerForm, IssuerKind, Scope, ink_on
from lti_tool.web.admin import make_blueprint as admin_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from lti_tool.web.verify import make_blueprint as verify_blueprint
from tests.factories.house import REGISTRATION, draw_any
from tests.functional.web.conftest import Site
from tests.functional.web.test_admin import signed_in


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint, learner_blueprint, verify_blueprint)


def test_an_operator_makes_an_issuer_and_lets_it_issue(site: Site) -> None:
    tab = signed_in(site).follow("Issuers").follow("Make an issuer")
    said = {
        "name": "Faculty <of> Arts",
        "slug": "Arts",
        "kind": "https",
        "colour": "#1a5fb4",
        "proof": "ecdsa-rdfc-2019",
    }
    tab.press("Make the issuer", said)
    assert tab.status == 422
    assert "small letters, digits and hyphens" in tab.text
    made = tab.press("Make the issuer", said | {"slug": "arts"})
    assert "The issuer is made." in made.text
    held = site.services.issuers.get("arts")
    assert (held.kind, held.name, held.colour, held.proof) == (
        IssuerKind.HTTPS,
        "Faculty <of> Arts",
        "#1a5fb4",
        "ecdsa-rdfc-2019",
    )
    tab.press("Let it issue where nothing is chosen: Faculty <of> Arts")
    assert site.services.issuers.default().slug == "arts"
    tab.get("/admin/issuers/of/arts").press("Save", {"name": "Arts", "email": "nobody"})
    assert "This is not an e-mail address." in tab.text
    tab.press("Save", {"name": "Arts", "email": ""})
    assert site.services.issuers.get("arts").name == "Arts"

    tab.get(f"/admin/platforms/{REGISTRATION}/issuers")
    tab.press("Save", {f"course-{site.course.course.id}": "default"})
    choice = site.services.issuers.choices(REGISTRATION)
    assert [slug for _, slug in choice.courses] == ["default"]
    assert choice.slug == ""


def test_only_the_operator_may(site: Site) -> None:
    client = site.app.test_client()
    platform = f"/admin/platforms/{REGISTRATION}/issuers"
    for path in ("/admin/issuers", "/admin/issuers/new", "/admin/issuers/of/default", platform):
        assert client.get(path).status_code == 303
    for path in ("/admin/issuers/new", "/admin/issuers/of/default", "/admin/issuers/of/default/default", platform):
        assert client.post(path, data={"name": "Evil", "csrf": "x"}).status_code == 401
        assert signed_in(site).client.post(path, data={"name": "Evil", "csrf": "x"}).status_code == 403
    assert site.services.issuers.get("default").name != "Evil"


def test_a_logo_is_made_anew_like_every_image(site: Site) -> None:
    tab = signed_in(site).get("/admin/issuers/of/default")
    tab.press("Save", files={"logo": Upload("logo.png", b"<html>no image</html>", "image/png")})
    assert tab.status == 422
    assert site.services.issuers.get("default").image_id == ""
    tab.press("Save", files={"logo": Upload("logo.png", draw_any(), "image/png")})
    assert site.services.issuers.get("default").image_id
    tab.get("/admin/issuers/of/default").press("Save", {"without_logo": "1"})
    assert site.services.issuers.get("default").image_id == ""


def test_a_badge_is_shown_in_the_colour_of_its_issuer(site: Site) -> None:
    issuers = site.services.issuers
    issuers.add("arts", IssuerKind.DID_WEB, IssuerForm("Faculty of Arts", colour="#1a5fb4"), draw_any())
    issuers.choose(Scope.TENANT, "default", "arts")
    award_id = site.earn("ana")
    person = site.course.people["ana"]
    page = site.services.share.open(site.course.course.id, person.id, award_id, show_name=False)
    client = site.app.test_client()
    signed = client.get(f"/b/{page.token}.json").text
    altered = json.loads(signed)
    altered["credentialSubject"]["achievement"]["name"] = "Another"
    shown = client.get(f"/b/{page.token}", headers={"Accept": "text/html"}).text
    answered = client.post("/verify", data={"badges": signed}).text
    forged = client.post("/verify", data={"badges": json.dumps(altered)}).text
    for text in (shown, answered):
        assert '<div class="brand">' in text
        assert '<link rel="stylesheet" href="/issuers/arts/brand.css">' in text
        assert f"/images/{issuers.get('arts').image_id}.png" in text
    assert '<div class="brand">' not in forged


def test_writing_on_a_colour_can_be_read() -> None:
    assert (ink_on("#000000"), ink_on("#1a5fb4"), ink_on("#ffffff"), ink_on("#ffd400")) == (
        "#ffffff",
        "#ffffff",
        "#000000",
        "#000000",
    )


def test_the_commands_do_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lti_tool.cli.issuers.assemble", lambda _: site.course.house)
    monkeypatch.setattr("lti_tool.cli.issuers.Settings", lambda: None)

    def run(*words: str) -> str:
        done = CliRunner().invoke(issuer, list(words), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    made = json.loads(run("add", "key", "--kind", "did:key", "--name", "By key", "--json"))
    assert made["id"].startswith("did:key:z6Mk")
    edited = json.loads(run("edit", "key", "--colour", "#aabbcc", "--parent", "default", "--json"))
    assert (edited["name"], edited["colour"], edited["parent_slug"]) == ("By key", "#aabbcc", "default")
    run("choose", "key", "--platform", REGISTRATION)
    run("choose", "key")
    rows = {row["slug"]: row for row in json.loads(run("list", "--json"))}
    assert (rows["key"]["default"], rows["default"]["default"]) == (True, False)
    assert site.services.issuers.choices(REGISTRATION).slug == "key"
    run("choose", "key", "--platform", REGISTRATION, "--undo")
    assert site.services.issuers.choices(REGISTRATION).slug == ""
