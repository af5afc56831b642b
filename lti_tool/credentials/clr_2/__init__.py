"""Comprehensive Learner Record 2.0: several signed badges in one signed credential."""

from lti_tool.credentials.clr_2.build import build_record
from lti_tool.credentials.clr_2.checks import record_fits, record_problem, require_record

__all__ = ["build_record", "record_fits", "record_problem", "require_record"]
