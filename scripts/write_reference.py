"""Writes what of docs/reference follows from the code: the settings' table and the list of error codes.

``make reference`` runs it; a test fails where the documents are behind. Each document keeps its own words around the
part between the two marks.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from lti_tool.settings import Settings

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
BEGIN, END = "<!-- written by make reference -->\n", "<!-- end -->\n"

# Types of events and log lines have the shape of a code as well: the families tell them apart.
CODE = re.compile(
    r"(achievement|authz|award|canvas|claim|copy|course|credential|criteria|csrf|did|dl|drift|duty|event|evidence|failpoint"
    r"|gradebook|http|image|issuer|jwt|keys|launch|login|lti|moodle|notice|nrps|outbox|page|person|platform|probe|reg|review"
    r"|roster|session|source|state|storage|token|upload|wallet)\.[a-z_]+"
)
NO_CODES = frozenset({"course.graded", "course.completed"})


def settings_table() -> str:
    """One row for each setting, in the order of the model."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = f"`{_shown(default)}`" if default not in (None, "", frozenset()) else "empty"
        rows.append(f"| `{name}` | {shown} | {field.description} |")
    return "\n".join(rows) + "\n"


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def error_codes() -> str:
    """The codes by family, one line each."""
    by_family: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "lti_tool").rglob("*.py"):
        if "sandbox" not in path.parts:
            for code in _codes_in(path):
                by_family[code.partition(".")[0]].add(code)
    lines = []
    for family in sorted(by_family):
        lines += [f"### {family}", "", ", ".join(f"`{code}`" for code in sorted(by_family[family])), ""]
    return "\n".join(lines)


def _codes_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and CODE.fullmatch(text) and text not in NO_CODES:
            yield text


def documents() -> dict[Path, str]:
    """What each document should hold, by its path."""
    return {
        path: with_part(path.read_text(), part)
        for path, part in (
            (REFERENCE / "settings.md", settings_table()),
            (REFERENCE / "errors.md", error_codes()),
        )
    }


def with_part(text: str, part: str) -> str:
    """The document with another part between its two marks."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + "\n" + part.rstrip("\n") + "\n\n" + END + rest.partition(END)[2]


if __name__ == "__main__":
    for document, text in documents().items():
        document.write_text(text)
        print(f"wrote {document.relative_to(ROOT)}")
