"""evaluate(criteria, record) -> Reason: a decision with a reason for every leaf.

Three-valued (strong Kleene logic): what no source has ever told us is "unknown", not "not met". Only "met" awards.
"""

from lti_tool.domain.evaluation.compiled import Decide, compiled
from lti_tool.domain.evaluation.dependencies import FactRef, facts_of
from lti_tool.domain.evaluation.evaluate import evaluate
from lti_tool.domain.evaluation.outcome import Outcome, Why
from lti_tool.domain.evaluation.reach import NEVER, blockers, steps
from lti_tool.domain.evaluation.reason import Reason, deciding, latest_fact_at

__all__ = [
    "NEVER",
    "Decide",
    "FactRef",
    "Outcome",
    "Reason",
    "Why",
    "blockers",
    "compiled",
    "deciding",
    "evaluate",
    "facts_of",
    "latest_fact_at",
    "steps",
]
