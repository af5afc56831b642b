"""Data Integrity proofs by ``eddsa-rdfc-2022`` and ``ecdsa-rdfc-2019``."""

from lti_tool.credentials.data_integrity.sign import DataIntegritySigner
from lti_tool.credentials.data_integrity.suites import SuiteKey
from lti_tool.credentials.data_integrity.verify import embedded_proof, proofs_before, signature_holds

__all__ = ["DataIntegritySigner", "SuiteKey", "embedded_proof", "proofs_before", "signature_holds"]
