"""Private keys, wherever they are: what they sign, who may read them, and how they are rotated."""

from lti_tool.keystore.environment import EnvironmentKeys
from lti_tool.keystore.hsm import HsmKeys, Module
from lti_tool.keystore.keys import Keys
from lti_tool.keystore.pair import PURPOSES, ROTATED, KeyPair, public_jwk
from lti_tool.keystore.socket_keys import SocketKeys
from lti_tool.keystore.store import OVERLAP, KeyStore

__all__ = [
    "OVERLAP",
    "PURPOSES",
    "ROTATED",
    "EnvironmentKeys",
    "HsmKeys",
    "KeyPair",
    "KeyStore",
    "Keys",
    "Module",
    "SocketKeys",
    "public_jwk",
]
