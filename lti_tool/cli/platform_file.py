"""A platform's values in a TOML file (config/platforms holds an example for each LMS)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import PRODUCTION
from lti_tool.domain.platform_values import PlatformValues
from lti_tool.lti.platforms import environment_of

_TEXTS = ("name", "issuer", "client_id", "auth_login_url", "auth_token_url", "jwks_url")
_OPTIONAL_TEXTS = ("id", "auth_audience", "product", "environment")
_KINDS: dict[str, type] = {
    **dict.fromkeys((*_TEXTS, *_OPTIONAL_TEXTS), str),
    "deployment_ids": list,
    "issuing": bool,
}


@dataclass(frozen=True, slots=True)
class PlatformFile:
    """`id` is that of a reserved platform, "" for a new one."""

    id: str
    values: PlatformValues


def read_platform_file(path: Path) -> PlatformFile:
    """Raises `platform.file_invalid`; whether the values themselves can be is judged where they are stored."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _invalid(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise _invalid(f"{path} is not TOML: {error}.") from None
    _check_names(given)
    environment = given.get("environment") or environment_of(given["issuer"])
    values = PlatformValues(
        **{name: given[name].strip() for name in _TEXTS},
        auth_audience=given.get("auth_audience", ""),
        deployment_ids=tuple(given.get("deployment_ids", ())),
        product=given.get("product", ""),
        environment=environment,
        # A copy for testing awards nothing unless the file says so.
        issuing=given.get("issuing", environment == PRODUCTION),
    )
    return PlatformFile(given.get("id", ""), values)


def _check_names(given: dict[str, Any]) -> None:
    if unknown := sorted(given.keys() - _KINDS.keys()):
        raise _invalid(f"Unknown: {', '.join(unknown)}. Known: {', '.join(_KINDS)}.")
    if missing := [name for name in _TEXTS if name not in given]:
        raise _invalid(f"Missing: {', '.join(missing)}.")
    for name, value in given.items():
        if not isinstance(value, _KINDS[name]):
            raise _invalid(f"{name} must be of the kind {_KINDS[name].__name__}.")
    if not all(isinstance(one, str) for one in given.get("deployment_ids", ())):
        raise _invalid("deployment_ids must be a list of texts.")


def _invalid(sentence: str) -> BadgeToolError:
    return BadgeToolError("platform.file_invalid", sentence, hint="config/platforms holds examples.")
