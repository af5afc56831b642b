"""The badge as files that a person keeps."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import StoredCredential

MAX_NAME = 60


class BadgeFile(NamedTuple):
    """One file: its name is safe on every system and in a Content-Disposition header that encodes it."""

    filename: str
    media_type: str
    content: bytes


def files_for(
    credential: StoredCredential, baked_png: bytes, name: str, sd_jwt: str = "", baked_svg: str = ""
) -> dict[str, BadgeFile]:
    """The forms of a signed credential by suffix: ``json``, ``png``; ``jwt`` and ``sd-jwt`` where it has them, and
    ``svg`` where it was drawn.

    Both pictures already carry the credential; `name` is the badge's. Media types after Open Badges 3.0, 5 and
    6.3: wallets on phones find files by them. Raises `credential.unsigned` (409) for a mere intent.
    """
    if credential.document is None or credential.jwt is None:
        raise BadgeToolError("credential.unsigned", "This badge is being signed; try again shortly.", status=409)
    stem = safe_stem(name)
    files = {
        "json": BadgeFile(f"{stem}.json", "application/json", credential.document.encode()),
        "jwt": BadgeFile(f"{stem}.jwt", "text/plain", credential.jwt.encode("ascii")),
        "png": BadgeFile(f"{stem}.png", "image/png", baked_png),
        "sd-jwt": BadgeFile(f"{stem}.sd-jwt", "application/dc+sd-jwt", sd_jwt.encode("ascii")),
        "svg": BadgeFile(f"{stem}.svg", "image/svg+xml", baked_svg.encode()),
    }
    return {suffix: file for suffix, file in files.items() if file.content}


def safe_stem(name: str) -> str:
    """A file name's stem: the letters and digits of any script, joined by hyphens, always ending in ``badge``.

    No separators, dots, control or direction characters survive, and a Windows device name gets a hyphen and a word.
    """
    kept = [
        letter if unicodedata.category(letter)[0] in "LNM" else " "
        for letter in unicodedata.normalize("NFC", name.lower())
    ]
    words = "".join(kept).split()
    stem = ""
    for word in words:
        # Cut by bytes: file systems count 255 of them, and a letter may take four.
        longer = f"{stem}-{word}" if stem else word
        if len(longer.encode()) > MAX_NAME * 2 or len(longer) > MAX_NAME:
            break
        stem = longer
    if not stem and words:
        stem = words[0][: MAX_NAME // 2]
    if stem.endswith("badge"):
        return stem
    return f"{stem}-badge" if stem else "badge"
