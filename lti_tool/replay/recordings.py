"""A folder of recorded exchanges with one Moodle (tests/recordings/README.md describes the files)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt

from lti_tool.domain.errors import BadgeToolError

TARGET_LINK = "https://purl.imsglobal.org/spec/lti/claim/target_link_uri"


@dataclass(frozen=True, slots=True)
class RecordedLaunch:
    """A signed launch as the browser posted it. The claims are read unchecked, to set the clock and the login."""

    name: str
    id_token: str
    nonce: str
    target_link_uri: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One answered request. `form` holds a web service's parameters, without its token."""

    method: str
    url: str
    form: dict[str, str]
    body: Any


class Recordings:
    """Everything in `folder`, read on demand."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def body(self, name: str) -> Any:
        """The response's body of one exchange, or the whole file where only the body was kept."""
        value = self._read(self._folder / f"{name}.json")
        return value["response"]["body"] if isinstance(value, dict) and "response" in value else value

    def request(self, name: str) -> Any:
        """The request of one exchange: method, url, body."""
        return self._read(self._folder / f"{name}.json")["request"]

    def launches(self) -> list[RecordedLaunch]:
        """The launches in the order of their time. Raises `replay.no_launches`."""
        found = [self._launch(path) for path in sorted(self._folder.glob("launch_*.json"))]
        if not found:
            raise BadgeToolError("replay.no_launches", f"There are no recorded launches in {self._folder}.")
        return sorted(found, key=lambda launch: launch.at)

    def calls(self) -> list[RecordedCall]:
        """Every answered request to a service of the platform.

        Refusals are left out: they were recorded with tokens of people who may not ask.
        """
        paths = [path for pattern in ("ws_*.json", "nrps_*.json") for path in sorted(self._folder.glob(pattern))]
        calls = [call for path in paths if (call := self._call(path)) is not None]
        return [call for call in calls if not (isinstance(call.body, dict) and "exception" in call.body)]

    def _launch(self, path: Path) -> RecordedLaunch:
        try:
            token = self._read(path)["request"]["form"]["id_token"][0]
            claims = jwt.decode(token, options={"verify_signature": False})
            at = datetime.fromtimestamp(claims["iat"], UTC)
            return RecordedLaunch(path.stem, token, claims["nonce"], claims[TARGET_LINK], at)
        except (KeyError, IndexError, TypeError, ValueError, jwt.PyJWTError):
            raise _unreadable(path) from None

    def _call(self, path: Path) -> RecordedCall | None:
        """The exchange of a file; None for a file that holds several, or a refusal."""
        value = self._read(path)
        if not isinstance(value, dict) or value.get("response", {}).get("status", 200) != 200:
            return None
        if "request" not in value or "response" not in value:
            return None
        try:
            request = value["request"]
            sent = request.get("body")
            form = {name: values[0] for name, values in parse_qs(sent).items()} if isinstance(sent, str) else {}
            form.pop("wstoken", None)
            return RecordedCall(request["method"], request["url"], form, value["response"]["body"])
        except (KeyError, TypeError, AttributeError):
            raise _unreadable(path) from None

    def _read(self, path: Path) -> Any:
        try:
            return json.loads(path.read_text())
        except (OSError, ValueError):
            raise _unreadable(path) from None


def _unreadable(path: Path) -> BadgeToolError:
    return BadgeToolError("replay.recording_unreadable", f"{path} is not there, or is not such a recording.")
