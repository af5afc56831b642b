"""The terms of a badge in words; nothing of what every badge has unless something else was chosen."""

from __future__ import annotations

from lti_tool.domain.award_terms import AwardTerms, Regrade, Renewal
from lti_tool.web.present.times import day

_FALLS = {
    Regrade.KEEP: "the badge stands",
    Regrade.SUSPEND: "the badge is suspended",
    Regrade.REVOKE: "the badge is withdrawn",
    Regrade.FLAG: "you are asked to look",
}


def terms_sentence(terms: AwardTerms) -> str:
    said = []
    if terms.regrade is not Regrade.FLAG or terms.grace_days:
        wait = f" after {_number(terms.grace_days, 'day')}" if terms.grace_days else ""
        said.append(f"When a grade falls, {_FALLS[terms.regrade]}{wait}.")
    if terms.months:
        renewed = "" if terms.renewal is Renewal.NONE else ", and can be renewed"
        said.append(f"Valid for {_number(terms.months, 'month')}{renewed}.")
    if terms.expires_on is not None:
        said.append(f"Valid until {day(terms.expires_on)}.")
    return " ".join(said)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
