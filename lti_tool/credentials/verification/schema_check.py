"""Is it a complete Open Badge 3.0, or whatever else it says it is? What is merely not strict is said, and no fault."""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.open_badges_3 import schema_problem
from lti_tool.credentials.open_badges_3.checks import meaning_problem
from lti_tool.credentials.open_badges_3.older_forms import in_todays_form, remarks_on
from lti_tool.credentials.timestamps import from_text
from lti_tool.credentials.vc_structure import structure_problem
from lti_tool.credentials.verification.answers import failed, failed_by, not_checked, passed
from lti_tool.credentials.verification.facts import facts_of
from lti_tool.credentials.verification.reading import Reading
from lti_tool.domain.credential import CheckName, CheckResult
from lti_tool.domain.errors import BadgeToolError

_NAME = CheckName.SCHEMA
_RELAXED = "The badge is a complete Open Badge 3.0, though not written as strictly as it should be."


def check_structure(document: dict[str, Any]) -> CheckResult:
    """Of a credential of any kind: the rules of the data model alone."""
    problem = structure_problem(document)
    if problem:
        return failed(_NAME, "schema.broken", problem)
    return passed(_NAME, "schema.kept", "It is a complete verifiable credential.")


def check_schema(reading: Reading) -> CheckResult:
    """Of a badge."""
    remarks = remarks_on(reading.document)
    if remarks is None:
        where = schema_problem(reading.document)
        return failed(_NAME, "schema.broken", f"The badge breaks the Open Badges 3.0 format at {where}.")
    try:
        problem = _loose_problem(reading.document) if remarks else meaning_problem(reading.document)
    except BadgeToolError as error:
        return failed_by(_NAME, error)
    if problem and reading.form == "sd-jwt" and not reading.document["credentialSubject"].get("id"):
        return not_checked(_NAME, "schema.withheld", "The holder keeps back who earned the badge.")
    if problem:
        return failed(_NAME, "schema.incomplete", problem)
    if remarks:
        return passed(_NAME, "schema.relaxed", " ".join([_RELAXED, *remarks]))
    return passed(_NAME, "schema.kept", "The badge is a complete Open Badge 3.0.")


def _loose_problem(document: dict[str, Any]) -> str | None:
    """The rules of `meaning_problem` for a badge whose members may stand alone or in lists."""
    facts = facts_of(in_todays_form(document))
    if not facts.recipient_id and not facts.identities and not facts.recipient_name:
        return "The credential says nobody it was awarded to."
    if not facts.criteria_narrative and not facts.criteria_url:
        return "The achievement does not say what it takes."
    if facts.valid_until and from_text(facts.valid_until) <= from_text(facts.valid_from):
        return "The credential ends before it begins."
    return None
