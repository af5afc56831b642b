"""Nominations and their steps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select

from lti_tool.db.statements import upsert
from lti_tool.db.tables import reviews as t
from lti_tool.domain.evidence import Evidence, EvidenceFile
from lti_tool.domain.identity import Actor
from lti_tool.domain.marks import marks_from_json, marks_to_json
from lti_tool.domain.nomination import Nomination, NominationState
from lti_tool.usecases.ports import NominationStep

_WHOSE = ("id", "course_id", "achievement_id", "person_id", "piece")
_PLAIN = (*_WHOSE, "nominated_by", "submitted_at", "decided_at", "words")


def _nomination(row: Row[Any]) -> Nomination:
    return Nomination(
        **{name: getattr(row, name) for name in _PLAIN},
        evidence=_evidence(row),
        state=NominationState(row.state),
        reviewer=Actor(row.reviewer_kind, row.reviewer_id, row.reviewer_name) if row.reviewer_kind else None,
        marks=marks_from_json(row.points),
    )


def _evidence(row: Row[Any]) -> Evidence:
    return Evidence(row.text, row.url, EvidenceFile(**row.file) if row.file else None)


def _evidence_values(evidence: Evidence) -> dict[str, Any]:
    return evidence.to_json() | {"file": evidence.file.to_json() if evidence.file else None}


class SqlNominations:
    """Implements usecases.ports.Nominations."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, course_id: str, nomination_id: str) -> Nomination | None:
        return self._first(t.nominations.c.course_id == course_id, t.nominations.c.id == nomination_id)

    def find(self, achievement_id: str, person_id: str, piece: str) -> Nomination | None:
        table = t.nominations.c
        return self._first(table.achievement_id == achievement_id, table.person_id == person_id, table.piece == piece)

    def of_course(self, course_id: str) -> list[Nomination]:
        return self._all(t.nominations.c.course_id == course_id)

    def of_person(self, course_id: str, person_id: str) -> list[Nomination]:
        return self._all(t.nominations.c.course_id == course_id, t.nominations.c.person_id == person_id)

    def save(self, nomination: Nomination) -> None:
        reviewer = nomination.reviewer or Actor("")
        values = {name: getattr(nomination, name) for name in _PLAIN}
        values |= _evidence_values(nomination.evidence)
        values |= {"state": nomination.state.value, "points": marks_to_json(nomination.marks)}
        values |= {"reviewer_kind": reviewer.kind, "reviewer_id": reviewer.id, "reviewer_name": reviewer.name}
        upsert(self._connection, t.nominations, values)

    def note(self, nomination_id: str, step: NominationStep) -> None:
        what: dict[str, Any] = {"nomination_id": nomination_id, "at": step.at, "action": step.action}
        what |= {"actor_kind": step.actor.kind, "actor_id": step.actor.id, "actor_name": step.actor.name}
        what |= {"points": marks_to_json(step.marks), **_evidence_values(step.evidence)}
        self._connection.execute(insert(t.nomination_steps).values(what))

    def steps(self, nomination_id: str) -> list[NominationStep]:
        table = t.nomination_steps
        query = select(table).where(table.c.nomination_id == nomination_id).order_by(table.c.id)
        return [
            NominationStep(
                row.at,
                Actor(row.actor_kind, row.actor_id, row.actor_name),
                row.action,
                _evidence(row),
                marks_from_json(row.points),
            )
            for row in self._connection.execute(query)
        ]

    def _first(self, *conditions: Any) -> Nomination | None:
        row = self._connection.execute(select(t.nominations).where(*conditions)).first()
        return _nomination(row) if row else None

    def _all(self, *conditions: Any) -> list[Nomination]:
        query = select(t.nominations).where(*conditions).order_by(t.nominations.c.submitted_at, t.nominations.c.id)
        return [_nomination(row) for row in self._connection.execute(query)]
