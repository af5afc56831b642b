"""The staff award learners by hand: ticked ones or a table, all of them or nobody, without scripts or cookies."""

from __future__ import annotations

import json

import pytest

from lti_tool.demo.forms import Upload
from lti_tool.domain.award import Award, AwardState, Flag
from lti_tool.usecases.ports import HistoryEntry
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab

TABLE = """user id;Why;Evidence;Link
ana;Ran the workshop;Led the safety walk;https://example.org/walk
ben;;Helped;
"""


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


@pytest.fixture(params=[True, False], ids=["cookie", "no cookie"])
def badge_page(site: Site, request: pytest.FixtureRequest) -> Tab:
    return Tab.at(site.open_session("instructor", cookie=request.param), f"/badges/{site.badges['lab'].id}")


@pytest.fixture
def table_page(site: Site) -> Tab:
    page = Tab.at(site.open_session("instructor"), f"/badges/{site.badges['lab'].id}")
    return page.follow("Award from a table (CSV)")


def look(tab: Tab, text: str = TABLE) -> Tab:
    return tab.press("Look at the file", files={"table": Upload("people.csv", text.encode(), "text/csv")})


def awards(site: Site) -> dict[str, Award]:
    with site.course.house.transactions(write=False) as unit:
        found = unit.awards.of_course(site.course.course.id)
    subjects = {person.id: subject for subject, person in site.course.people.items()}
    return {subjects[award.person_id]: award for award in found}


def history(site: Site, award_id: str) -> list[HistoryEntry]:
    with site.course.house.transactions(write=False) as unit:
        return unit.awards.history(award_id)


def test_ticked_learners_are_awarded_with_reason_and_evidence(site: Site, badge_page: Tab) -> None:
    people = site.course.people
    badge_page.press("Award the ticked learners by hand…", {"person": [people["ana"].id, people["ben"].id]})
    assert "Ana Gets the badge" in badge_page.text
    badge_page.press("Award 2 learners", {"reason": "", "text": "", "url": ""})
    assert (badge_page.status, badge_page.field("reason").get("aria-invalid")) == (422, "true")
    assert awards(site) == {}
    said = {"reason": "Ran the workshop", "text": "Led the safety walk.", "url": "https://example.org/walk"}
    badge_page.press("Award 2 learners", said)
    assert "Awarded. The badges are being signed." in badge_page.text
    site.course.work()
    found = awards(site)
    assert {subject: award.state for subject, award in found.items()} == {
        "ana": AwardState.ISSUED, "ben": AwardState.ISSUED,
    }  # fmt: skip
    first = history(site, found["ana"].id)[0]
    assert (first.action, first.reason, first.actor.name) == ("awarded_by_hand", "Ran the workshop", "Ines")
    with site.course.house.transactions(write=False) as unit:
        credential = unit.credentials.get(found["ana"].id)
    assert credential is not None
    shown = json.loads(credential.document or "")["evidence"]
    assert [one["id"] for one in shown] == ["https://example.org/walk"]
    assert shown[0]["narrative"] == "Led the safety walk."
    assert "Ran the workshop" not in (credential.document or ""), "the reason is for the staff alone"


def test_award_by_hand_is_moved_by_no_later_grade(site: Site, badge_page: Tab) -> None:
    badge_page.press("Award the ticked learners by hand…", {"person": [site.course.people["ana"].id]})
    badge_page.press("Award 1 learner", {"reason": "Did it at another school"})
    site.course.work()
    site.course.clock.pass_time(minutes=1)
    site.course.hear(site.course.score("ana", 10.0), site.course.module("ana", done=False))
    site.course.work()
    site.course.publish()  # has the whole course weighed anew
    site.course.work()
    assert awards(site)["ana"].flag is Flag.NONE


def test_nobody_is_awarded_while_one_cannot_be(site: Site, badge_page: Tab) -> None:
    ana, ines = site.course.people["ana"].id, site.open_session("instructor").id
    with site.course.house.transactions(write=False) as unit:
        session = unit.launch_sessions.get(ines, site.course.clock.now())
    assert session is not None
    teacher = session.person_id
    sent = {"launch_token": badge_page.field("launch_token").get("value"), "reason": "Both", "person": [ana, teacher]}
    path = f"{badge_page.path}/award"
    page = badge_page.client.post(path, data=sent)
    assert "Nobody awards herself." in page.text
    assert "Award 1 learner" not in page.text
    assert badge_page.client.post(f"{path}/give", data=sent).status_code == 403
    assert badge_page.client.post(f"{path}/give", data=sent | {"person": [ana, "nobody"]}).status_code == 404
    assert badge_page.client.post(path, data=sent | {"person": []}).status_code == 422
    assert awards(site) == {}


def test_table_awards_all_rows_or_none(site: Site, table_page: Tab) -> None:
    look(table_page)
    # Ben's row has no reason: nothing is given before there is one for him too.
    for words in ("people.csv", "1 gets the badge", "1 row is wrong", "Nobody is awarded while a row is wrong"):
        assert words in table_page.text, words
    assert "award.why_missing" in table_page.text
    assert not table_page.has("Award 1 learner")
    table_page.press("Check the rows", {"fixed_reason": "Took part"})
    assert "2 get the badge" in table_page.text
    assert awards(site) == {}
    table_page.press("Award 2 learners")
    assert "2 learners were awarded from people.csv." in table_page.text
    site.course.work()
    found = awards(site)
    assert sorted(found) == ["ana", "ben"]
    assert history(site, found["ben"].id)[0].reason == "Took part"
    assert found["ana"].evaluation["by_hand"] == {"text": "Led the safety walk", "url": "https://example.org/walk"}
    again = look(table_page.get(f"/s/{table_page.path.split('/')[2]}/badges/{site.badges['lab'].id}/award/table"))
    assert "0 get the badge, 1 has it already" in again.text


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("nobody;Why;;", "person.unknown"),
        ("ana;Again;;", "award.named_twice"),
        ("ben;Why;;javascript:alert(1)", "evidence.url_invalid"),
        (";Why;;", "upload.learner_invalid"),
        (f"ben;{'x' * 501};;", "award.why_too_long"),
    ],
)
def test_one_wrong_row_stops_the_whole_table(site: Site, table_page: Tab, row: str, code: str) -> None:
    look(table_page, f"user id;Reason;Evidence;Link\nana;Good work;;\n{row}\n")
    assert code in table_page.text
    assert not table_page.has("Award 1 learner")
    # Somebody who sends the button all the same gets nothing written either.
    form = {one: table_page.field(one).get("value") for one in ("launch_token", "data", "file_name")}
    chosen = {"learner": "user id", "person_kind": "lti", "reason": "Reason", "text": "Evidence", "url": "Link"}
    table_page.client.post(table_page.path, data=form | chosen | {"op": "give"})
    assert awards(site) == {}


def test_withdrawn_badge_is_not_awarded_again_by_hand(site: Site, table_page: Tab) -> None:
    award = site.earn("ana")
    teacher = site.open_session("instructor")
    teacher.post(f"/badges/{site.badges['lab'].id}/awards/{award}/withdraw", reason="Copied", person="")
    look(table_page, "user id;Reason\nana;Please\n")
    assert "award.withdrawn_before" in table_page.text


def test_paused_badge_and_platform_that_awards_nothing_refuse(site: Site) -> None:
    teacher, ana = site.open_session("instructor"), site.course.people["ana"].id
    path = f"/badges/{site.badges['lab'].id}"
    teacher.post(f"{path}/pause")
    assert "award-form" not in teacher.get(path).text
    assert teacher.post(f"{path}/award/give", person=ana, reason="why").status_code == 409
    assert awards(site) == {}
