"""What an administrator reads off her platform's page and types in, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lti_tool.domain.platform import ENVIRONMENTS, PRODUCTION

LONGEST_NAME = 120
_LONGEST_ADDRESS = 2000
_LONGEST_ID = 255
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\\"<>`]")
# LTI Core 1.3, 5.3.3: at most 255 ASCII characters.
_DEPLOYMENT = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")
_PRODUCT = re.compile(r"[\w. -]{0,60}")
ADDRESSES = ("issuer", "auth_login_url", "auth_token_url", "jwks_url")
_ADDRESS_ADVICE = "Give the whole address, beginning with https://."
_PLAIN_ADVICE = (
    "Addresses begin with https://. For development on one machine the operator names the host and port in "
    "allowed_private_hosts."
)


@dataclass(frozen=True, slots=True)
class PlatformValues:
    """A registration by hand. `auth_audience` "" means that the token endpoint is its own audience."""

    name: str
    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    auth_audience: str = ""
    deployment_ids: tuple[str, ...] = ()
    product: str = ""
    environment: str = PRODUCTION
    issuing: bool = True


def problems(values: PlatformValues, may_be_plain: Callable[[str, int], bool]) -> dict[str, str]:
    """A sentence for each field that cannot be so. `may_be_plain(host, port)`: whether http is allowed there."""
    found = {}
    if not 0 < len(values.name) <= LONGEST_NAME:
        found["name"] = f"Give the platform a name of at most {LONGEST_NAME} characters."
    for field in ADDRESSES:
        if advice := _address_problem(getattr(values, field), may_be_plain):
            found[field] = advice
    if "issuer" not in found and urlsplit(values.issuer).query:
        found["issuer"] = "The issuer is an address without a question mark."
    if not (0 < len(values.client_id) <= _LONGEST_ID and values.client_id.isprintable()):
        found["client_id"] = "Give the client ID that the platform shows for this tool."
    if len(values.auth_audience) > _LONGEST_ADDRESS or _AMBIGUOUS.search(values.auth_audience):
        found["auth_audience"] = "Leave the audience empty, or copy it as the platform shows it."
    if not all(_DEPLOYMENT.fullmatch(one) for one in values.deployment_ids):
        found["deployment_ids"] = "A deployment ID has at most 255 plain characters. Write one on each line."
    if not _PRODUCT.fullmatch(values.product):
        found["product"] = "This is not the name of a product."
    if values.environment not in ENVIRONMENTS:
        found["environment"] = "Choose production, beta or test."
    return found


def _address_problem(url: str, may_be_plain: Callable[[str, int], bool]) -> str:
    if not url or len(url) > _LONGEST_ADDRESS or _AMBIGUOUS.search(url):
        return _ADDRESS_ADVICE
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _ADDRESS_ADVICE
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.fragment:
        return _ADDRESS_ADVICE
    if parts.scheme == "http" and not may_be_plain(parts.hostname, port or 80):
        return _PLAIN_ADVICE
    return ""
