"""An uploaded badge image: judged by its first bytes, then decoded and made anew in a process of its own."""

from __future__ import annotations

import re
import struct
import subprocess  # nosec B404 - one fixed command, see below
import sys
from dataclasses import dataclass
from typing import Literal

from lti_tool.images.refusals import REFUSALS, refusal

SIZE_LIMIT = 2 * 1024 * 1024  # bytes of the upload
_WALL_SECONDS = 10.0
JPEG_SIGNATURE = b"\xff\xd8\xff"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# An XML prolog, comments and a document type may stand before <svg; a gzip, UTF-16 or HTML start may not.
_SVG_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml\s|!--|!doctype\s+svg\b|(?:[\w-]+:)?svg[\s>/])", re.IGNORECASE)
_SVG_TAG = re.compile(rb"<(?:[\w-]+:)?svg[\s>/]")
_LOOK_AT = 8192

Kind = Literal["png", "svg", "photo"]


@dataclass(frozen=True, slots=True)
class CheckedImage:
    """A PNG of our own making (never the bytes that were sent), width and height in pixels."""

    png: bytes
    width: int
    height: int


def check_upload(data: bytes) -> CheckedImage:
    """Makes a clean PNG out of an uploaded PNG or SVG; refuses everything else with a code of refusals.py.

    Size and first bytes are judged before anything is decoded. A file name or a declared type is not asked
    for, as both are the sender's word. The result fits into 1024 by 1024 pixels and carries no metadata.
    """
    if len(data) > SIZE_LIMIT:
        raise refusal("image.too_large")
    png = in_own_process(data, kind_of(data))
    width, height = struct.unpack(">II", png[16:24])  # IHDR comes first: PNG 3rd edition, 11.2.1
    return CheckedImage(png, width, height)


def kind_of(data: bytes) -> Kind:
    """What the first bytes say the file is; raises `image.unsupported_type`."""
    if data.startswith(PNG_SIGNATURE):
        return "png"
    head = data[:_LOOK_AT]
    if _SVG_START.match(head) and _SVG_TAG.search(head):
        return "svg"
    raise refusal("image.unsupported_type")


def in_own_process(data: bytes, kind: Kind) -> bytes:
    """The image anew, made by worker.py, so that a decoder that crashes, hangs or eats memory takes nothing of ours
    with it."""
    command = [sys.executable, "-I", "-m", "lti_tool.images.worker", kind]
    try:
        done = subprocess.run(  # nosec B603 - the upload goes to standard input, never into the command
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=_WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise refusal("image.too_costly") from None
    if done.returncode == 0 and done.stdout.startswith((PNG_SIGNATURE, JPEG_SIGNATURE)):
        return done.stdout
    code = done.stdout.decode("ascii", "replace")
    # No code: the process was stopped by a limit (CPU time, memory), which is the file's doing.
    raise refusal(code if code in REFUSALS else "image.too_costly")
