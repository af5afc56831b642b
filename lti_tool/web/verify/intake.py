"""What a person handed in, as single badges: pasted text, links, files, lists of links, ZIP archives."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO

from werkzeug.datastructures import FileStorage

from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.check_badges import MOST_AT_ONCE, HandedIn, too_many

MOST_REQUEST_BYTES = 32 * 1024 * 1024
MOST_TEXT_BYTES = 2 * 1024 * 1024
MOST_FILE_BYTES = 4 * 1024 * 1024
_MOST_NAME = 80
_LINK = re.compile(r"https?://[^\s,;\"'<>|]{4,2000}")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_LISTS = (".csv", ".txt", ".tsv")
# Not for display: characters that turn the direction of text, and controls.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def handed_in(text: str, files: Iterable[FileStorage]) -> list[HandedIn]:
    """Every badge of a form, in order. Raises `verify.nothing`, `verify.too_many`, `verify.file_too_large`,
    `verify.archive_unreadable`."""
    found = list(islice(_each(text, files), MOST_AT_ONCE + 1))
    if not found:
        raise BadgeToolError(
            "verify.nothing", "There is no badge in what you sent.", status=422, hint="Paste a link or choose a file."
        )
    if len(found) > MOST_AT_ONCE:
        raise too_many()
    return found


def from_text(text: str) -> Iterator[HandedIn]:
    """A badge as JSON, or one link or one signed token a line."""
    stripped = text.strip()
    if stripped.startswith("{"):
        yield HandedIn("Pasted text", stripped)
        return
    for number, line in enumerate(filter(None, map(str.strip, stripped.splitlines())), 1):
        if _LINK.fullmatch(line):
            yield HandedIn(shown_name(line), link=line)
        else:
            yield HandedIn(f"Line {number}", line)


def shown_name(name: str) -> str:
    """A file's name or a link for a page: its last part, without signs that could mislead."""
    plain = _UNSHOWN.sub("", name)
    plain = plain if plain.startswith("http") else plain.replace("\\", "/").rsplit("/", 1)[-1]
    return (plain if len(plain) <= _MOST_NAME else f"{plain[: _MOST_NAME - 1]}…") or "File"


def _each(text: str, files: Iterable[FileStorage]) -> Iterator[HandedIn]:
    yield from from_text(text)
    for file in files:
        if file.filename:
            yield from _from_file(shown_name(file.filename), _read(file.stream))


def _from_file(name: str, data: bytes) -> Iterator[HandedIn]:
    if data.startswith(_ZIP):
        yield from _from_archive(data)
    elif name.lower().endswith(_LISTS):
        links = _LINK.findall(data.decode("utf-8", "replace"))
        yield from (HandedIn(shown_name(link), link=link) for link in dict.fromkeys(links))
    else:
        yield HandedIn(name, data)


def _from_archive(data: bytes) -> Iterator[HandedIn]:
    """The files of a ZIP; what it unpacks to may not be more than a whole request."""
    left = MOST_REQUEST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                name = entry.filename
                if entry.is_dir() or name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith("."):
                    continue
                with archive.open(entry) as packed:
                    content = _read(packed, min(left, MOST_FILE_BYTES))
                left -= len(content)
                # An archive inside an archive is not opened: it is no badge.
                yield HandedIn(shown_name(name), content)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError):
        raise BadgeToolError("verify.archive_unreadable", "The ZIP file cannot be opened.", status=422) from None


def _read(stream: IO[bytes], most: int = MOST_REQUEST_BYTES) -> bytes:
    data = stream.read(most + 1)
    if len(data) > most:
        raise BadgeToolError("verify.file_too_large", "A file is too large to be a badge.", status=413)
    return data
