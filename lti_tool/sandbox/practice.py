"""Everything the pages and services of this LMS share."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import cast

import requests
from flask import current_app, request

from lti_tool.sandbox.database import Database
from lti_tool.sandbox.forms.plain import Form
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.key_ring import KeyRing
from lti_tool.sandbox.paging import Asked
from lti_tool.sandbox.streams import StreamSender
from lti_tool.sandbox.times import Clock
from lti_tool.sandbox.webhooks import WebhookSender

EXTENSION = "practice-lms"


@dataclass(frozen=True)
class Practice:
    """`form` is what this LMS behaves like. `blocks_private_hosts`: it fetches nothing from private addresses."""

    site: Site
    form: Form
    database: Database
    clock: Clock
    http: requests.Session
    keys: KeyRing
    api_token: str
    sender: WebhookSender
    streams: StreamSender
    blocks_private_hosts: bool = False

    @property
    def base_url(self) -> str:
        """Where the pages are, without a slash at the end."""
        return self.site.base_url

    def accepts_api_token(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.api_token.encode())

    def asked(self) -> Asked:
        """The current request for a list."""
        return Asked(f"{self.base_url}{request.path}", request.args.to_dict())


def this_practice() -> Practice:
    """The LMS that serves the current request."""
    return cast(Practice, current_app.extensions[EXTENSION])
