"""The learner records: facts by slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_, update

from lti_tool.db.statements import insert_into, values_of
from lti_tool.db.tables import learning as t
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.learner_record import Fact, LearnerRecord

_SLOT = ("course_id", "person_id", "kind", "target", "aspect")
# The fields of a fact, in their order.
_FACT = [t.facts.c[one.name] for one in fields(Fact)]
_FACTS = select(t.facts.c.person_id, t.facts.c.weighed, *_FACT).where(t.facts.c.course_id == bindparam("course_id"))
_OF_LEARNER = _FACTS.where(t.facts.c.person_id == bindparam("person_id"))
# By its order too: what was stated since it was read is not weighed by this.
_WEIGHED = (
    update(t.facts)
    .where(*(t.facts.c[name] == bindparam(f"p_{name}") for name in (*_SLOT, "order")))
    .values(weighed=True)
)
# What a decision without its reasons looks at, and the times, which only windows need.
_VALUES = [
    t.facts.c[name]
    for name in ("person_id", "kind", "target", "aspect", "score", "maximum", "completed", "standing", "letter", "late")
]
_TIMES = [t.facts.c.occurred_at, t.facts.c.submitted_at]
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_KINDS = {kind.value: kind for kind in FactKind}
_ROWS_AT_ONCE = 5000


def _fact(row: Any) -> Fact:
    # By place: a course has hundreds of thousands of them.
    return Fact(_KINDS[row[2]], *row[3:])


class SqlRecords:
    """Implements usecases.ports.Records."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def merge(self, course_id: str, person_id: str, facts: Iterable[Fact]) -> bool:
        changed = [self._merge(course_id, person_id, fact) for fact in facts]
        return any(changed)

    def _merge(self, course_id: str, person_id: str, fact: Fact) -> bool:
        # The database itself compares ranks, so two workers can fold the same learner at once.
        values = values_of(fact, t.facts) | {
            "course_id": course_id,
            "person_id": person_id,
            "kind": fact.kind.value,
            "standing": str(fact.standing),
            "weighed": False,
        }
        statement = insert_into(self._connection, t.facts).values(values)
        said = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=_SLOT,
            set_={name: said[name] for name in values if name not in _SLOT},
            where=tuple_(said.occurred_at, said.order) > tuple_(t.facts.c.occurred_at, t.facts.c.order),
        )
        return self._connection.execute(statement.returning(t.facts.c.target)).first() is not None

    def get(self, course_id: str, person_id: str) -> LearnerRecord:
        return self.news(course_id, person_id)[0]

    def news(self, course_id: str, person_id: str) -> tuple[LearnerRecord, list[Fact]]:
        rows = self._connection.execute(_OF_LEARNER, {"course_id": course_id, "person_id": person_id}).all()
        facts = [(_fact(row), row.weighed) for row in rows]
        return LearnerRecord.fold(fact for fact, _ in facts), [fact for fact, weighed in facts if not weighed]

    def weighed(self, course_id: str, person_id: str, facts: Iterable[Fact]) -> None:
        whose = {"p_course_id": course_id, "p_person_id": person_id}
        slots = [
            whose | {"p_kind": fact.kind.value, "p_target": fact.target, "p_aspect": fact.aspect, "p_order": fact.order}
            for fact in facts
        ]
        if slots:
            self._connection.execute(_WEIGHED, slots)

    def of_course(self, course_id: str) -> dict[str, LearnerRecord]:
        facts: dict[str, list[Fact]] = {}
        for row in self._connection.execute(_FACTS, {"course_id": course_id}):
            facts.setdefault(row.person_id, []).append(_fact(row))
        return {person_id: LearnerRecord.fold(known) for person_id, known in facts.items()}

    def values_of_course(self, course_id: str, *, with_times: bool) -> Iterator[tuple[str, LearnerRecord]]:
        columns = _VALUES + (_TIMES if with_times else [])
        query = select(*columns).where(t.facts.c.course_id == course_id).order_by(t.facts.c.person_id)
        rows = self._connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
        for person_id, some in groupby(rows, key=lambda row: row[0]):
            known = (_value(row, with_times) for row in some)
            # One row a slot already: nothing is left to fold.
            yield person_id, LearnerRecord({fact.key: fact for fact in known})


def _value(row: Any, with_times: bool) -> Fact:
    _, kind, target, aspect, score, maximum, completed, standing, letter, late = row[:10]
    occurred_at, submitted_at = row[10:] if with_times else (_NO_TIME, None)
    return Fact(
        _KINDS[kind], target, score, maximum, completed, occurred_at, "", "", _NO_TIME, standing, aspect, letter, late,
        submitted_at,
    )  # fmt: skip
