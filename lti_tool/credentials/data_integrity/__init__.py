"""Data Integrity proofs by ``eddsa-rdfc-2022`` (https://www.w3.org/TR/vc-di-eddsa/)."""

from lti_tool.credentials.data_integrity.sign import DataIntegritySigner
from lti_tool.credentials.data_integrity.verify import embedded_proof, signature_holds

__all__ = ["DataIntegritySigner", "embedded_proof", "signature_holds"]
