"""My badges and one badge of mine, as a learner meets them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace

import pypdfium2
import pytest

from lti_tool.credentials.linked_data import limits
from lti_tool.domain.identity import Actor
from lti_tool.domain.launch import MessageType
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import Activity
from tests.factories.house import event
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab

BOTH = pytest.mark.parametrize("cookie", [True, False], ids=["cookie", "token in the page"])


@BOTH
def test_launch_of_a_learner_arrives_at_my_badges(site: Site, cookie: bool) -> None:
    ana = site.open_session(cookie=cookie)
    home = ana.view("/")
    # Without a cookie the POST is repeated, so that the token travels on.
    assert home.status_code == (303 if cookie else 307)
    assert home.headers["Location"] == f"/s/{ana.id}/my"
    page = ana.view("/my")
    assert page.status_code == 200
    assert "My badges" in page.text
    assert "0 of 2 done" in page.text
    assert "Next: " in page.text


@BOTH
def test_progress_names_what_was_seen_and_what_is_missing(site: Site, cookie: bool) -> None:
    site.course.hear(site.course.score("ana", 62.0))
    site.course.work()
    site.course.clock.pass_time(minutes=4)
    text = _plain(site.open_session(cookie=cookie).view("/my").text)
    assert "Data read 4 minutes ago" in text
    assert "62 of 100 (62 %) , at least 80 % needed" in text
    assert "Not yet" in text
    assert "Not known yet" in text
    assert "Both of these" in text


def test_next_step_links_to_the_activity_in_a_new_window(site: Site) -> None:
    page = site.open_session().view("/my").text
    assert re.search(r'href="https://lms\.example\.edu/quiz-1" target="_blank" rel="noopener"', page)


@BOTH
def test_earned_badge_is_listed_and_opens(site: Site, cookie: bool) -> None:
    award = site.earn("ana")
    ana = site.open_session(cookie=cookie)
    listed = ana.view("/my").text
    assert f'data-award="{award}"' in listed
    assert "What it takes" not in listed
    page = _plain(ana.view(f"/my/{award}").text)
    for words in ("Lab safety", "Score at least 80 % in Quiz 1 and complete Module 1.", "Observed: 91 %", "Signed and"):
        assert words in page


def test_badge_being_signed_says_so_and_offers_nothing_yet(site: Site) -> None:
    site.course.hear(site.course.score("ana", 91.0), site.course.module("ana"))
    handlers = site.course.house.handlers()
    for row_id in (1, 2):
        handlers["apply_events"](row_ids=[row_id])
    handlers["evaluate_learner"](course_id=site.course.course.id, person_id=site.course.people["ana"].id)
    ana, award = site.open_session(), site.award_of("ana")
    assert "Being signed…" in ana.view("/my").text
    page = ana.view(f"/my/{award}").text
    assert "Being signed…" in page
    assert "Add to a wallet" not in page
    assert ana.post(f"/my/{award}/wallet").status_code == 409
    assert ana.post(f"/my/{award}/file/png").status_code == 409
    assert ana.post(f"/my/{award}/share").status_code == 409


def test_withdrawn_badge_says_when_and_why(site: Site) -> None:
    award = site.earn("ana")
    teacher = Actor("person", "t", "Ines")
    site.services.revoke(site.course.course.id, award, teacher, "Copied from <b>Ben</b>.")
    ana = site.open_session()
    listed = ana.view("/my").text
    assert "Withdrawn" in listed
    assert "1 September 2026" in listed
    assert "Copied from &lt;b&gt;Ben&lt;/b&gt;." in listed
    page = ana.view(f"/my/{award}").text
    assert "Copied from &lt;b&gt;Ben&lt;/b&gt;." in page
    assert "Add to a wallet" not in page


def test_changes_are_given_once(site: Site) -> None:
    ana = site.open_session()
    version = re.search(r'data-live-version="([0-9a-f]+)"', ana.view("/my").text).group(1)
    headers = {"X-Launch-Token": ana.token}
    address = f"/s/{ana.id}/my/changes"
    same = ana.client.post(address, headers=headers, data={"version": version})
    assert same.json == {"version": version, "html": None}
    award = site.earn("ana")
    news = ana.client.post(address, headers=headers, data={"version": version}).json
    assert news["version"] != version
    assert f'data-award="{award}"' in news["html"]
    assert "<html" not in news["html"]
    again = ana.client.post(address, headers=headers, data={"version": news["version"]}).json
    assert again["html"] is None


def test_changes_to_a_script_without_the_token_are_json_errors(site: Site) -> None:
    ana = site.open_session()
    refused = ana.client.post(f"/s/{ana.id}/my/changes", headers={"X-Launch-Token": "wrong"})
    assert refused.status_code == 401
    assert refused.json["error"]["code"] == "session.launch_foreign"


@BOTH
def test_check_again_asks_for_a_reading(site: Site, cookie: bool) -> None:
    ana = site.open_session(cookie=cookie)
    site.course.work()
    site.course.clock.pass_time(minutes=3)
    assert "Data read 3 minutes ago" in ana.view("/my").text
    done = ana.post("/my/check-again")
    assert done.headers["Location"].endswith("/my?done=asked")
    assert "Your results are being read" in ana.view("/my?done=asked").text
    site.course.work()
    assert "Data read just now" in ana.view("/my").text


def test_wallet_page_offers_by_link_and_code_and_sees_the_badge_arrive(site: Site) -> None:
    award, ana = site.earn("ana"), site.open_session()
    page = ana.post(f"/my/{award}/wallet").text
    assert 'href="openid-credential-offer://?credential_offer_uri=' in page
    assert 'src="data:image/svg+xml' in page
    assert 'alt="QR code: opens Lab safety in a wallet app"' in page
    assert "until 08:10 UTC" in page
    again = ana.post(f"/my/{award}/wallet").text
    assert _offers(page) != _offers(again)
    poll = {"version": "offered"}
    assert ana.post(f"/my/{award}/wallet/changes", **poll).json["html"] is None
    _collect(site, award)
    assert "Stored in your wallet" in ana.post(f"/my/{award}/wallet/changes", **poll).json["html"]
    assert "Stored in a wallet" in ana.view(f"/my/{award}").text


@pytest.mark.parametrize(
    ("kind", "media_type", "begins"),
    [("json", "application/json", b"{"), ("png", "image/png", b"\x89PNG"), ("jwt", "text/plain", b"ey")],
)
def test_files_are_downloads(site: Site, kind: str, media_type: str, begins: bytes) -> None:
    award, ana = site.earn("ana"), site.open_session()
    got = ana.post(f"/my/{award}/file/{kind}")
    assert got.status_code == 200
    assert got.content_type == media_type
    assert got.headers["Content-Disposition"] == f"attachment; filename=lab-safety-badge.{kind}"
    assert got.data.startswith(begins)
    if kind == "json":
        assert json.loads(got.data)["credentialSubject"]["achievement"]["name"] == "Lab safety"


def test_all_badges_are_one_signed_record(site: Site) -> None:
    ana = site.open_session()
    assert "record" not in ana.get("/my").text
    assert ana.post("/my/record").status_code == 404
    site.earn("ana")
    assert "one signed record" in ana.get("/my").text
    got = ana.post("/my/record")
    assert got.headers["Content-Disposition"] == "attachment; filename=record-of-badges.json"
    report = site.course.house.verifier.verify(got.data)
    assert report.valid, report
    assert [one.name for one in report.contents] == ["Lab safety"]
    answer = site.app.test_client().post("/verify", data={"badges": got.text}).text
    assert "What is in it" in answer
    assert "Genuine and valid today" in answer
    assert "It is a record of badges" in answer


def test_more_badges_than_fit_into_one_record_are_several(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with hundreds of badges: here one fills a record."""
    site.earn("ana")
    site.course.publish({"type": "item_score", "item": "quiz-1", "minimum": 50, "unit": "percent"})
    site.course.work()
    monkeypatch.setattr(limits, "MAX_INSIDE", 1)
    got = site.open_session().post("/my/record")
    assert got.headers["Content-Disposition"] == "attachment; filename=record-of-badges.zip"
    with zipfile.ZipFile(io.BytesIO(got.data)) as archive:
        records = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert list(records) == ["record-of-badges-1-of-2.json", "record-of-badges-2-of-2.json"]
    parts = list(records.values())
    assert [part["name"] for part in parts] == ["Record of badges, part 1 of 2", "Record of badges, part 2 of 2"]
    assert all(part["partial"] and site.course.house.verifier.verify(json.dumps(part)).valid for part in parts)
    assert len({part["id"] for part in parts}) == 2
    inside = [one["id"] for part in parts for one in part["credentialSubject"]["verifiableCredential"]]
    assert len(set(inside)) == 2
    checked = site.app.test_client().post(
        "/verify", data={"files": (io.BytesIO(got.data), "record-of-badges.zip")}, content_type="multipart/form-data"
    )
    assert checked.text.count("Genuine and valid today") >= 2


def test_her_name_goes_into_the_badge_and_out_again(site: Site) -> None:
    award_id = site.earn("ana")
    tab = Tab.at(site.open_session("learner", "ana"), f"/my/{award_id}")
    assert "The badge names nobody." in tab.text
    for button, said in (
        ("Issue again with my name", "The badge names you as Ana."),
        ("Take my name out", "The badge names nobody."),
    ):
        tab.press(button)
        assert "is being issued again" in tab.text
        site.course.work()
        tab.get(tab.path)
        assert said in tab.text
    assert tab.text.count("Issued anew") == 2
    # Nobody else's.
    ben = site.open_session("learner", "ben")
    assert ben.post(f"/my/{award_id}/again", named="1").status_code == 404


def test_unknown_file_is_not_found(site: Site) -> None:
    award, ana = site.earn("ana"), site.open_session()
    assert ana.post(f"/my/{award}/file/exe").status_code == 404


@BOTH
def test_sharing_is_off_until_asked_and_can_be_stopped(site: Site, cookie: bool) -> None:
    award, ana = site.earn("ana"), site.open_session(cookie=cookie)
    private = ana.view(f"/my/{award}").text
    assert "Only you" in private
    assert "/b/" not in private
    assert ana.post(f"/my/{award}/share").headers["Location"].endswith(f"/my/{award}?done=shared")
    shared = ana.view(f"/my/{award}?done=shared").text
    link = re.search(r'value="https://badges\.example\.edu(/b/[\w-]+)"', shared).group(1)
    assert "does not show your name" in _plain(shared)
    assert "linkedin.com/profile/add" in shared
    assert ana.client.get(link).status_code == 200
    ana.post(f"/my/{award}/share", show_name="1")
    assert "It shows your name" in _plain(ana.view(f"/my/{award}").text)
    ana.post(f"/my/{award}/stop-sharing")
    assert "/b/" not in ana.view(f"/my/{award}").text
    assert ana.client.get(link).status_code == 404


def test_card_of_one_badge_opens_that_badge(site: Site) -> None:
    badge = site.badges["lab"]
    ana = site.open_session(custom={"badge": badge.id})
    home = ana.view("/")
    assert home.headers["Location"] == f"/s/{ana.id}/my/cards/{badge.id}"
    page = ana.view(f"/my?badge={badge.id}").text
    assert f'<details id="needs-{badge.id}" open>' in page
    assert f"/my/changes?badge={badge.id}" in page


def test_hostile_card_leads_to_the_plain_list(site: Site) -> None:
    for value in ("../../x", "<script>", "a" * 500, ""):
        ana = site.open_session(custom={"badge": value})
        assert ana.view("/").headers["Location"] == f"/s/{ana.id}/my"


def test_launch_without_a_course_gets_a_friendly_page(site: Site) -> None:
    nobody = site.open_session(context="")
    page = nobody.view("/")
    assert page.status_code == 200
    assert "Open LTI Badges from a course" in page.text
    assert nobody.view("/my").status_code == 403


def test_test_student_sees_the_page_and_why_she_earns_nothing(site: Site) -> None:
    assert "test student" in site.open_session("test_student").view("/my").text


def test_empty_course_explains_itself(site: Site) -> None:
    page = site.open_session(context="another-course").view("/my").text
    assert "No badges in this course yet" in page


def test_learner_cannot_place_badges(site: Site) -> None:
    ana = site.open_session(message=MessageType.DEEP_LINKING)
    assert ana.view("/").status_code == 403


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def _offers(html: str) -> str:
    return re.search(r'href="(openid-credential-offer://[^"]+)"', html).group(1)


def _collect(site: Site, award_id: str) -> None:
    """What the wallet protocol writes down when a wallet has the badge."""
    with site.course.house.transactions() as unit:
        offer = unit.wallet_offers.latest_of_award(award_id)
        unit.wallet_offers.save(replace(offer, state="collected", collected_at=site.course.clock.now()))
        unit.commit()


def test_certificate_to_print(site: Site) -> None:
    award = site.earn("ana")
    ana = site.open_session()
    assert "Certificate to print (PDF)" in ana.get(f"/my/{award}").text
    alone = ana.post(f"/my/{award}/file/pdf")
    assert (alone.status_code, alone.mimetype) == (200, "application/pdf")
    assert alone.headers["Content-Disposition"] == "attachment; filename=lab-safety-badge.pdf"
    address = f"{site.services.base_url}{site.public_link(award)}"
    [page] = pypdfium2.PdfDocument(ana.post(f"/my/{award}/file/pdf").data)
    text = page.get_textpage().get_text_range()
    for words in ("Lab safety", "Ana", "Laboratory Safety 101", "1 September 2026", address):
        assert words in text
    assert address not in pypdfium2.PdfDocument(alone.data)[0].get_textpage().get_text_range()
    assert site.open_session(subject="ben").post(f"/my/{award}/file/pdf").status_code == 404


def test_a_badge_for_other_groups_says_so_and_is_not_counted(site: Site) -> None:
    """Not "Everything is done": nothing of it was hers to do."""
    course = site.course
    rule = {"type": "item_score", "item": "quiz-1", "minimum": 50, "unit": "percent", "only_for": ["monday"]}
    nested = {"type": "all", "parts": [{"type": "all", "parts": [rule]}]}
    with course.house.transactions() as unit:
        group = Activity("monday", "group", "Lab Monday", None)
        unit.courses.save_activities(course.course.id, [group], course.clock.now())
        unit.commit()
    badges = [course.publish(one).id for one in (rule, nested)]
    course.hear(
        event("ana", FactKind.GROUP_MEMBERSHIP, "monday", course.clock, completed=False),
        event("ben", FactKind.GROUP_MEMBERSHIP, "monday", course.clock, completed=True),
    )
    course.work()
    for badge in badges:
        for path in ("/my", "/my/progress", f"/my/cards/{badge}"):
            ana, ben = (_plain(site.open_session(subject=name).view(path).text) for name in ("ana", "ben"))
            assert "This badge is for other groups of the course." in ana, path
            assert "0 of 0 done" not in ana
            assert "on its way" not in ana
            assert "for other groups" not in ben, path
    assert "0 of 1 badge earned" in _plain(site.open_session(subject="ana").view("/my/progress").text)
