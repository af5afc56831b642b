"""Drives a practice LMS in a test, as a tool and as its people."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.sandbox import scopes
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.forms.plain import PLAIN, Form
from lti_tool.sandbox.practice import EXTENSION, Practice
from tests.functional.sandbox.fake_tool import FakeTool

BASE_URL = "http://lms.example"


class Lms:
    """The LMS under test. `now` is its clock; webhooks are sent when a test says so."""

    def __init__(
        self, data_dir: Path, tool: FakeTool, form: Form = PLAIN, *, blocks_private_hosts: bool = False
    ) -> None:
        self.form = form
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.tool = tool
        self.app: Flask = create_sandbox(
            data_dir,
            BASE_URL,
            form=form,
            blocks_private_hosts=blocks_private_hosts,
            clock=lambda: self.now,
            start_sender=False,
        )
        self.practice: Practice = self.app.extensions[EXTENSION]
        self.client: FlaskClient = self.app.test_client()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the practice API that must succeed."""
        response = self.try_call(method, path, body)
        assert response.status_code < 300, response.text
        return response.get_json()

    def try_call(self, method: str, path: str, body: Any = None) -> TestResponse:
        """One call of the practice API."""
        headers = {"Authorization": f"Bearer {self.practice.api_token}"}
        return self.app.test_client().open(f"/api/practice/{path}", method=method, json=body, headers=headers)

    def begin_registration(self) -> str:
        """Starts a registration and returns its token."""
        opened = self.call("POST", "registrations", {"registration_url": f"{self.tool.url}/register?key=1"})
        return parse_qs(urlsplit(opened["open_url"]).query)["registration_token"][0]

    def register(self, metadata: dict[str, Any], token: str) -> TestResponse:
        """What the tool does with the token."""
        headers = {"Authorization": f"Bearer {token}"}
        return self.app.test_client().post(self.form.paths.registration, json=metadata, headers=headers)

    def add_tool(self, scope: str = " ".join(scopes.SUPPORTED)) -> dict[str, Any]:
        """Registers the fake tool and makes it active; returns the answer to the registration."""
        answer = self.register(self.tool.metadata(scope), self.begin_registration())
        assert answer.status_code == self.form.registered_status, answer.text
        self.tool.client_id = answer.get_json()["client_id"]
        number = self.call("GET", "registrations")["registrations"][-1]["id"]
        self.call("POST", f"registrations/{number}/activate")
        value: dict[str, Any] = answer.get_json()
        return value

    def request_token(self, scope: str, **changes: Any) -> TestResponse:
        """The tool's request for an access token."""
        claims = self.tool.assertion(f"{BASE_URL}{self.form.paths.token}", self.now, **changes)
        return self.post_assertion(self.tool.sign(claims), scope)

    def post_assertion(self, assertion: str, scope: str) -> TestResponse:
        """A token request with that client assertion."""
        return self.app.test_client().post(
            self.form.paths.token,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": assertion,
                "scope": scope,
            },
        )

    def service(self, scope: str) -> dict[str, str]:
        """The headers of a service call with a fresh token."""
        token = json.loads(self.request_token(scope).data)["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def authenticate(self, params: dict[str, str], **changes: str | None) -> dict[str, str]:
        """The tool's authentication request after a login initiation; the fields that come back by form."""
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": params["client_id"],
            "redirect_uri": f"{self.tool.url}/launch",
            "login_hint": params["login_hint"],
            "lti_message_hint": params["lti_message_hint"],
            "state": "a state",
            "nonce": "a nonce",
            **changes,
        }
        query = {key: value for key, value in asked.items() if value is not None}
        return form_fields(self.app.test_client().get(self.form.paths.authorization, query_string=query))

    def launch(self, **asked: Any) -> dict[str, Any]:
        """The claims of a whole launch, its signature checked with the published keys."""
        fields = self.authenticate(self.call("POST", "launch", asked)["params"])
        return self.verified(fields["id_token"])

    def verified(self, id_token: str) -> dict[str, Any]:
        keys = jwt.PyJWKSet.from_dict(self.app.test_client().get(self.form.paths.keys).get_json())
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        options: Any = {"verify_exp": False, "verify_iat": False}
        claims: dict[str, Any] = jwt.decode(
            id_token, key, algorithms=["RS256"], audience=self.tool.client_id, issuer=BASE_URL, options=options
        )
        return claims

    def become(self, user_id: str) -> None:
        """Chooses who to be on the pages."""
        answer = self.post("/session", user_id=user_id)
        assert answer.status_code == 302, answer.text

    def post(self, path: str, **fields: str) -> TestResponse:
        """Sends a form of one of the pages."""
        self.client.get("/")
        with self.client.session_transaction() as session:
            token = session["csrf"]
        return self.client.post(path, data={"csrf_token": token, **fields})

    def pass_time(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)


def form_fields(response: TestResponse) -> dict[str, str]:
    """The action and the hidden fields of a self-submitting form."""
    assert response.status_code == 200, response.text
    action = re.search(r'<form method="post" action="([^"]*)"', response.text)
    assert action is not None
    inputs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', response.text)
    return {"action": html.unescape(action[1]), **{name: html.unescape(value) for name, value in inputs}}
