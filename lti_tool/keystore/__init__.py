"""Private keys in files: what they sign, who may read them, and how they are rotated."""

from lti_tool.keystore.pair import PURPOSES, ROTATED, KeyPair, public_jwk
from lti_tool.keystore.store import OVERLAP, KeyStore

__all__ = ["OVERLAP", "PURPOSES", "ROTATED", "KeyPair", "KeyStore", "public_jwk"]
