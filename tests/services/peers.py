"""The programs that tests need beside Python, and what happens where one is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest


@dataclass(frozen=True, slots=True)
class Peer:
    """A program beside Python: how it is found, and how a person gets it."""

    name: str
    find: Callable[[], Path | None]
    remedy: str


def _on_path(*commands: str) -> Callable[[], Path | None]:
    def find() -> Path | None:
        found = next((path for command in commands if (path := shutil.which(command))), None)
        return Path(found) if found else None

    return find


def _postgresql() -> Path | None:
    """`pg_ctl` of the newest PostgreSQL; Debian keeps the server's programs off the PATH."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    versions = sorted(installed, key=lambda path: float(path.parent.parent.name), reverse=True)
    return versions[0] if versions else _on_path("pg_ctl")()


def _chromium() -> Path | None:
    named = os.environ.get("CHROMIUM")
    return Path(named) if named else _on_path("chromium", "chromium-browser", "google-chrome")()


def _compose() -> Path | None:
    """Debian's `docker-compose`, or a `docker` that has the plugin. Neither needs an engine to read a file."""
    own = _on_path("docker-compose")()
    docker = _on_path("docker")()
    if own or docker is None:
        return own
    asked = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    return docker if asked.returncode == 0 else None


def _softhsm() -> Path | None:
    """The library of a security module in software."""
    places = (*Path("/usr/lib").glob("**/softhsm/libsofthsm2.so"), Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"))
    return next((path for path in places if path.exists()), None)


PEERS = {
    peer.name: peer
    for peer in (
        Peer("postgresql", _postgresql, "apt-get install postgresql, or brew install postgresql"),
        Peer("softhsm2", _softhsm, "apt-get install softhsm2, or brew install softhsm"),
        Peer("redis-server", _on_path("redis-server"), "apt-get install redis-server, or brew install redis"),
        Peer("chromium", _chromium, "apt-get install chromium, or set CHROMIUM to a Chromium or Chrome"),
        Peer("docker-compose", _compose, "apt-get install docker-compose, or brew install docker-compose"),
        Peer("node", _on_path("node"), "apt-get install nodejs npm, or brew install node"),
        Peer("curl", _on_path("curl"), "apt-get install curl"),
        Peer("openssl", _on_path("openssl"), "apt-get install openssl"),
    )
}


def require_peer(name: str) -> Path:
    """The path of a peer's program. A missing one skips the test; with CI=true it fails it."""
    peer = PEERS[name]
    path = peer.find()
    if path is None:
        give_up(f"{peer.name} is not on this machine. To get it: {peer.remedy}")
    return path


def give_up(reason: str) -> NoReturn:
    """Fails where CI=true, so that nothing stays unchecked unnoticed; skips on a person's machine."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
