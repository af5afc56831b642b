"""“More options” of the editor: what a fallen grade does, how long a badge lasts, how it is renewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from lti_tool.domain import criteria
from lti_tool.domain.award_terms import (
    DEFAULT_TERMS,
    MOST_GRACE_DAYS,
    MOST_MONTHS,
    MOST_REMIND_DAYS,
    AwardTerms,
    Regrade,
    Renewal,
)
from lti_tool.domain.criteria import Requirement
from lti_tool.domain.fact_kind import FactKind
from lti_tool.web.form_text import typed
from lti_tool.web.instructor import rule_check, rule_form
from lti_tool.web.instructor.choices import Choice, Choices
from lti_tool.web.instructor.rule_check import Problem
from lti_tool.web.instructor.rule_form import RulePart

REGRADES = {
    Regrade.FLAG: "Ask me to look at it",
    Regrade.KEEP: "Nothing: who has earned it keeps it",
    Regrade.SUSPEND: "Suspend the badge until the grade is back",
    Regrade.REVOKE: "Withdraw the badge",
}
LASTING = {"ever": "for ever", "months": "for some months", "until": "until a day"}
_ITEM = "item:"
# Where the fields of the renewal's own rule begin, and what the list says when it counts.
RENEWAL, OTHER = "renewal_rule", "other"


@dataclass(frozen=True, slots=True)
class TermsForm:
    """What was typed, and the terms that are stored. `renewal` is "none", "again", "item:<activity>" or "other": then
    `rule` is what has to be done for a further period."""

    stored: AwardTerms
    regrade: str
    grace_days: str
    lasting: str
    months: str
    expires_on: str
    renewal: str
    remind_days: str
    rule: RulePart = rule_form.EMPTY

    @property
    def has_own_rule(self) -> bool:
        """Whether the rule of its own counts."""
        return self.lasting == "months" and self.renewal == OTHER

    @property
    def is_plain(self) -> bool:
        return self.stored == DEFAULT_TERMS

    def problems(self, choices: Choices) -> list[Problem]:
        found = rule_check.problems(self.rule, choices.for_renewals(), RENEWAL) if self.has_own_rule else []
        if self.regrade not in list(Regrade):
            found.append(Problem("regrade", "Choose what happens when a grade falls."))
        if not _within(self.grace_days, 0, MOST_GRACE_DAYS):
            found.append(Problem("grace_days", f"A number of days from 0 to {MOST_GRACE_DAYS}."))
        if self.lasting == "months" and not _within(self.months, 1, MOST_MONTHS):
            found.append(Problem("months", f"A number of months from 1 to {MOST_MONTHS}."))
        if self.lasting == "until" and day_of(self.expires_on) is None:
            found.append(Problem("expires_on", "Choose the day on which the badge expires."))
        if not _within(self.remind_days, 0, MOST_REMIND_DAYS):
            found.append(Problem("remind_days", f"A number of days from 0 to {MOST_REMIND_DAYS}."))
        return found

    def terms(self) -> AwardTerms:
        """For a form without problems."""
        renewal, rule = self._renewal() if self.lasting == "months" else (Renewal.NONE, None)
        return AwardTerms(
            regrade=Regrade(self.regrade),
            grace_days=int(self.grace_days),
            expires_on=day_of(self.expires_on) if self.lasting == "until" else None,
            months=int(self.months) if self.lasting == "months" else 0,
            renewal=renewal,
            renewal_rule=rule,
            remind_days=int(self.remind_days),
        )

    def _renewal(self) -> tuple[Renewal, criteria.Criteria | None]:
        if self.renewal.startswith(_ITEM):
            item = self.renewal.removeprefix(_ITEM)
            return Renewal.OTHER, criteria.parse({"type": "item_completed", "item": item})
        if self.renewal == OTHER:
            return Renewal.OTHER, criteria.parse(rule_form.to_json(self.rule))
        return (Renewal.AGAIN if self.renewal == "again" else Renewal.NONE), None

    def renewals(self, choices: Choices) -> list[Choice]:
        """How a badge can be renewed in this course."""
        known = [
            Choice("none", "It cannot be renewed"),
            Choice("again", "By meeting the rule again with new work"),
            Choice(OTHER, "By a rule of its own, below"),
        ]
        return known + [Choice(f"{_ITEM}{one.value}", f"By completing {one.label} again") for one in choices.items]


def of_terms(terms: AwardTerms) -> TermsForm:
    lasting = "months" if terms.months else "until" if terms.expires_on else "ever"
    return TermsForm(
        stored=terms,
        regrade=terms.regrade.value,
        grace_days=str(terms.grace_days),
        lasting=lasting,
        months=str(terms.months or 24),
        expires_on=f"{terms.expires_on:%Y-%m-%d}" if terms.expires_on else "",
        renewal=_named(terms),
        remind_days=str(terms.remind_days),
        rule=rule_form.from_criteria(terms.renewal_rule if _named(terms) == OTHER else None),
    )


def read(form: Mapping[str, str], held: TermsForm) -> TermsForm:
    """What was sent, over what is stored."""
    return replace(
        held,
        regrade=typed(form, "regrade", held.regrade),
        grace_days=typed(form, "grace_days", held.grace_days),
        lasting=typed(form, "lasting", held.lasting),
        months=typed(form, "months", held.months),
        expires_on=typed(form, "expires_on", held.expires_on),
        renewal=typed(form, "renewal", held.renewal),
        remind_days=typed(form, "remind_days", held.remind_days),
        rule=rule_form.read(form, RENEWAL) if f"{RENEWAL}.joiner" in form else held.rule,
    )


def day_of(text: str) -> datetime | None:
    """The beginning of a day as a date field sends it, in UTC; None for what is no day of this century."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, time(), UTC) if 2000 <= day.year < 2100 else None


def _named(terms: AwardTerms) -> str:
    rule = terms.renewal_rule
    if isinstance(rule, Requirement) and rule.kind is FactKind.ITEM_COMPLETION and not rule.items:
        return f"{_ITEM}{rule.target}"
    return terms.renewal.value


def _within(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5 and least <= int(text) <= most
