"""The whole tool and a practice LMS on ports of their own, and troubles that can be made between them."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from flask import Flask, Response, jsonify, request
from requests.adapters import HTTPAdapter
from werkzeug.serving import WSGIRequestHandler, make_server

from lti_tool.bootstrap.house import House, assemble
from lti_tool.bootstrap.site import create_site
from lti_tool.bootstrap.workers import Workers
from lti_tool.cli.main import cli
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.forms import FORMS
from lti_tool.sandbox.key_ring import KeyRing
from lti_tool.sandbox.practice import EXTENSION
from lti_tool.settings import Settings
from lti_tool.usecases.manage_platforms import ManagePlatforms
from lti_tool.usecases.ports import Clock
from tests.functional.lti.live_tool import serving


class Blocked(HTTPAdapter):
    """What an LMS does whose administrator blocks an address: no connection is made at all."""

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        raise requests.ConnectionError("The URL is blocked.")


@dataclass
class Lms:
    """A practice LMS of a form, and what is wrong with it. `blocking`: as Moodle's administrators leave it, it fetches
    nothing from private addresses; `ahead`: its clock; `keys_down`: its key set answers 503; `stale_keys`: what its key
    set address answers in place of its keys; `mute`: it refuses tokens with a bare invalid_request."""

    url: str
    data_dir: Path
    like: str = "plain"
    blocking: bool = False
    ahead: timedelta = timedelta()
    keys_down: bool = False
    mute: bool = False
    stale_keys: dict[str, Any] | None = None
    app: Flask = field(init=False)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def start(self) -> Flask:
        self.app = create_sandbox(
            self.data_dir,
            self.url,
            form=FORMS[self.like],
            blocks_private_hosts=self.blocking,
            clock=self.now,
            start_sender=False,
        )
        self.app.before_request(self._be_down)
        self.app.after_request(self._answer)
        return self.app

    def _be_down(self) -> Response | None:
        if request.path != FORMS[self.like].paths.keys:
            return None
        if self.keys_down:
            return Response("down", 503)
        return jsonify(self.stale_keys) if self.stale_keys else None

    def _answer(self, response: Response) -> Response:
        if self.mute and request.path == FORMS[self.like].paths.token and response.status_code >= 400:
            response = jsonify(error="invalid_request")
            response.status_code = 400
        return response

    def handler(self) -> type[WSGIRequestHandler]:
        """A machine whose clock is wrong says so in every answer."""
        lms = self

        class WrongClock(WSGIRequestHandler):
            def date_time_string(self, timestamp: float | None = None) -> str:
                return format_datetime(lms.now(), usegmt=True)

        return WrongClock

    def block(self, url: str) -> None:
        self.app.extensions[EXTENSION].http.mount(url, Blocked())

    def sign_with_another_key(self, folder: Path, *, listed: bool) -> None:
        """New keys only. Where they are not `listed`, the key set address still answers with the old ones."""
        practice = self.app.extensions[EXTENSION]
        self.stale_keys = None if listed else practice.keys.jwks()
        folder.mkdir()
        self.app.extensions[EXTENSION] = replace(practice, keys=KeyRing(folder, lambda fingerprint, at: fingerprint))

    def forget_redirect_uris(self) -> None:
        """As if its administrator had typed another address."""
        with sqlite3.connect(self.data_dir / "practice.sqlite") as database:
            for row_id, metadata in database.execute("SELECT id, metadata FROM registrations").fetchall():
                changed = json.loads(metadata) | {"redirect_uris": ["https://elsewhere.example/launch"]}
                database.execute("UPDATE registrations SET metadata = ? WHERE id = ?", (json.dumps(changed), row_id))

    def call(self, method: str, path: str, body: Any = None) -> Any:
        token = (self.data_dir / "api-token").read_text().strip()
        answer = requests.request(
            method,
            f"{self.url}/api/practice/{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        assert answer.ok, answer.text
        return answer.json()


@dataclass
class Stage:
    """`cookie` is what the last launch's browser keeps."""

    lms: Lms
    house: House
    url: str
    cookie: str = ""

    @property
    def registration(self) -> Registration:
        with self.house.transactions(write=False) as unit:
            (found,) = unit.registrations.all()
        return found

    def change(self, **values: Any) -> None:
        with self.house.transactions() as unit:
            unit.registrations.save(replace(self.registration, **values))
            unit.commit()

    def connect(self) -> None:
        """Registers by a link and approves on both sides."""
        platforms = ManagePlatforms(self.house.transactions, self.house.clock, "default")
        link = f"{self.url}/lti/register/{platforms.invite('Practice LMS')}"
        begun = self.lms.call("POST", "registrations", {"registration_url": link})
        assert requests.get(begun["open_url"], timeout=10).ok
        self.lms.call("POST", f"registrations/{begun['id']}/activate")
        platforms.approve(self.registration.id)
        assert self.registration.state is RegistrationState.ACTIVE

    def accept(self) -> None:
        """Where the platform named no deployment at registration, the first launch does, and is let in afterwards."""
        platforms = ManagePlatforms(self.house.transactions, self.house.clock, "default")
        for deployment_id, state in platforms.page(self.registration.id).deployments.items():
            if state != "active":
                platforms.accept_deployment(self.registration.id, deployment_id)

    def launch(self, *, cookie: bool = True, **what: Any) -> requests.Response:
        """What a browser gets in the end: the launch's answer, or the page on which the LMS kept the person."""
        browser = requests.Session()
        begun = self.lms.call("POST", "launch", {"user_id": "teacher"} | what)
        page = browser.post(begun["login_url"], data=begun["params"])
        form = browser.get(_attribute(page.text, "data-auth-url"))
        fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form.text))
        if not {"id_token", "error"} & set(fields):
            return form
        # A cookie with Secure goes back to http://localhost in browsers, but not in requests.
        self.cookie = page.headers["Set-Cookie"].split(";")[0]
        kept = {"Cookie": self.cookie} if cookie else {}
        return browser.post(_attribute(form.text, "action"), data=fields, headers=kept, allow_redirects=False)

    def work(self) -> None:
        Workers(self.house).work_until_idle()
        self.house.notebook.flush()

    def doctor(self, *options: str) -> tuple[int, dict[str, dict[str, Any]], dict[str, Any]]:
        """Exit code, the platform's lines by key, and the whole document."""
        self.house.notebook.flush()
        ran = CliRunner().invoke(cli, ["doctor", "--json", *options], catch_exceptions=False)
        # The site of this test runs in the same process, and may log to the same output at that moment.
        found = re.search(r"^\{$.*^\}$", ran.stdout, re.DOTALL | re.MULTILINE)
        assert found, ran.stdout
        document = json.loads(found[0])
        lines = {line["key"]: line for one in document["platforms"] for line in one["lines"]}
        return ran.exit_code, lines, document


def _attribute(text: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', text)
    assert found, text
    return html.unescape(found[1])


@contextmanager
def staged(
    folder: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    like: str = "plain",
    *,
    blocking: bool = False,
    clock: Clock | None = None,
) -> Iterator[Stage]:
    """Both are running; the command line finds the same tool by its environment. `clock`: the tool's, where it is not
    this machine's."""

    def unready(environ: Any, start_response: Any) -> list[bytes]:
        start_response("503 Not yet", [])
        return [b""]

    tool_server = make_server("127.0.0.1", 0, unready, threaded=True)
    lms = Lms("", folder / "lms", like, blocking)
    lms_server = make_server("127.0.0.1", 0, unready, threaded=True, request_handler=lms.handler())
    lms.url = f"http://127.0.0.1:{lms_server.port}"
    url = f"http://localhost:{tool_server.port}"
    for name, value in {
        "BASE_URL": url,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder / "data"),
        "KEYS_DIR": str(folder / "keys"),
        "ALLOWED_PRIVATE_HOSTS": f'["127.0.0.1:{lms_server.port}"]',
    }.items():
        monkeypatch.setenv(f"LTI_BADGES_{name}", value)
    house = assemble(Settings(), clock)
    house.prepare()
    lms_server.app, tool_server.app = lms.start(), create_site(house)
    with serving(lms_server), serving(tool_server):
        yield Stage(lms, house, url)
    lms.app.extensions[EXTENSION].database.close()
    house.engine.dispose()
