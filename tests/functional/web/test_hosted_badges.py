"""Open Badges 2.0 of a shared badge: three documents and a picture that readers of that version take."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from openbadges_bakery import unbake

from lti_tool.bootstrap.site import create_site
from lti_tool.credentials.baking import unbake_png
from lti_tool.credentials.open_badges_2.build import identity_hash
from lti_tool.credentials.verification import verify
from lti_tool.delivery.openid4vci.context import still_stands
from lti_tool.domain.award import AwardState
from lti_tool.domain.identity import Actor
from lti_tool.usecases.withdraw_badges import Which
from tests.factories.credentials import LocalResolver
from tests.functional.web.conftest import Site

MAIL = "ana@school.example"


class Fetching(LocalResolver):
    """Reads the documents where the tool serves them."""

    def __init__(self, app: Flask, base_url: str) -> None:
        super().__init__()
        self._client, self._base_url = app.test_client(), base_url

    def hosted_document(self, url: str) -> dict[str, Any]:
        answer = self._client.get(url.removeprefix(self._base_url))
        assert answer.status_code in (200, 410), url
        assert answer.content_type == "application/ld+json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        document: dict[str, Any] = answer.get_json(force=True)
        return document


@pytest.fixture
def app(site: Site) -> Flask:
    made: Flask = create_site(site.course.house)
    with site.course.house.transactions() as unit:
        unit.people.save(replace(site.course.people["ana"], email=MAIL))
        unit.commit()
    return made


def test_the_picture_of_a_shared_badge_is_read_by_both_generations(site: Site, app: Flask) -> None:
    award = site.earn("ana")
    before = site.open_session().post(f"/my/{award}/file/png").data
    assert unbake(io.BytesIO(before)) is None
    link = site.public_link(award)
    png = site.open_session().post(f"/my/{award}/file/png").data
    address = unbake(io.BytesIO(png))
    assert address == f"{site.services.base_url}{link}/assertion.json"
    assert unbake_png(png).startswith("{"), "the newer credential is in the same picture"
    report = verify(assertion_only(address), Fetching(app, site.services.base_url), now=site.course.clock.now())
    assert report.valid, report
    assert report.facts is not None
    assert (report.facts.achievement_name, report.facts.issuer_name) == ("Lab safety", "LTI Badges")
    (identity,) = report.facts.identities
    assert identity.hash == identity_hash(" Ana@School.example ", identity.salt)
    assert MAIL not in app.test_client().get(f"{link}/assertion.json").text


def assertion_only(address: str) -> bytes:
    """A picture that carries nothing but the address."""
    element = f'<o:assertion xmlns:o="http://openbadges.org" verify="{address}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg">{element}</svg>'.encode()


def test_withdrawn_is_gone_and_says_why(site: Site, app: Flask) -> None:
    award = site.earn("ana")
    link = site.public_link(award)
    site.services.revoke(site.course.course.id, award, Actor("person", "t", "Ines"), "Copied.")
    answer = app.test_client().get(f"{link}/assertion.json")
    assert answer.status_code == 410
    assert answer.get_json(force=True) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": f"{site.services.base_url}{link}/assertion.json",
        "revoked": True,
        "revocationReason": "Copied.",
    }


def test_it_is_gone_as_soon_as_the_status_list_says_so(site: Site, app: Flask) -> None:
    """Where many are withdrawn as one, the award itself follows later."""
    award = site.earn("ana")
    link = site.public_link(award)
    house = site.course.house
    with house.transactions(write=False) as unit:
        issuer = house.issuers.default()
        assert unit.awards.standing_of_issuer(issuer.tenant_id, issuer.slug) == [award]
    house.withdraw_badges(Which(issuer_slug=issuer.slug), Actor("operator", "", "Dean"), "Stolen.")
    assert app.test_client().get(f"{link}/assertion.json").status_code == 410
    with house.transactions(write=False) as unit:
        held = unit.awards.get(award)
        assert held is not None
        assert held.state is AwardState.ISSUED
        assert not still_stands(unit, award)
    assert b'"withdrawn": true' in app.test_client().get(f"{link}.html").data


def test_it_ends_with_the_sharing(site: Site, app: Flask) -> None:
    award = site.earn("ana")
    link = site.public_link(award)
    person = site.course.people["ana"]
    site.services.share.stop(site.course.course.id, person.id, award)
    for path in (f"{link}/assertion.json", "/b/none-of-our-tokens/assertion.json", "/b/x/assertion.json"):
        assert app.test_client().get(path).status_code == 404


def test_whom_nobody_could_compare_has_none(site: Site, app: Flask) -> None:
    link = site.public_link(site.earn("ben"), "ben")
    answer = app.test_client().get(f"{link}/assertion.json")
    assert (answer.status_code, answer.json["error"]) == (404, "hosted.no_address")


@pytest.mark.parametrize("path", ["/achievements/none/versions/1.json", "/issuers/none/profile-2.json"])
def test_unknown_documents(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 404


def test_a_draft_has_no_class(site: Site, app: Flask) -> None:
    badge = site.badges["lab"]
    published = app.test_client().get(f"/achievements/{badge.id}/versions/1.json")
    assert published.get_json(force=True)["criteria"]["narrative"].startswith("Score at least 80 %")
    assert app.test_client().get(f"/achievements/{badge.id}/versions/7.json").status_code == 404
