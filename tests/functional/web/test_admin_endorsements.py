"""The operator's page of endorsements."""

from __future__ import annotations

import json

import pytest

from lti_tool.domain.issuer import IssuerForm, IssuerKind
from lti_tool.web.admin import make_blueprint as admin_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from lti_tool.web.verify import make_blueprint as verify_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.test_admin import signed_in


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint, learner_blueprint, verify_blueprint)


def test_an_operator_lets_an_issuer_endorse_a_badge(site: Site) -> None:
    site.services.issuers.add("guild", IssuerKind.DID_WEB, IssuerForm("Guild <of> Labs"))
    tab = signed_in(site).follow("Issuers").follow("Endorsements")
    lab = site.badges["lab"].id
    said = {"endorser": "guild", "about": f"badge:{lab}", "comment": " ", "by": "Dean"}
    tab.press("Sign it", said)
    assert tab.status == 422
    assert "An endorsement says something" in tab.text
    tab.press("Sign it", {"comment": "We hire <for> this."})
    assert "signed" in tab.text
    assert "Guild <of> Labs on Lab safety" in tab.text
    assert "Decided by Dean on" in tab.text
    tab.press("Sign it", {"endorser": "guild", "about": "issuer:guild", "comment": "Me."})
    assert "Nobody can endorse himself." in tab.text
    award = site.earn("ana")
    badge = site.open_session().post(f"/my/{award}/file/json").text
    answer = site.app.test_client().post("/verify", data={"badges": badge}).text
    assert "Who endorses it" in answer
    assert "We hire &lt;for&gt; this." in answer
    tab.get("/admin/issuers/endorsements").press("Withdraw: Guild <of> Labs on Lab safety")
    assert "No new badge carries it." in tab.text
    later = json.loads(site.open_session(subject="ben").post(f"/my/{site.earn('ben')}/file/json").text)
    assert "endorsement" not in later["credentialSubject"]["achievement"]


def test_nobody_else_endorses(site: Site) -> None:
    stranger = site.app.test_client()
    assert stranger.get("/admin/issuers/endorsements").status_code == 303
    assert stranger.post("/admin/issuers/endorsements", data={"comment": "x"}).status_code in (303, 401, 403)
    assert site.services.endorse.all() == []
