"""Small senders to copy, each a file that a test runs as it stands. docs/how-to/webhook-recipes.md shows the same."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Recipe:
    """`file` is its name beside this module; `needs` says in words what it takes to use it."""

    file: str
    title: str
    needs: str

    @property
    def text(self) -> str:
        return files(__package__).joinpath(f"{self.file}.txt").read_text(encoding="utf-8")


EVENT = Recipe("event.json", "What to send", "One event. Its times have a zone, its points are numbers.")
SENDERS = (
    Recipe(
        "curl.sh", "curl and openssl", "A trial: openssl shows its arguments, and so the key, to this machine's users."
    ),
    Recipe("python.py", "Python", "Python 3.9 or later, nothing else."),
    Recipe("node.mjs", "Node.js", "Node.js 18 or later, nothing else."),
    Recipe(
        "n8n.js", "n8n", "A Code node that signs; an HTTP Request node sends {{ $json.body }} as it stands (raw, JSON)."
    ),
)
MOODLE_TRIGGER = Recipe(
    "moodle_trigger.json",
    "Moodle, plugin Trigger (tool_trigger)",
    "It cannot sign, so it speaks xAPI: make a credential for xAPI on this page.",
)
