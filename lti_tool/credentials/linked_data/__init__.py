"""From a JSON-LD document to the canonical N-Quads (RDFC-1.0) that a proof covers."""

from lti_tool.credentials.linked_data.canonicalizer import Canonicalizer
from lti_tool.credentials.linked_data.plain import canonical_nquads
from lti_tool.credentials.linked_data.shape import shape_name

__all__ = ["Canonicalizer", "canonical_nquads", "shape_name"]
