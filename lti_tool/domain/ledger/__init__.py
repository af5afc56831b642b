"""The ledger: what was decided about badges, by whom and when, in one chain of hashes for each course."""

from lti_tool.domain.ledger.chain import Details, Entry, Fault, Head, check_chain
from lti_tool.domain.ledger.deed import Deed
from lti_tool.domain.ledger.sealed import FIRST, Sealed, canonical, seal

__all__ = ["FIRST", "Deed", "Details", "Entry", "Fault", "Head", "Sealed", "canonical", "check_chain", "seal"]
