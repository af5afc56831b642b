"""Who would be awarded by hand, and who not, as the pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.usecases.award_by_hand import Checked, Verdict

_WORDS = {
    Verdict.GETS: ("Gets the badge", "done"),
    Verdict.HAS: ("Has it already", "not-yet"),
    Verdict.REFUSED: ("Cannot be awarded", "failed"),
}


@dataclass(frozen=True, slots=True)
class GiftRow:
    """One person. `place` is the number of her row in a table, 0 where she was ticked; `problem` says what is wrong."""

    place: int
    person_id: str
    name: str
    word: str
    tone: str
    reason: str
    text: str
    url: str
    problem: str
    code: str


@dataclass(frozen=True, slots=True)
class GiftList:
    rows: list[GiftRow]
    gets: int
    has: int
    refused: int


def gift_list(checked: Sequence[Checked], places: Sequence[int] = ()) -> GiftList:
    """In the given order; those with a problem first."""
    numbers = places or [0] * len(checked)
    rows = [_row(place, one) for place, one in zip(numbers, checked, strict=True)]
    rows.sort(key=lambda row: not row.code)
    counts = {verdict: sum(one.verdict is verdict for one in checked) for verdict in Verdict}
    return GiftList(rows, counts[Verdict.GETS], counts[Verdict.HAS], counts[Verdict.REFUSED])


def _row(place: int, one: Checked) -> GiftRow:
    word, tone = _WORDS[one.verdict]
    named = one.gift.who if one.gift.kind else "Unknown person"
    return GiftRow(
        place=place,
        person_id=one.person.id if one.person else "",
        name=(one.person.name or "Unnamed learner") if one.person else named,
        word=word,
        tone=tone,
        reason=one.gift.reason,
        text=one.gift.evidence.text,
        url=one.gift.evidence.url,
        problem=one.problem.message if one.problem else "",
        code=one.problem.code if one.problem else "",
    )
