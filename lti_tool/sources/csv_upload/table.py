"""From the bytes of a file to a table of texts. What was recognised is told, so that the teacher can see it."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass

from lti_tool.domain.errors import BadgeToolError

MOST_BYTES = 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 100
LONGEST_CELL = 2000

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """`head` names the columns, each once; `rows` are (number in the file, cells), as many cells as columns.

    `encoding` and `delimiter` are words for people. Empty lines are left out.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str
    delimiter: str


def read_table(raw: bytes) -> CsvTable:
    """Raises `upload.*` (422, or 413) for what is no table of text within the limits."""
    if len(raw) > MOST_BYTES:
        raise BadgeToolError("upload.too_large", "The file is larger than 1 MB.", status=413, hint="Split it in two.")
    text, encoding = _decoded(raw)
    delimiter = _delimiter(text)
    lines = _lines(text, delimiter)
    if not lines:
        raise _refused("empty", "There is nothing in the file.")
    (_, head), *rows = lines
    if len(rows) > MOST_ROWS:
        raise _refused("too_many_rows", f"The file has more than {MOST_ROWS} rows.", "Split it in two.")
    if not rows:
        raise _refused("no_rows", "The file has no row below its first, which names the columns.")
    names = _names(head)
    return CsvTable(
        names,
        tuple((number, tuple((cells + [""] * len(names))[: len(names)])) for number, cells in rows),
        encoding,
        DELIMITERS[delimiter],
    )


def _decoded(raw: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if raw.startswith(mark):
            return _as_text(raw, codec), name
    try:
        return _clean(raw.decode()), "UTF-8"
    except UnicodeDecodeError:
        # What Excel writes where nobody chose an encoding.
        return _as_text(raw, "cp1252"), "Windows-1252"


def _as_text(raw: bytes, codec: str) -> str:
    try:
        return _clean(raw.decode(codec))
    except UnicodeDecodeError:
        raise _not_text() from None


def _clean(text: str) -> str:
    # A spreadsheet's own format (xlsx, ods) and whatever else is no text holds these; PostgreSQL refuses the first.
    if "\0" in text or text.startswith("PK\x03\x04"):
        raise _not_text()
    return text


def _delimiter(text: str) -> str:
    """The sign that parts the first line into the most cells; a comma where none does."""
    first = _lines(text, ",", most=1)
    if not first:
        return ","
    widths = {sign: len(_lines(text, sign, most=1)[0][1]) for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: widths[sign])


def _lines(text: str, delimiter: str, most: int = MOST_ROWS + 2) -> list[tuple[int, list[str]]]:
    """(line's number, cells) of lines that hold anything."""
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            plain = [cell.strip() for cell in cells]
            if any(plain):
                _check_size(number, plain)
                found.append((number, plain))
            if len(found) >= most:
                break
    except csv.Error:
        raise _refused("malformed", "The file is no table: a quotation mark stands open.") from None
    return found


def _check_size(number: int, cells: list[str]) -> None:
    if len(cells) > MOST_COLUMNS:
        raise _refused("too_many_columns", f"Row {number} has more than {MOST_COLUMNS} columns.")
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise _refused("cell_too_long", f"A cell of row {number} has more than {LONGEST_CELL} characters.")


def _names(head: list[str]) -> tuple[str, ...]:
    """Each column by a name of its own: a mapping names columns, and a second "Grade" must not be the first."""
    names: list[str] = []
    for place, name in enumerate(head, start=1):
        shown = name or f"Column {place}"
        names.append(shown if shown not in names else f"{shown} ({place})")
    return tuple(names)


def _not_text() -> BadgeToolError:
    return _refused(
        "not_text", "The file is not text.", "Save the spreadsheet as CSV (comma separated) and choose that file."
    )


def _refused(name: str, message: str, hint: str = "") -> BadgeToolError:
    return BadgeToolError(f"upload.{name}", message, status=422, hint=hint)
