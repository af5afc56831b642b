"""Writes what of docs/reference follows from the code: the settings' table and the list of error codes.

``make reference`` runs it; a test fails where the documents are behind. Each document keeps its own words around the
part between the two marks.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from lti_tool.settings import Settings
from scripts.error_codes import codes

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
BEGIN, END = "<!-- written by make reference -->\n", "<!-- end -->\n"


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
    sources = [path for path in (ROOT / "lti_tool").rglob("*.py") if "sandbox" not in path.parts]
    by_family: dict[str, list[str]] = defaultdict(list)
    for code in sorted(codes(sources)):
        by_family[code.partition(".")[0]].append(code)
    lines = []
    for family, of_it in sorted(by_family.items()):
        lines += [f"### {family}", "", ", ".join(f"`{code}`" for code in of_it), ""]
    return "\n".join(lines)


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
