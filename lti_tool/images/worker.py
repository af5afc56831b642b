"""The process in which foreign image bytes are decoded. Started by check.py, one upload each.

Standard input: the file. Standard output: a PNG (a JPEG of a photo that was one) and exit status 0, or a refusal's code
and exit status 1.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from lti_tool.domain.errors import BadgeToolError
from lti_tool.images.photo import reencode_photo
from lti_tool.images.png import reencode
from lti_tool.images.svg import rasterise

MEMORY = 256 * 1024 * 1024  # bytes of address space; 4096 x 4096 RGBA takes a quarter
CPU_SECONDS = 2


def limit_resources() -> None:
    """Bounds memory, CPU time and open files of this process, as far as the system knows such limits."""
    try:
        import resource  # not on Windows
    except ImportError:
        return
    for what, limit in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
            resource.setrlimit(what, (limit, limit))


_DECODERS = {"png": reencode, "svg": rasterise, "photo": reencode_photo}


def main(kind: str) -> int:
    """Decodes standard input as `kind` and writes the outcome."""
    data = sys.stdin.buffer.read()
    limit_resources()
    try:
        answer, status = _DECODERS[kind](data), 0
    except BadgeToolError as refused:
        answer, status = refused.code.encode("ascii"), 1
    except (MemoryError, RecursionError):
        answer, status = b"image.too_costly", 1
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return status


if __name__ == "__main__":
    # Without the interpreter's shutdown: a thread of a decoder must not delay the answer.
    os._exit(main(sys.argv[1]))
