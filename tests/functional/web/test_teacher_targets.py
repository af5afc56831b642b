"""What a teacher is promised, counted: a look at who would earn a badge before it is published (T-c), no rule published
that cannot be met (T-d), and why somebody has not got a badge in two clicks (T-e)."""

from __future__ import annotations

import re
import time

import pytest

from lti_tool.demo.html_page import parse_html
from lti_tool.usecases.ports import Member
from lti_tool.usecases.read_course import merge_roster
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab
from tests.functional.web.test_instructor_details import QUIZ_AND_MODULE

QUIZ = {"rule.0.type": "item_score", "rule.0.target": "quiz-1", "rule.0.minimum": "80", "rule.0.unit": "percent"}
DONE = {"rule.1.type": "module_completed", "rule.1.target": "module-1"}
ALL = {"rule.joiner": "all"}
# What is wrong with each, and what the page says of it.
BAD_RULES: dict[str, tuple[dict[str, str], str]] = {
    "nothing is asked for": (ALL, "Add what a learner must do."),
    "no activity is chosen": (ALL | QUIZ | {"rule.0.target": ""}, "Choose"),
    "the activity is not in the course": (
        ALL | QUIZ | {"rule.0.target": "gone"}, "The course does not have this any more."
    ),
    "no minimum": (ALL | QUIZ | {"rule.0.minimum": ""}, "Give the minimum as a number"),
    "the minimum is no number": (ALL | QUIZ | {"rule.0.minimum": "a lot"}, "Give the minimum as a number"),
    "the minimum is nothing": (ALL | QUIZ | {"rule.0.minimum": "0"}, "The minimum must be more than 0."),
    "more than all of it": (ALL | QUIZ | {"rule.0.minimum": "101"}, "Nobody can be asked for more than 100 %."),
    "more points than there are": (
        ALL | QUIZ | {"rule.0.minimum": "150", "rule.0.unit": "points"},
        "Nobody can reach 150: the activity has 100 points.",
    ),
    "three of two": (QUIZ | DONE | {"rule.joiner": "at_least", "rule.count": "3"}, "at most 2 of these 2"),
    "an empty group": (ALL | QUIZ | {"rule.1.joiner": "any", "rule.1.type": "group"}, "Add a condition to this group"),
    "not of two": (QUIZ | DONE | {"rule.joiner": "not"}, "“Not” has one condition"),
    "a badge that builds on itself": (
        ALL | {"rule.0.type": "badge_held", "rule.0.target": "<itself>"}, "The course does not have this any more."
    ),
    "more credits than are offered": (
        QUIZ | DONE | {"rule.joiner": "credits", "rule.count": "5"}, "5 credits are asked for, and only 2 are offered."
    ),
}  # fmt: skip


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


@pytest.mark.parametrize(("learners", "most_seconds"), [(200, 2.0), (1000, 10.0)])
def test_who_would_earn_it_is_seen_before_publishing_and_at_once(
    site: Site, learners: int, most_seconds: float
) -> None:
    """T-c: no extra click, and no longer than two seconds for 200 learners, ten for 1,000."""
    house = site.course.house
    site.course.platform.members += [Member(f"learner-{number}", ("Learner",)) for number in range(learners - 5)]
    with house.transactions() as unit:
        merge_roster(unit, site.course.course, site.course.platform.members)
        unit.commit()
    site.course.hear(*(site.course.score(f"learner-{number}", float(number)) for number in range(60, 100)))
    site.course.work()
    teacher = site.open_session("instructor")
    begun = time.process_time()
    page = teacher.post("/badges/new/form", op="check", **QUIZ_AND_MODULE).text
    took = time.process_time() - begun
    words = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "20 one step away" in words
    assert f"{learners - 20} not yet" in words
    assert "Data as of" in words
    assert took <= most_seconds, f"{took:.2f} s"


def test_rules_that_cannot_be_met_are_not_published(site: Site) -> None:
    """T-d: each is refused, the cause is named, and links lead to the fields."""
    lab, teacher = site.badges["lab"], site.open_session("instructor")
    assert len(BAD_RULES) >= 12
    for what, (rule, cause) in BAD_RULES.items():
        form = {name: value.replace("<itself>", lab.id) for name, value in rule.items()}
        answer = teacher.post(f"/badges/{lab.id}/form", op="save", name="Lab safety", description="x", **form)
        page = parse_html(answer.text)
        assert answer.status_code == 422, what
        assert cause in page.text, what
        summary = page.by_id("errors")
        assert summary is not None, what
        links = [one.get("href").removeprefix("#") for one in summary.all("a")]
        assert links, what
        assert all(page.by_id(link) is not None for link in links), (what, links)
    with site.course.house.transactions(write=False) as unit:
        assert unit.achievements.latest(lab.id) == lab, "nothing is changed"


def test_the_button_of_a_rule_that_cannot_be_met_is_grey_and_says_why(site: Site) -> None:
    """T-d: before it is pressed, with a link to what has to be put right; of a draft and of a badge that is live."""
    lab, teacher = site.badges["lab"], site.open_session("instructor")
    for badge_id, verb in ((lab.id, "save"), ("new", "publish")):
        rules = {what: rule for what, rule in BAD_RULES.items() if badge_id == lab.id or "itself" not in what}
        for what, (rule, _) in (rules | {"a good one": (ALL | QUIZ, "")}).items():
            form = {name: value.replace("<itself>", lab.id) for name, value in rule.items()}
            page = parse_html(teacher.post(f"/badges/{badge_id}/form", op="check", name="Lab", **form).text)
            button = page.find(lambda one: one.get("name") == "op" and one.get("value") == verb)  # noqa: B023
            why = page.by_id("why-not")
            assert button is not None, what
            assert why is not None, what
            assert button.get("aria-describedby") == "why-not"
            links = [one.get("href").removeprefix("#") for one in why.all("a")]
            assert (button.get("aria-disabled") == "true") is bool(links) is (what != "a good one"), what
            assert all(page.by_id(link) is not None for link in links), (what, links)


def test_why_somebody_has_not_got_it_takes_two_clicks(site: Site) -> None:
    """T-e: from the course's page; it names what was seen, its value, and when it was read."""
    site.course.hear(site.course.score("ana", 62.0))
    site.course.work()
    site.course.clock.pass_time(minutes=4)
    clicks = 0
    page = Tab.at(site.open_session("instructor"), "/badges")
    page, clicks = page.follow("Lab safety"), clicks + 1
    line = page.page.by_id(f"learner-{site.course.people['ana'].id}")
    assert line is not None
    why = line.find(lambda one: one.tag == "details")  # opened with the second click, on the same page
    assert why is not None
    clicks += 1
    for words in ("Score at least 80 % in Quiz 1", "62 of 100 (62 %)", "at least 80 % needed", "4 minutes ago"):
        assert words in why.text, why.text
    assert clicks == 2
