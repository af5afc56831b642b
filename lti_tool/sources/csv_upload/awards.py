"""A table that says who gets a badge: one row a person, with the reason and what is shown for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.evidence import Evidence
from lti_tool.sources.csv_upload.columns import LEARNER, LONGEST, guessed
from lti_tool.sources.csv_upload.rows import RowProblem
from lti_tool.sources.csv_upload.table import CsvTable
from lti_tool.sources.sender import LTI, PERSON_KINDS

_GUESSES = {
    "learner": LEARNER,
    "reason": ("reason", "why", "comment", "note"),
    "text": ("evidence", "description", "narrative", "evidence text"),
    "url": ("url", "link", "address", "evidence url", "evidence link"),
}


@dataclass(frozen=True, slots=True)
class AwardColumns:
    """Names of columns by what they say, "" where none does; `fixed_reason` is the reason of rows without one."""

    learner: str = ""
    person_kind: str = LTI
    reason: str = ""
    fixed_reason: str = ""
    text: str = ""
    url: str = ""

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any], head: Sequence[str]) -> AwardColumns:
        """What was chosen, as far as the table has those columns."""
        chosen = cls(**{one.name: str(value[one.name]) for one in fields(cls) if one.name in value})
        return replace(chosen, **{part: "" for part in _GUESSES if getattr(chosen, part) not in head})

    @classmethod
    def guess(cls, head: Sequence[str]) -> AwardColumns:
        return cls(**guessed(head, _GUESSES))

    def check(self) -> None:
        """Raises `upload.learner_missing`, `upload.person_kind_missing`."""
        if not self.learner:
            raise BadgeToolError("upload.learner_missing", "Say which column names the learner.", status=422)
        if self.person_kind not in PERSON_KINDS:
            raise BadgeToolError("upload.person_kind_missing", "Say what the learners' names are.", status=422)


@dataclass(frozen=True, slots=True)
class AwardRow:
    """One row: the learner's name, why, and what is shown for it."""

    row: int
    learner: str
    reason: str
    evidence: Evidence


@dataclass(slots=True)
class AwardTable:
    rows: list[AwardRow] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def read_awards(table: CsvTable, columns: AwardColumns) -> AwardTable:
    """Raises `upload.*` where the columns do not say enough for any row."""
    columns.check()
    place = {name: index for index, name in enumerate(table.head)}
    found = AwardTable()

    def cell(cells: Sequence[str], column: str) -> str:
        return cells[place[column]] if column in place else ""

    for number, cells in table.rows:
        learner = cell(cells, columns.learner)
        try:
            if not learner or len(learner) > LONGEST or not learner.isprintable():
                raise BadgeToolError("upload.learner_invalid", "No learner is named as one can be.", status=422)
            evidence = Evidence(cell(cells, columns.text), cell(cells, columns.url))
        except BadgeToolError as error:
            found.problems.append(RowProblem(number, error.code, error.message))
        else:
            reason = cell(cells, columns.reason) or columns.fixed_reason
            found.rows.append(AwardRow(number, learner, reason, evidence))
    return found
