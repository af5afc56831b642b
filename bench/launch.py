"""Validated launches a second on one core, against a stock PyLTI1p3 tool in the same run.

A launch is a whole one: the login that the platform initiates, and the post of the signed message, each a request to
the WSGI application as a server would make it. Platform, key and claims are the same on both sides; what the platform
does in between (its RSA signature) is not on the clock. A class of thirty launches one after another, each time in a
browser without cookies, as a frame is; the first class warms both up.

Ours is the site as an operator runs it: every check, rate limits, logs, metrics, and SQLite on disk for login, person
and session. The peer is PyLTI1p3's own Flask adapters (see _stock_tool.py):

* `launch`: the library as it comes, and as its own Flask example uses it: storage in memory, and the platform's keys
  asked for at every launch. The platform answers from another core of this machine, so at a speed that no platform
  across a network has;
* `launch_keys_kept`: at its fastest, with the library's option to keep the keys;
* `launch_stored`: with that option, and its storage in SQLite, as durable as a launch of ours.
"""

from __future__ import annotations

import base64
import html
import json
import multiprocessing
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from werkzeug.serving import make_server
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from bench._results import Row
from bench._stock_tool import Memory, Stored, stock_tool
from bench._synchronous_issuer import Quiet
from lti_tool.bootstrap.house import House, assemble
from lti_tool.bootstrap.site import create_site
from lti_tool.cli.memory import keep_what_is_loaded
from lti_tool.demo.servers import free_ports
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.observability.logs import configure_logs
from lti_tool.settings import Settings

BASE_URL = "https://badges.example.edu"
ISSUER, CLIENT_ID, DEPLOYMENT, KID = "https://lms.example.edu", "client-1", "1", "key-1"
LOGIN_PATH, LAUNCH_PATH = "/lti/reg-1/login", "/lti/reg-1/launch"
LEARNERS = 30
LAUNCHES = 150
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
LOGIN = {
    "iss": ISSUER,
    "client_id": CLIENT_ID,
    "login_hint": "7",
    "lti_message_hint": "8",
    "target_link_uri": BASE_URL + LAUNCH_PATH,
    "lti_deployment_id": DEPLOYMENT,
}


class Platform:
    """Signs launches; its key set is served at `jwks_url` on `port`."""

    def __init__(self, port: int) -> None:
        self._key = generate_private_key(65537, 2048)
        self._port = port
        self.jwks_host = f"127.0.0.1:{port}"
        self.jwks_url = f"http://{self.jwks_host}/jwks"

    def serve_keys(self) -> None:
        """For ever, in a process of its own."""
        answer = Response(json.dumps(self.key_set()), mimetype="application/json")
        make_server("127.0.0.1", self._port, answer, request_handler=Quiet).serve_forever()

    def key_set(self) -> dict[str, list[dict[str, str]]]:
        numbers = self._key.public_key().public_numbers()
        key = {"kty": "RSA", "kid": KID, "alg": "RS256", "use": "sig", "n": _base64(numbers.n), "e": _base64(numbers.e)}
        return {"keys": [key]}

    def id_token(self, nonce: str, learner: int) -> str:
        """A resource link launch with what Moodle and Canvas send along."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "sub": f"learner-{learner}",
            "name": f"Learner {learner}",
            "email": f"learner-{learner}@example.edu",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": DEPLOYMENT,
            CLAIM + "target_link_uri": BASE_URL + LAUNCH_PATH,
            CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            CLAIM + "resource_link": {"id": "link-1", "title": "Badges"},
            CLAIM + "context": {"id": "course-1", "title": "Laboratory Safety 101"},
            CLAIM + "tool_platform": {"guid": "g-1", "product_family_code": "moodle", "version": "2024"},
            CLAIM + "launch_presentation": {"document_target": "iframe", "return_url": f"{ISSUER}/course/1"},
            CLAIM + "custom": {"badge": "badge-1"},
            "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {
                "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"],
                "lineitems": f"{ISSUER}/1/lineitems",
            },
            "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {
                "context_memberships_url": f"{ISSUER}/1/members",
                "service_versions": ["2.0"],
            },
        }
        return jwt.encode(claims, self._key, "RS256", {"kid": KID})


class Side:
    """One tool, and how its answers are read."""

    def __init__(self, app: Any, platform: Platform, where_to: Callable[[TestResponse], str], status: int) -> None:
        self._app = app
        self._platform = platform
        self._where_to = where_to
        self._status = status

    def launches_a_second(self, count: int) -> float:
        return count / sum(self._launch(number % LEARNERS) for number in range(count))

    def _launch(self, learner: int) -> float:
        """Seconds that the tool took for both requests."""
        browser = Client(self._app)
        # Each at an address of his own: the limits for one address stay as they are.
        more: dict[str, Any] = {"base_url": BASE_URL, "environ_base": {"REMOTE_ADDR": f"192.0.2.{learner + 1}"}}
        started = time.perf_counter()
        answer = browser.get(f"{LOGIN_PATH}?{urlencode(LOGIN)}", **more)
        seconds = time.perf_counter() - started
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self._where_to(answer)).query).items()}
        form = {"state": asked["state"], "id_token": self._platform.id_token(asked["nonce"], learner)}
        started = time.perf_counter()
        opened = browser.post(LAUNCH_PATH, data=form, **more)
        seconds += time.perf_counter() - started
        if opened.status_code != self._status:
            raise RuntimeError(f"a launch was answered with {opened.status}, so its speed means nothing")
        return seconds


def run(rounds: int = 7) -> list[Row]:
    """Medians of `rounds` interleaved rounds; the ratio is the median of the rounds' ratios."""
    with tempfile.TemporaryDirectory() as name, _platform() as platform, _one_core():
        stock = _peer(platform, Memory())
        kept = _peer(platform, Memory(), keep_keys=True)
        stored = _peer(platform, Stored(Path(name) / "peer.sqlite3"), keep_keys=True)
        ours, house = _ours(platform, Path(name))
        sides = (ours, stock, kept, stored)
        for side in sides:
            side.launches_a_second(LEARNERS)
        _roster_was_read(house)
        keep_what_is_loaded()  # as `serve` does; both sides live in this process, and it serves them alike
        measured = [[side.launches_a_second(LAUNCHES) for side in sides] for _ in range(rounds)]
    mine, *others = zip(*measured, strict=True)
    names = {
        "launch": "stock PyLTI1p3 2.0 Flask tool: in memory, keys fetched from this machine",
        "launch_keys_kept": "PyLTI1p3 2.0 Flask tool told to keep keys, all in memory",
        "launch_stored": "PyLTI1p3 2.0 Flask tool told to keep keys, storage in SQLite on disk",
    }
    return [_row(name, mine, other, peer) for (name, peer), other in zip(names.items(), others, strict=True)]


def _row(name: str, mine: tuple[float, ...], others: tuple[float, ...], peer: str) -> Row:
    return Row(
        name=name,
        ours=statistics.median(mine),
        peer=statistics.median(others),
        ratio=statistics.median(one / other for one, other in zip(mine, others, strict=True)),
        unit="launches/s",
        peer_name=peer,
        runs=len(mine),
    )


def _ours(platform: Platform, folder: Path) -> tuple[Side, House]:
    configure_logs(style="json", stream=(folder / "tool.log").open("w"))
    settings = Settings(
        base_url=BASE_URL,
        database_url=f"sqlite:///{folder / 'ours.sqlite3'}",
        data_dir=folder / "data",
        keys_dir=folder / "keys",
        allowed_private_hosts=frozenset({platform.jwks_host}),
    )
    house = assemble(settings)
    house.prepare()
    registration = Registration(
        "reg-1",
        settings.tenant,
        "Example LMS",
        ISSUER,
        CLIENT_ID,
        f"{ISSUER}/auth",
        f"{ISSUER}/token",
        platform.jwks_url,
        created_at=house.clock.now(),
    )
    with house.transactions() as unit:
        unit.registrations.save(replace(registration, state=RegistrationState.ACTIVE))
        unit.registrations.save_deployment("reg-1", DEPLOYMENT, "active")
        unit.commit()
    return Side(create_site(house), platform, _on_the_page, 303), house


def _roster_was_read(house: House) -> None:
    """As a worker does within seconds of a course's first launch; until then every launch asks for it again."""
    now = house.clock.now()
    with house.transactions() as unit:
        for course in unit.courses.of_registration("reg-1"):
            unit.courses.save_reading(course.id, tried_at=now, roster_read_at=now)
        unit.commit()


def _peer(platform: Platform, cache: Any, *, keep_keys: bool = False) -> Side:
    launch_url = BASE_URL + LAUNCH_PATH
    app = stock_tool(ISSUER, CLIENT_ID, DEPLOYMENT, platform.jwks_url, launch_url, cache, keep_keys=keep_keys)
    return Side(app, platform, lambda answer: answer.headers["Location"], 200)


def _on_the_page(answer: TestResponse) -> str:
    found = re.search(r'data-auth-url="([^"]+)"', answer.text)
    if found is None:
        raise RuntimeError(f"the login was answered with {answer.status}")
    return html.unescape(found[1])


def _base64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()


@contextmanager
def _platform() -> Iterator[Platform]:
    [port] = free_ports(1)
    platform = Platform(port)
    server = multiprocessing.get_context("fork").Process(target=platform.serve_keys, daemon=True)
    server.start()
    try:
        _wait_for(platform.jwks_url)
        yield platform
    finally:
        server.terminate()
        server.join()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            requests.get(url, timeout=2)
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def _one_core() -> Iterator[None]:
    """Pins this process to one core where the system can (Linux)."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
