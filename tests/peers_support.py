"""The npm programs of tests/peers: installed once, asked by JSON."""

from __future__ import annotations

import fcntl
import json
import subprocess
from pathlib import Path
from typing import Any

from tests.services.peers import give_up, require_peer

PEERS = Path(__file__).parent / "peers"
_STAMP = PEERS / "node_modules" / ".installed"
_LOCK_FILE = PEERS / "package-lock.json"


def node_peers() -> Path:
    """The folder with the installed peers. Without node or npm the test is skipped; with CI=true it fails."""
    require_peer("node")
    with (PEERS / "package.json").open() as guard:
        # Parallel test processes must not install into one folder at once.
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not _STAMP.exists() or _STAMP.stat().st_mtime < _LOCK_FILE.stat().st_mtime:
            _install()
    return PEERS


def ask_node(script: str, question: object) -> Any:
    """What the script of tests/peers prints for `question`."""
    done = subprocess.run(
        ["node", script],
        cwd=node_peers(),
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _install() -> None:
    try:
        done = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund"],
            cwd=PEERS,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    except FileNotFoundError:
        give_up("npm is not on this machine. To get it: apt-get install npm")
    if done.returncode != 0:
        give_up(f"The npm peers of tests/peers could not be installed: {done.stderr.strip()[-500:]}")
    _STAMP.touch()
