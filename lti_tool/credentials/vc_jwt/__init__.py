"""VC-JWT as Open Badges 3.0 profiles it (https://www.imsglobal.org/spec/ob/v3p0/#jwt-proof)."""

from lti_tool.credentials.vc_jwt.sign import sign_jwt
from lti_tool.credentials.vc_jwt.verify import CompactJwt, credential_of, key_signed, parse_jwt

__all__ = ["CompactJwt", "credential_of", "key_signed", "parse_jwt", "sign_jwt"]
