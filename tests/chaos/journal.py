"""What the world outside knows: every fact, every acknowledgement, each on the disk before anything else happens."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Line = dict[str, Any]


class Journal:
    """Lines of JSON, appended and flushed to the disk. Several threads and processes may write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file = path.open("ab", buffering=0)

    def write(self, *lines: Line) -> None:
        """Returns when they would survive a power cut."""
        text = "".join(json.dumps(line) + "\n" for line in lines).encode()
        with self._lock:
            self._file.write(text)
            os.fsync(self._file.fileno())

    def lines(self) -> list[Line]:
        return read(self._path)


def read(path: Path) -> list[Line]:
    with path.open() as file:
        return [json.loads(line) for line in file]


def acknowledged(lines: Iterable[Line]) -> set[str]:
    """The ids of what was acknowledged."""
    return {line["id"] for line in lines if line["say"] == "ack"}
