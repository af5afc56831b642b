"""The dry run as the editor shows it: who would get the badge, who is near, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.evaluation import NEVER, Outcome, Reason
from lti_tool.usecases.dry_run import DryRunResult, Forecast
from lti_tool.usecases.names import CourseNames
from lti_tool.web.present.reasons import ReasonRow, reason_row
from lti_tool.web.present.times import newest

# A page is for looking at some; the badge's own page lists everybody.
SHOWN = 25


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """`blocked_by`: what keeps a learner from ever earning it, each in a sentence."""

    person_id: str
    name: str
    tree: ReasonRow
    blocked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForecastGroup:
    """Learners with the same prospect. `more`: how many are not in `rows`."""

    key: str
    count: int
    words: str
    tone: str
    rows: list[ForecastRow]
    more: int


@dataclass(frozen=True, slots=True)
class ForecastView:
    """`would_award`: who would get it at once and has it not. `would_lose`: holders who do not meet this rule; they
    keep the badge. `gain` and `lose`: who meets this rule and not the published one, and the other way round, where
    one is published (`is_compared`). `read_at` None: nothing was ever read."""

    sentence: str
    groups: list[ForecastGroup]
    learners: int
    would_award: int
    would_lose: int
    gain: int
    lose: int
    is_compared: bool
    read_at: datetime | None


def forecast_view(result: DryRunResult) -> ForecastView:
    """Holders are a group of their own: publishing changes nothing for them."""
    fresh = [one for one in result.forecasts if not one.held]
    now = [one for one in fresh if one.reason.outcome is Outcome.MET]
    holders = [one for one in result.forecasts if one.held]
    one_step = [one for one in fresh if one.steps == 1]
    later = [one for one in fresh if 1 < one.steps < NEVER]
    never = [one for one in fresh if one.steps >= NEVER]
    groups = (
        ("now", now, "at once", "done"),
        ("near", one_step, "one step away", "waiting"),
        ("later", later, "not yet", "not-yet"),
        ("never", never, "never can", "failed"),
        ("held", holders, "already awarded", "shared"),
    )
    reading = result.reading
    return ForecastView(
        sentence=result.sentence,
        groups=[_group(key, found, words, tone, result) for key, found, words, tone in groups if found],
        learners=len(result.forecasts),
        would_award=len(now),
        would_lose=sum(one.reason.outcome is not Outcome.MET for one in holders),
        gain=len(result.gain),
        lose=len(result.lose),
        is_compared=any(one.met_before is not None for one in result.forecasts),
        read_at=newest(reading.heard_at, reading.grades_read_at, reading.roster_read_at),
    )


def _group(key: str, found: Sequence[Forecast], words: str, tone: str, result: DryRunResult) -> ForecastGroup:
    listed = sorted(found, key=lambda one: one.person.name.casefold())[:SHOWN]
    rows = [
        ForecastRow(
            one.person.id,
            one.person.name or "Unnamed learner",
            reason_row(one.reason, result.names, result.ages),
            tuple(_why_never(part, result.names) for part in one.blockers) if key == "never" else (),
        )
        for one in listed
    ]
    return ForecastGroup(key, len(found), words, tone, rows, len(found) - len(rows))


def _why_never(part: Reason, names: CourseNames) -> str:
    """In words: the part that cannot be met any more, and what is known of it."""
    row = reason_row(part, names)
    if row.parts:
        return f"{row.text}: " + "; ".join(one.text for one in row.parts)
    if not row.note and part.criteria.window is not None:
        return f"{row.text}: the time for it is over."
    return f"{row.text}: {row.note}" if row.note else row.text
