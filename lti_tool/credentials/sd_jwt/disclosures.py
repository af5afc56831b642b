"""Disclosures and their digests (RFC 9901, 4.2): what the signature covers without saying it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from lti_tool.credentials.keys_text import b64url

SaltOf = Callable[[str], str]
DIGESTS, IN_LIST, ALGORITHM = "_sd", "...", "_sd_alg"


def digest_of(disclosure: str) -> str:
    """SHA-256 over the disclosure's text as it is sent."""
    return b64url(hashlib.sha256(disclosure.encode("ascii")).digest())


class Disclosing:
    """Takes members out of a payload and keeps their disclosures, in order."""

    def __init__(self, salt_of: SaltOf) -> None:
        self._salt_of = salt_of
        self.disclosures: list[str] = []

    def members(self, node: dict[str, Any], names: tuple[str, ...], where: str) -> dict[str, Any]:
        """`node` with those of `names` that it has behind digests, sorted so that their order tells nothing."""
        hidden = [self._add([self._salt_of(f"{where}.{name}"), name, node[name]]) for name in names if name in node]
        shown = {name: value for name, value in node.items() if name not in names}
        return shown | ({DIGESTS: sorted(hidden)} if hidden else {})

    def items(self, values: list[Any], where: str) -> list[dict[str, str]]:
        """Each item of a list behind a digest of its own."""
        return [{IN_LIST: self._add([self._salt_of(f"{where}.{place}"), value])} for place, value in enumerate(values)]

    def _add(self, parts: list[Any]) -> str:
        disclosure = b64url(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode())
        self.disclosures.append(disclosure)
        return digest_of(disclosure)
