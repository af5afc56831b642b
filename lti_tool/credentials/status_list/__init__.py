"""Bitstring Status List v1.0 (https://www.w3.org/TR/vc-bitstring-status-list/), for revocation."""

from lti_tool.credentials.status_list.bitstring import LIST_SIZE, decode, encode, is_set
from lti_tool.credentials.status_list.list_credential import build_status_list, require_status_list

__all__ = ["LIST_SIZE", "build_status_list", "decode", "encode", "is_set", "require_status_list"]
