"""What publishing asks: whom it awards at once, by what counts of the work that was done before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.domain.achievement import AwardFrom
from lti_tool.usecases.dry_run import DryRunResult, Forecast
from lti_tool.web.services import PageServices

# What the buttons of the question say.
CHOICES = {"publish:now": AwardFrom.NOW, "publish:date": AwardFrom.DATE, "publish:new_work": AwardFrom.NEW_WORK}
# A day that a term begins before, for a date field that nobody has touched.
_SUGGESTED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Question:
    """`now`, `by_date`: how many learners would get it at once, with all work and with that since `since` (a date as a
    date field has it). `mass` is "now" or "date" where those are so many that it is asked again; `people` their names.
    """

    now: int
    by_date: int
    since: str
    is_counted: bool
    mass: str = ""
    people: tuple[str, ...] = ()
    undo_words: str = ""


def winners(result: DryRunResult) -> list[Forecast]:
    """Who would get it at once and has it not."""
    return [one for one in result.forecasts if one.is_met and not one.held]


def question(
    services: PageServices, now: DryRunResult, by_date: DryRunResult | None, since: datetime | None, mass: str
) -> Question:
    chosen = winners(by_date if mass == "date" and by_date else now)
    names = sorted((one.person.name or "Unnamed learner" for one in chosen), key=str.casefold)
    seconds = services.mass_limits.undo.total_seconds()
    return Question(
        now=len(winners(now)),
        by_date=len(winners(by_date)) if by_date else 0,
        since=f"{since or services.clock() - _SUGGESTED:%Y-%m-%d}",
        is_counted=by_date is not None,
        mass=mass,
        people=tuple(names) if mass else (),
        undo_words=_length(seconds) if seconds else "",
    )


def _length(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds // 60:.0f} minutes" if seconds < 7200 else f"{seconds // 3600:.0f} hours"
