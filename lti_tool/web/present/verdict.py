"""One verdict from the separate checks. It is green only when every check ran and passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.credential import CheckName, CheckOutcome, CheckResult, VerificationReport


class VerdictKind(StrEnum):
    """Also the name of the verdict's icon and colour."""

    GENUINE = "genuine"
    FORGED = "forged"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Verdict:
    kind: VerdictKind
    words: str
    detail: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check: its question, "Passed", "Failed" or "Not checked", and what that means."""

    title: str
    word: str
    tone: str
    sentence: str


_TITLES = {
    CheckName.READABLE: "It can be read",
    CheckName.SCHEMA: "It is an Open Badge 3.0",
    CheckName.SIGNATURE: "It is unchanged since it was signed",
    CheckName.ISSUER_KEY: "The issuer signed it",
    CheckName.STATUS: "It was not withdrawn",
    CheckName.DATES: "It is valid today",
}
OUTCOME_WORDS = {
    CheckOutcome.PASSED: "Passed",
    CheckOutcome.FAILED: "Failed",
    CheckOutcome.NOT_CHECKED: "Not checked",
}
# What a badge says of itself is worth nothing once one of these does not hold.
_MAKE_FORGED = frozenset({CheckName.READABLE, CheckName.SCHEMA, CheckName.SIGNATURE, CheckName.ISSUER_KEY})


def is_signed_by_issuer(report: VerificationReport | None) -> bool:
    """Whether what the badge says of its issuer is the issuer's own word."""
    asked = (CheckName.SIGNATURE, CheckName.ISSUER_KEY)
    return report is not None and all(report.check(name).outcome is CheckOutcome.PASSED for name in asked)


def check_rows(report: VerificationReport) -> list[CheckRow]:
    """Every check, in the order in which they were made."""
    return [
        CheckRow(_title(check.name, report), OUTCOME_WORDS[check.outcome], check.outcome.value, check.sentence)
        for check in report.checks
    ]


def _title(name: CheckName, report: VerificationReport) -> str:
    return "It is a record of badges" if report.contents and name is CheckName.SCHEMA else _TITLES[name]


def verdict(
    report: VerificationReport, *, withdrawn_on: str = "", withdrawn_because: str = "", suspended_on: str = ""
) -> Verdict:
    """What a stranger should believe. `withdrawn_on` and `suspended_on` (a day in words) where the issuer itself knows
    of it, which may be some seconds before the published list says so."""
    failed = {check.name: check for check in report.checks if check.outcome is CheckOutcome.FAILED}
    if _MAKE_FORGED & failed.keys():
        if CheckName.READABLE in failed:
            return Verdict(VerdictKind.FORGED, "Not a badge that can be read", failed[CheckName.READABLE].sentence)
        first = next(check for name, check in failed.items() if name in _MAKE_FORGED)
        return Verdict(VerdictKind.FORGED, "Changed or forged", first.sentence)
    status = failed.get(CheckName.STATUS)
    if not withdrawn_on and (suspended_on or (status is not None and status.code == "status.suspended")):
        words = f"Suspended on {suspended_on}" if suspended_on else "Suspended"
        return Verdict(VerdictKind.SUSPENDED, words, "The issuer does not stand behind it for now; it may come back.")
    if withdrawn_on or CheckName.STATUS in failed:
        return _withdrawn(failed.get(CheckName.STATUS), withdrawn_on, withdrawn_because)
    if CheckName.DATES in failed:
        return _outside_its_time(failed[CheckName.DATES])
    if report.valid:
        return Verdict(VerdictKind.GENUINE, "Genuine and valid today", "")
    return Verdict(VerdictKind.UNSURE, "Could not be checked completely", _first_open(report))


def _withdrawn(check: CheckResult | None, day: str, because: str) -> Verdict:
    words = f"Withdrawn on {day}" if day else "Withdrawn"
    detail = f"Reason given by the issuer: “{because}”" if because else (check.sentence if check else "")
    return Verdict(VerdictKind.WITHDRAWN, words, detail)


def _outside_its_time(check: CheckResult) -> Verdict:
    words = "Expired" if check.code == "dates.expired" else "Not valid today"
    return Verdict(VerdictKind.EXPIRED, words, check.sentence)


def _first_open(report: VerificationReport) -> str:
    for check in report.checks:
        if check.outcome is CheckOutcome.NOT_CHECKED:
            return check.sentence
    open_ones = [one.name for one in report.contents if one.outcome is not CheckOutcome.PASSED]
    return f"Of what is in it this does not hold, or could not be checked: {', '.join(open_ones)}." if open_ones else ""


def date_in_words(text: str) -> str:
    """The day of an ISO 8601 time as a credential states it; the text itself where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment.day} {moment:%B %Y}"
