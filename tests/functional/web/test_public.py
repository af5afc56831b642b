"""The public page: what a stranger is told, and that green needs every check."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import text

from lti_tool.domain.credential import CheckName, CheckOutcome, CheckResult, VerificationReport
from lti_tool.domain.identity import Actor
from lti_tool.web.present.verdict import VerdictKind, check_rows, verdict
from tests.functional.web.conftest import Site

TEACHER = Actor("person", "t", "Ines")


def test_genuine_badge(site: Site) -> None:
    award = site.earn("ana")
    page = site.app.test_client().get(site.public_link(award))
    words = _plain(page.text)
    assert page.status_code == 200
    assert "Genuine and valid today" in words
    assert "“Lab safety”, issued by" in words
    assert "Score at least 80 % in Quiz 1 and complete Module 1." in words
    assert words.count("Passed") == len(CheckName)
    assert "Ana" not in words
    assert "chose not to show a name" in words


def test_name_is_shown_when_the_learner_chose_it(site: Site) -> None:
    link = site.public_link(site.earn("ana"), show_name=True)
    assert "to Ana on 1 September 2026" in _plain(site.app.test_client().get(link).text)


def test_page_needs_no_cookie_no_script_and_nobody_frames_it(site: Site) -> None:
    page = site.app.test_client().get(site.public_link(site.earn("ana")))
    assert "Set-Cookie" not in page.headers
    assert "<script" not in page.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert re.search(
        r'<meta property="og:image" content="https://badges\.example\.edu/images/[0-9a-f]{64}\.png">', page.text
    )
    assert page.text.index("Genuine and valid") < page.text.index("What was checked")


def test_withdrawn_badge_is_withdrawn_at_once_and_after_the_list_is_published(site: Site) -> None:
    award = site.earn("ana")
    link, client = site.public_link(award), site.app.test_client()
    site.services.revoke(site.course.course.id, award, TEACHER, "Copied <script>.")
    before = client.get(link).text
    site.course.work()
    after = client.get(link).text
    for page in (before, after):
        assert "Withdrawn on 1 September 2026" in page
        assert "Copied &lt;script&gt;." in page
        assert "Genuine" not in page
    assert "Failed" in after


def test_altered_credential_is_never_green(site: Site) -> None:
    award = site.earn("ana")
    link = site.public_link(award)
    with site.course.house.engine.begin() as connection:
        changed = connection.execute(
            text("UPDATE credentials SET document = replace(document, 'Lab safety', 'Surgery') WHERE award_id = :id"),
            {"id": award},
        )
    assert changed.rowcount == 1
    page = site.app.test_client().get(link).text
    assert "Changed or forged" in page
    assert "Genuine" not in page
    # What a forged badge claims is not repeated as if it were so.
    assert "issued by <strong>" not in page


def test_lapsed_status_list_is_not_checked_and_so_not_green(site: Site) -> None:
    link = site.public_link(site.earn("ana"))
    site.course.clock.pass_time(days=40)
    page = _plain(site.app.test_client().get(link).text)
    assert "Could not be checked completely" in page
    assert "Not checked" in page


def test_json_is_the_signed_document(site: Site) -> None:
    award = site.earn("ana")
    link, client = site.public_link(award), site.app.test_client()
    with site.course.house.transactions(write=False) as unit:
        signed = unit.credentials.get(award).document
    for got in (client.get(f"{link}.json"), client.get(link, headers={"Accept": "application/json"})):
        assert got.content_type == "application/json"
        assert got.text == signed
        assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert json.loads(signed)["proof"]


@pytest.mark.parametrize("token", ["x" * 32, "short", "%00", "..%2f..", "a" * 3000, "<script>"])
def test_unknown_links_are_not_found(site: Site, token: str) -> None:
    client = site.app.test_client()
    for address in (f"/b/{token}", f"/b/{token}.json"):
        got = client.get(address)
        assert got.status_code == 404
        assert "script>" not in got.text


def test_many_requests_from_one_address_are_slowed_down(site: Site) -> None:
    client = site.app.test_client()
    got = [client.get(f"/b/{'x' * 32}") for _ in range(121)]
    assert {answer.status_code for answer in got[:120]} == {404}
    assert got[120].status_code == 429
    assert "Too many requests" in got[120].text


def _report(**changes: CheckOutcome) -> VerificationReport:
    checks = tuple(
        CheckResult(name, changes.get(name.value, CheckOutcome.PASSED), f"{name.value}.code", f"About {name.value}.")
        for name in CheckName
    )
    return VerificationReport(checks, None, "json")


@pytest.mark.parametrize("name", list(CheckName))
@pytest.mark.parametrize("outcome", [CheckOutcome.FAILED, CheckOutcome.NOT_CHECKED])
def test_one_check_that_did_not_pass_is_enough(name: CheckName, outcome: CheckOutcome) -> None:
    report = _report(**{name.value: outcome})
    judged = verdict(report)
    assert judged.kind is not VerdictKind.GENUINE
    assert judged.detail == f"About {name.value}."
    assert [row.word for row in check_rows(report)].count("Passed") == len(CheckName) - 1


def test_a_check_that_is_missing_is_not_a_pass() -> None:
    report = VerificationReport(_report().checks[:-1], None, "json")
    assert verdict(report).kind is VerdictKind.UNSURE
    assert verdict(_report()).kind is VerdictKind.GENUINE


def test_forged_outweighs_withdrawn() -> None:
    both = _report(signature=CheckOutcome.FAILED, status=CheckOutcome.FAILED)
    assert verdict(both, withdrawn_on="1 May 2026").kind is VerdictKind.FORGED


def _plain(html: str) -> str:
    return re.sub(r" ([,.])", r"\1", " ".join(re.sub(r"<[^>]+>", " ", html).split()))
