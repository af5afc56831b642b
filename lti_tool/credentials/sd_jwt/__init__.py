"""The same badge as an SD-JWT VC, for wallets that take nothing else (RFC 9901; draft-ietf-oauth-sd-jwt-vc)."""

from lti_tool.credentials.sd_jwt.read import SdJwt, credential_of, parse_sd_jwt
from lti_tool.credentials.sd_jwt.type_metadata import type_metadata
from lti_tool.credentials.sd_jwt.write import MEDIA_TYPE, SdJwtTerms, write_sd_jwt

__all__ = ["MEDIA_TYPE", "SdJwt", "SdJwtTerms", "credential_of", "parse_sd_jwt", "type_metadata", "write_sd_jwt"]
