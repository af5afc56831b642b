"""The JSON Schema of an event's body, for whoever writes a sender."""

from __future__ import annotations

from importlib.resources import files

VERSION = 1


def schema_text() -> str:
    return files(__package__).joinpath("event.schema.json").read_text(encoding="utf-8")
