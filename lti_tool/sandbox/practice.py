"""Everything the pages and services of this LMS share."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import cast

import requests
from flask import current_app

from lti_tool.sandbox.database import Database
from lti_tool.sandbox.secrets_store import PlatformKey
from lti_tool.sandbox.times import Clock
from lti_tool.sandbox.webhooks import WebhookSender

EXTENSION = "practice-lms"


@dataclass(frozen=True)
class Practice:
    """`base_url` is the issuer, without a slash at its end."""

    base_url: str
    database: Database
    clock: Clock
    http: requests.Session
    key: PlatformKey
    api_token: str
    sender: WebhookSender

    def accepts_api_token(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.api_token.encode())


def this_practice() -> Practice:
    """The LMS that serves the current request."""
    return cast(Practice, current_app.extensions[EXTENSION])
