"""Shorthand for the three answers a check can give."""

from __future__ import annotations

from lti_tool.domain.credential import CheckName, CheckOutcome, CheckResult
from lti_tool.domain.errors import BadgeToolError


def passed(name: CheckName, code: str, sentence: str) -> CheckResult:
    """The check ran and holds."""
    return CheckResult(name, CheckOutcome.PASSED, code, sentence)


def failed(name: CheckName, code: str, sentence: str) -> CheckResult:
    """The check ran and does not hold."""
    return CheckResult(name, CheckOutcome.FAILED, code, sentence)


def not_checked(name: CheckName, code: str, sentence: str) -> CheckResult:
    """The check could not run."""
    return CheckResult(name, CheckOutcome.NOT_CHECKED, code, sentence)


def failed_by(name: CheckName, error: BadgeToolError) -> CheckResult:
    """A refusal as a failed check."""
    return failed(name, error.code, error.message)


def not_checked_by(name: CheckName, error: BadgeToolError) -> CheckResult:
    """A refusal as a check that could not run."""
    return not_checked(name, error.code, error.message)
