"""The answer about one badge for tables and programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from lti_tool.domain.credential import VerificationReport
from lti_tool.usecases.check_badges import CheckedBadge
from lti_tool.web.present.verdict import Verdict, VerdictKind, verdict

# Problems come first: an employer looks at what needs a decision.
_ORDER = (
    VerdictKind.FORGED,
    VerdictKind.WITHDRAWN,
    VerdictKind.SUSPENDED,
    VerdictKind.EXPIRED,
    VerdictKind.UNSURE,
    VerdictKind.GENUINE,
)
KIND_WORDS = {
    VerdictKind.GENUINE: "Genuine and valid",
    VerdictKind.WITHDRAWN: "Withdrawn",
    VerdictKind.SUSPENDED: "Suspended for now",
    VerdictKind.EXPIRED: "Not valid today",
    VerdictKind.UNSURE: "Could not be checked",
    VerdictKind.FORGED: "Changed or forged",
}


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One line of a table. `badge`, `issuer` and `recipient` are shown only as far as the verdict lets them stand."""

    place: int
    name: str
    kind: VerdictKind
    words: str
    detail: str
    badge: str
    issuer: str
    issuer_known: bool
    recipient: str
    awarded: str


def judged(checked: CheckedBadge) -> Verdict:
    """The verdict, also for what could not be looked at."""
    if checked.report is None:
        reason = checked.error.message if checked.error else ""
        return Verdict(VerdictKind.UNSURE, KIND_WORDS[VerdictKind.UNSURE], reason)
    return verdict(checked.report)


def row_of(place: int, checked: CheckedBadge) -> CheckedRow:
    """`place` counts from 1, in the order in which badges were handed in."""
    judgement = judged(checked)
    facts = checked.report.facts if checked.report and judgement.kind is not VerdictKind.FORGED else None
    return CheckedRow(
        place=place,
        name=checked.handed.name,
        kind=judgement.kind,
        words=judgement.words,
        detail=judgement.detail,
        badge=facts.achievement_name if facts else "",
        issuer=(facts.issuer_name or facts.issuer_id) if facts else "",
        issuer_known=checked.issuer_known,
        recipient=facts.recipient_name if facts else "",
        awarded=facts.awarded_date[:10] if facts else "",
    )


def problems_first(rows: list[CheckedRow]) -> list[CheckedRow]:
    return sorted(rows, key=lambda row: (_ORDER.index(row.kind), row.place))


def as_json(checked: CheckedBadge) -> dict[str, Any]:
    """The whole answer for a program: the verdict, every check with its code, and what the badge says of itself."""
    judgement, report = judged(checked), checked.report
    error = {"code": checked.error.code, "message": checked.error.message} if checked.error else None
    return {
        "name": checked.handed.name,
        "verdict": str(judgement.kind),
        "words": judgement.words,
        "reason": judgement.detail,
        "checked_at": checked.checked_at.isoformat(timespec="seconds"),
        "checks": _checks(report) if report else [],
        "badge": _facts(report) if report else None,
        "issuer_known": checked.issuer_known,
        "endorsements": _endorsements(report) if report else [],
        "contents": [asdict(one) for one in report.contents] if report else [],
        "error": error,
    }


def _checks(report: VerificationReport) -> list[dict[str, str]]:
    return [
        {"name": str(c.name), "outcome": str(c.outcome), "code": c.code, "sentence": c.sentence} for c in report.checks
    ]


def _facts(report: VerificationReport) -> dict[str, Any] | None:
    facts = report.facts
    if facts is None:
        return None
    return {
        "id": facts.credential_id,
        "name": facts.achievement_name,
        "description": facts.achievement_description,
        "criteria": facts.criteria_narrative or facts.criteria_url,
        "issuer": {"id": facts.issuer_id, "name": facts.issuer_name},
        "recipient": {"id": facts.recipient_id, "name": facts.recipient_name},
        "awarded": facts.awarded_date,
        "valid_until": facts.valid_until,
        "skills": list(facts.skills),
    }


def _endorsements(report: VerificationReport) -> list[dict[str, str]]:
    return [
        {"name": e.name, "comment": e.comment, "outcome": str(e.outcome), "code": e.code, "sentence": e.sentence}
        for e in report.endorsements
    ]
