"""@digitalbazaar/vc in one long-lived Node.js process, asked line by line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lti_tool.credentials.contexts import OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS, context_document
from tests.peers_support import PEERS, node_peers


@contextmanager
def node_peer(script: str, documents: Mapping[str, Any] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A script of tests/peers, which knows the contexts and these documents."""
    command = ["node", script]
    with subprocess.Popen(command, cwd=node_peers(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        try:
            contexts = {url: context_document(url) for url in (OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS)}
            ask(peer, {"documents": {**contexts, **(documents or {})}})
            yield peer
        finally:
            peer.terminate()


def ask(peer: subprocess.Popen[str], message: object) -> Any:
    if peer.stdin is None or peer.stdout is None:
        raise RuntimeError("the peer has no pipes")
    peer.stdin.write(json.dumps(message) + "\n")
    peer.stdin.flush()
    line = peer.stdout.readline()
    if not line:
        raise RuntimeError("the peer ended early; its error is above")
    return json.loads(line)


def peer_name() -> str:
    package = json.loads((PEERS / "node_modules/@digitalbazaar/vc/package.json").read_text())
    return f"{package['name']} {package['version']}"
