"""The learner records: facts by slot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_, update

from lti_tool.db.pending import Pending
from lti_tool.db.statements import insert_of, values_of
from lti_tool.db.tables import learning as t
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.learner_record import Fact, LearnerRecord

_SLOT = ("course_id", "person_id", "kind", "target", "aspect")
# The fields of a fact, in their order.
_FACT = [t.facts.c[one.name] for one in fields(Fact)]
_FACTS = select(t.facts.c.person_id, t.facts.c.weighed, *_FACT).where(t.facts.c.course_id == bindparam("course_id"))
_OF_LEARNER = _FACTS.where(t.facts.c.person_id == bindparam("person_id"))
_OF_LEARNERS = _FACTS.where(t.facts.c.person_id.in_(bindparam("person_ids", expanding=True)))
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
_LEARNERS_AT_ONCE = 200


def _fact(row: Any) -> Fact:
    # By place: a course has hundreds of thousands of them.
    return Fact(_KINDS[row[2]], *row[3:])


class SqlRecords:
    """Implements usecases.ports.Records."""

    def __init__(self, connection: Connection, pending: Pending) -> None:
        self._connection = connection
        self._pending = pending
        # Facts of those who were read ahead, by (course, person), each with whether it was weighed.
        self._known: dict[tuple[str, str], list[tuple[Fact, bool]]] = {}

    def merge(self, course_id: str, person_id: str, facts: Iterable[Fact]) -> bool:
        changed = [self._merge(course_id, person_id, fact) for fact in facts]
        return any(changed)

    def _merge(self, course_id: str, person_id: str, fact: Fact) -> bool:
        self._known.pop((course_id, person_id), None)
        statement = _merge_of(self._connection.dialect.name, tells=True)
        return self._connection.execute(statement, _row(course_id, person_id, fact)).first() is not None

    def state(self, course_id: str, person_id: str, fact: Fact) -> None:
        self._known.pop((course_id, person_id), None)
        statement = _merge_of(self._connection.dialect.name, tells=False)
        self._pending.add(statement, _row(course_id, person_id, fact))

    def read_ahead(self, course_id: str, person_ids: Collection[str]) -> None:
        self._pending.write()
        self._known |= {(course_id, person_id): [] for person_id in person_ids}
        whose = {"course_id": course_id, "person_ids": sorted(person_ids)}
        for row in self._connection.execute(_OF_LEARNERS, whose):
            self._known[course_id, row[0]].append((_fact(row), row[1]))

    def get(self, course_id: str, person_id: str) -> LearnerRecord:
        return self.news(course_id, person_id)[0]

    def news(self, course_id: str, person_id: str) -> tuple[LearnerRecord, list[Fact]]:
        facts = self._known.get((course_id, person_id))
        if facts is None:
            self._pending.write()
            rows = self._connection.execute(_OF_LEARNER, {"course_id": course_id, "person_id": person_id}).all()
            facts = [(_fact(row), row.weighed) for row in rows]
        return LearnerRecord.fold(fact for fact, _ in facts), [fact for fact, weighed in facts if not weighed]

    def weighed(self, course_id: str, person_id: str, facts: Iterable[Fact]) -> None:
        whose = {"p_course_id": course_id, "p_person_id": person_id}
        slots = [
            whose | {"p_kind": fact.kind.value, "p_target": fact.target, "p_aspect": fact.aspect, "p_order": fact.order}
            for fact in facts
        ]
        self._known.pop((course_id, person_id), None)
        for slot in slots:
            self._pending.add(_WEIGHED, slot)

    def of_learners(self, course_id: str, person_ids: Sequence[str]) -> Iterator[tuple[str, LearnerRecord]]:
        self._pending.write()
        for begin in range(0, len(person_ids), _LEARNERS_AT_ONCE):
            some = person_ids[begin : begin + _LEARNERS_AT_ONCE]
            facts: dict[str, list[Fact]] = {person_id: [] for person_id in some}
            for row in self._connection.execute(_OF_LEARNERS, {"course_id": course_id, "person_ids": some}):
                facts[row[0]].append(_fact(row))
            for person_id in some:
                yield person_id, LearnerRecord.fold(facts.pop(person_id))

    def of_course(self, course_id: str) -> dict[str, LearnerRecord]:
        self._pending.write()
        facts: dict[str, list[Fact]] = {}
        for row in self._connection.execute(_FACTS, {"course_id": course_id}):
            facts.setdefault(row.person_id, []).append(_fact(row))
        return {person_id: LearnerRecord.fold(known) for person_id, known in facts.items()}

    def values_of_course(self, course_id: str, *, with_times: bool) -> Iterator[tuple[str, LearnerRecord]]:
        self._pending.write()
        columns = _VALUES + (_TIMES if with_times else [])
        query = select(*columns).where(t.facts.c.course_id == course_id).order_by(t.facts.c.person_id)
        rows = self._connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
        for person_id, some in groupby(rows, key=lambda row: row[0]):
            known = (_value(row, with_times) for row in some)
            # One row a slot already: nothing is left to fold.
            yield person_id, LearnerRecord({fact.key: fact for fact in known})


@cache
def _merge_of(dialect: str, *, tells: bool) -> Any:
    """The database itself compares ranks, so two workers can fold the same learner at once. Built once, as every fact
    runs it. `tells`: it gives a row where anything changed."""
    statement = insert_of(dialect, t.facts)
    said = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=_SLOT,
        set_={column.name: said[column.name] for column in t.facts.columns if column.name not in _SLOT},
        where=tuple_(said.occurred_at, said.order) > tuple_(t.facts.c.occurred_at, t.facts.c.order),
    )
    return statement.returning(t.facts.c.target) if tells else statement


def _row(course_id: str, person_id: str, fact: Fact) -> dict[str, Any]:
    return values_of(fact, t.facts) | {
        "course_id": course_id,
        "person_id": person_id,
        "kind": fact.kind.value,
        "standing": str(fact.standing),
        "weighed": False,
    }


def _value(row: Any, with_times: bool) -> Fact:
    _, kind, target, aspect, score, maximum, completed, standing, letter, late = row[:10]
    occurred_at, submitted_at = row[10:] if with_times else (_NO_TIME, None)
    return Fact(
        _KINDS[kind], target, score, maximum, completed, occurred_at, "", "", _NO_TIME, standing, aspect, letter, late,
        submitted_at,
    )  # fmt: skip
