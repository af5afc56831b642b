"""The tool's own values of one registration, each ready to be copied."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.lti.dynamic_registration.metadata import CUSTOM_PARAMETERS
from lti_tool.lti.settings import LtiSettings
from lti_tool.web.admin.guides import Guide


@dataclass(frozen=True, slots=True)
class Value:
    """Something to copy into the LMS. `key` is the id of its field; `is_long` wants a box of several lines."""

    key: str
    label: str
    text: str

    @property
    def is_long(self) -> bool:
        return "\n" in self.text


def values_for(guide: Guide, registration_id: str, base_url: str, developer_key: dict[str, Any]) -> list[Value]:
    """In the order of the LMS's form. A value that stands twice in the form has two fields."""
    settings = LtiSettings(base_url)
    texts: dict[str, Callable[[], str]] = {
        "name": lambda: settings.tool_name,
        "description": lambda: settings.description,
        "domain": lambda: urlsplit(base_url).netloc,
        "login": lambda: settings.login_url(registration_id),
        "launch": lambda: settings.launch_url(registration_id),
        "redirect-list": lambda: json.dumps([settings.launch_url(registration_id)]),
        "jwks": lambda: settings.jwks_url,
        "moodle-custom": lambda: "\n".join(f"{name}={value}" for name, value in CUSTOM_PARAMETERS.items()),
        "canvas-url": lambda: f"{base_url}/lti/{registration_id}/canvas.json",
        "canvas-json": lambda: json.dumps(developer_key, indent=2),
    }
    return [Value(f"value-{number}-{key}", label, texts[key]()) for number, (label, key) in enumerate(guide.gives, 1)]
