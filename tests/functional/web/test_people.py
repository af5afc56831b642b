"""An instructor entrusts a non-editing teacher with a duty, and takes it back."""

from __future__ import annotations

import pytest

from lti_tool.usecases.ledger_export import details_of
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


@pytest.mark.parametrize("cookie", [True, False], ids=["cookie", "no cookie"])
def test_duty_is_entrusted_and_taken_back(site: Site, cookie: bool) -> None:
    omar = site.open_session("assistant", cookie=cookie)
    assert not Tab.at(omar, "/badges").has("Evidence")
    teacher = Tab.at(site.open_session("instructor", cookie=cookie), "/badges").follow("Who may do what")
    assert "Ines instructor: may do everything" in teacher.text
    assert "Ana" not in teacher.text, "nothing is entrusted to learners"
    teacher.press("Save the duties of Omar", {"duty": ["reviewer", "issuer"]})
    assert "Reviewer approves evidence by Ines" in teacher.text
    his = Tab.at(omar, "/badges")
    assert his.has("Evidence")
    assert not his.has("Who may do what")
    assert not his.has("New badge")
    assert his.follow("Lab safety").has("Award the ticked learners by hand…")
    teacher.press("Save the duties of Omar", {"duty": []})
    assert not Tab.at(omar, "/badges").has("Evidence")
    found = site.services.ledger.course(site.course.course.id)
    told = [(entry.read()["action"], details_of(entry).get("duty"), found.people[entry.subject].name)
            for entry in found.entries if "duty" in entry.read()["action"]]  # fmt: skip
    assert told == [(action, duty, "Omar") for action in ("duty_granted", "duty_withdrawn")
                    for duty in ("issuer", "reviewer")]  # fmt: skip
