"""An issuer's documents from a folder: checking without any network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lti_tool.credentials.json_text import MAX_JSON_BYTES, parse_object
from lti_tool.domain.errors import BadgeToolError

_MOST_FILES = 200


class FolderLookup:
    """Every JSON file below a folder by the name it gives itself: its ``id``, or a key's ``kid``.

    What a badge's address would say is not looked up: a folder cannot vouch for a hosted badge.
    """

    def __init__(self, folder: Path) -> None:
        self._known: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.rglob("*.json"))[:_MOST_FILES]:
            document = _read(path)
            names = (document.get("id"), document.get("kid"))
            self._known |= {name: document for name in names if isinstance(name, str)}

    def did_document(self, did: str) -> dict[str, Any]:
        return self._find(did)

    def key_document(self, url: str) -> dict[str, Any]:
        return self._find(url.partition("#")[0])

    def status_list(self, url: str) -> dict[str, Any]:
        return self._find(url)

    def hosted_document(self, url: str) -> dict[str, Any]:
        raise _not_here()

    def badge(self, url: str) -> bytes:
        raise _not_here()

    def _find(self, name: str) -> dict[str, Any]:
        if name not in self._known:
            raise _not_here()
        return self._known[name]


def _read(path: Path) -> dict[str, Any]:
    try:
        return parse_object(path.read_bytes()) if path.stat().st_size <= MAX_JSON_BYTES else {}
    except (BadgeToolError, OSError):
        return {}


def _not_here() -> BadgeToolError:
    return BadgeToolError("lookup.not_in_folder", "The documents at hand do not have what the badge refers to.")
