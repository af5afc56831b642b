"""Writes what was issued into a folder, so that anybody can check it offline with another tool."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt

from lti_tool.credentials.contexts import OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS, context_document
from lti_tool.demo.verifier import Stranger

_CONTEXTS = (OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS)
_README = """\
Badges issued by `lti-badges demo --once`
=========================================

{index}

Each badge is here in three forms that say the same:
  .json  Open Badges 3.0 credential with an embedded proof (Data Integrity, eddsa-rdfc-2022)
  .jwt   the same credential as a VC-JWT (RS256)
  .png   the badge's picture with the .json inside (iTXt chunk "openbadgecredential")
A badge that a wallet collected has no picture.

To check them without any server
  did.json           the issuer, with its keys under "verificationMethod":
                     {did}
  status-list.json   which badges were withdrawn: a Bitstring Status List, signed by the same issuer and valid until
                     {valid_until}. A badge's place on it is its "credentialStatus.statusListIndex". Its address:
                     {status_list}
  keys/<kid>.json    the key of the JWTs. A JWT's header names its address as "kid"; the last part is the file's name
  contexts/          the two JSON-LD contexts of Open Badges 3.0 that the credentials name

JWT, with any JOSE library:     verify the signature with keys/<kid>.json, algorithm RS256.
JSON, with any VC 2.0 library:  give its document loader did.json for the issuer, status-list.json for its address,
                                and contexts/ for {contexts}
The servers that issued these badges are gone; nothing here needs them.
"""


@dataclass(frozen=True, slots=True)
class KeptBadge:
    """One issued credential in its forms. `note` says whose it is and what became of it."""

    stem: str
    note: str
    json: bytes
    jwt: str
    png: bytes | None


def keep_everything(out: Path, badges: Sequence[KeptBadge], stranger: Stranger) -> list[Path]:
    """Writes badges, issuer, keys, status list, contexts and an index. Returns the paths of the credentials.

    The issuer's documents are fetched once more, as they are after the last step. Raises BadgeToolError `fetch.*`.
    """
    out = out.resolve()
    (out / "keys").mkdir(parents=True, exist_ok=True)
    (out / "contexts").mkdir(exist_ok=True)
    paths = [path for badge in badges for path in _write_badge(out, badge)]
    documents = [json.loads(badge.json) for badge in badges]
    (did,) = {document["issuer"]["id"] for document in documents}
    (status_list,) = {document["credentialStatus"]["statusListCredential"] for document in documents}
    status_document = stranger.status_list(status_list)
    _write_json(out / "did.json", stranger.did_document(did))
    _write_json(out / "status-list.json", status_document)
    for kid in {str(jwt.get_unverified_header(badge.jwt)["kid"]) for badge in badges}:
        _write_json(out / "keys" / kid.rpartition("/")[2], stranger.key_document(kid))
    for url in _CONTEXTS:
        _write_json(out / "contexts" / url.rpartition("/")[2], context_document(url))
    text = _README.format(
        index="\n".join(f"  {badge.stem:<28} {badge.note}" for badge in badges),
        did=did,
        status_list=status_list,
        valid_until=status_document["validUntil"],
        contexts=f"\n{' ' * 32}and ".join(_CONTEXTS),
    )
    (out / "README.txt").write_text(text, encoding="utf-8")
    return paths


def _write_badge(out: Path, badge: KeptBadge) -> list[Path]:
    forms = {"json": badge.json, "jwt": badge.jwt.encode("ascii")}
    if badge.png is not None:
        forms["png"] = badge.png
    paths = []
    for suffix, content in forms.items():
        path = out / f"{badge.stem}.{suffix}"
        path.write_bytes(content)
        paths.append(path)
    return paths


def _write_json(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
