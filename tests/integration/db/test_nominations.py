"""Nominations are kept whole on both databases, one for each learner and piece."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lti_tool.domain.evidence import Evidence, EvidenceFile
from lti_tool.domain.identity import Actor
from lti_tool.domain.marks import Mark
from lti_tool.domain.nomination import Nomination, NominationState
from lti_tool.usecases.ports import NominationStep
from tests.factories.house import make_house

MARKS = {"A": Mark(2.5), "B": Mark(6.0, "Clear")}
FILE = EvidenceFile("file-1", "report.pdf", "application/pdf", 3)
INES = Actor("person", "ines", "Ines")


def test_nomination_comes_back_as_it_was_kept(furnished_database_url: str, tmp_path: Path) -> None:
    course = make_house(furnished_database_url, tmp_path, furnished=True)
    badge, ana, now = course.publish(), course.people["ana"], course.clock.now()
    shown, here = Evidence("Words", "https://example.org", FILE), course.course.id
    made = Nomination("nomination-1", here, badge.id, ana.id, "Report", shown, ana.id, now)
    approved = NominationState.APPROVED
    decided = replace(made, state=approved, reviewer=INES, decided_at=now, words="Good", marks=MARKS)
    steps = [
        NominationStep(now, INES, "handed_in", shown),
        NominationStep(now, INES, "approved", Evidence("Good"), MARKS),
    ]
    with course.house.transactions() as unit:
        unit.nominations.save(made)
        assert unit.nominations.find(badge.id, ana.id, "Report") == made
        unit.nominations.save(decided)
        for step in steps:
            unit.nominations.note(made.id, step)
        for _ in range(2):
            unit.evidence_files.add(made.id, FILE, b"%PD", now)
        unit.commit()
    with course.house.transactions(write=False) as unit:
        assert unit.nominations.of_person(course.course.id, ana.id) == [decided]
        assert unit.nominations.get("another course", made.id) is None
        assert unit.nominations.steps(made.id) == steps
        assert unit.evidence_files.get(made.id, FILE.id) == (FILE, b"%PD")
        assert unit.evidence_files.get("nomination-2", FILE.id) is None
        assert unit.evidence_files.count(here, ana.id) == 1
        assert unit.evidence_files.count(here, course.people["ben"].id) == 0
    with course.house.transactions() as unit:
        unit.evidence_files.erase(course.people["ben"].id)
        assert unit.evidence_files.get(made.id, FILE.id) is not None
        unit.evidence_files.erase(ana.id)
        unit.commit()
    with course.house.transactions(write=False) as unit:
        assert unit.evidence_files.get(made.id, FILE.id) is None
        [kept] = unit.nominations.of_person(here, ana.id)
        assert (kept.evidence, unit.nominations.steps(made.id)[0].evidence.file) == (replace(shown, file=None), None)
    course.house.engine.dispose()
