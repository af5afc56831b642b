"""The tool as an administrator's browser finds it, for registrations; every socket that is opened is seen."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.bootstrap.site import create_site
from lti_tool.domain.platform import Registration
from lti_tool.http import HttpSettings, OutgoingHttp
from lti_tool.usecases.manage_platforms import ManagePlatforms
from tests.factories.house import REGISTRATION, TestHouse, make_house
from tests.fakes.lti_stage import refusal_code
from tests.fakes.registering_platform import RegisteringPlatform, names

TOKEN = "registration-token-that-stays-secret"

# Where the tool's code lies on this machine: nobody outside is told.
_SOURCES = str(Path(__file__).parents[2] / "lti_tool")


@dataclass
class Office:
    """The tool as an administrator's browser finds it, with a valid invitation. `connected`: every address to which a
    socket was opened."""

    lms: TestHouse
    client: FlaskClient
    platforms: ManagePlatforms
    invitation: str
    platform: RegisteringPlatform
    connected: list[Any]
    log: list[Any]

    def open(self, url: str = "", invitation: str | None = None) -> TestResponse:
        url = quote(url or self.platform.config_url, safe="")
        given = self.invitation if invitation is None else invitation
        return self.client.get(f"/lti/register/{given}?openid_configuration={url}&registration_token={TOKEN}")

    def registered(self) -> list[Registration]:
        return [one for one in self.platforms.all() if one.id != REGISTRATION]

    def refused(self, response: TestResponse, code: str, status: int = 422, asked: int = 0) -> None:
        """A page with the code and no inner detail, nothing stored, one log line without a secret, and no connection
        but those to the platform's own port."""
        assert refusal_code(response) == code
        assert response.status_code == status
        assert self.registered() == []
        assert len(self.platform.asked) == asked
        assert all(one == ("127.0.0.1", self.platform.port) for one in self.connected)
        assert len(self.connected) <= asked
        lines = [line for line in self.log if line["event"] == "lti.refused"]
        assert [line["code"] for line in lines] == [code]
        assert lines[0]["correlation_id"] in response.text
        for secret in (TOKEN, self.invitation, "Traceback", _SOURCES, "urllib3"):
            assert secret not in response.text
            assert secret not in json.dumps(self.log, default=str)


@contextmanager
def open_office(
    database_url: str, folder: Path, platform: RegisteringPlatform, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """Over a database that tests.factories.beginnings.furnished made."""
    lms = make_house(database_url, folder, furnished=True)
    trusted = HttpSettings(
        allowed_private_hosts=frozenset({f"127.0.0.1:{platform.port}"}), total_seconds=1, read_seconds=0.8
    )
    house = replace(lms.house, http=OutgoingHttp(trusted))
    platforms = ManagePlatforms(house.transactions, lms.clock, house.settings.tenant)
    client = create_site(house).test_client()
    connected: list[Any] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:
        connected.append(address)
        if address != ("127.0.0.1", platform.port):
            raise ConnectionRefusedError
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    monkeypatch.setattr(socket, "getaddrinfo", names({}))
    with structlog.testing.capture_logs() as log:
        yield Office(lms, client, platforms, platforms.invite("Our LMS"), platform, connected, log)
    lms.house.engine.dispose()
