"""A launch without a session: checked, and its login used up."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.domain.launch import Launch
from lti_tool.lti.tool import LtiTool
from lti_tool.usecases.ports import Transactions


def finish_launch(
    tool: LtiTool,
    transactions: Transactions,
    registration_id: str,
    form: Mapping[str, str],
    browser_secret: str | None,
    proof: str | None,
) -> Launch:
    launch = tool.check_launch(registration_id, form, browser_secret, proof)
    with transactions() as unit:
        tool.use_up(unit, launch)
        unit.commit()
    return launch
