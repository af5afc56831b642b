"""Bundled contexts by URL. There is no way to add one at run time, and none is ever fetched."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from lti_tool.domain.errors import BadgeToolError

CLR_2_0_1 = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
DID_V1 = "https://www.w3.org/ns/did/v1"
ED25519_2020_V1 = "https://w3id.org/security/suites/ed25519-2020/v1"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"
OPEN_BADGES_3_0_3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

# Badges that others issued name these; nothing is written with them.
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
OPEN_BADGES_3_0_0 = "https://purl.imsglobal.org/spec/ob/v3p0/context.json"
OPEN_BADGES_3_0_1 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
OPEN_BADGES_3_0_2 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"

_FILES = {
    CLR_2_0_1: "clr-2.0.1.jsonld",
    CREDENTIALS_V2: "credentials-v2.jsonld",
    DATA_INTEGRITY_V2: "data-integrity-v2.jsonld",
    DID_V1: "did-v1.jsonld",
    ED25519_2020_V1: "ed25519-2020-v1.jsonld",
    MULTIKEY_V1: "multikey-v1.jsonld",
    OPEN_BADGES_3_0_3: "open-badges-3.0.3.jsonld",
    OPEN_BADGES_EXTENSIONS: "open-badges-extensions.jsonld",
}

BUNDLED_URLS = tuple(_FILES)

_READ_ONLY_FILES = {
    CREDENTIALS_V1: "credentials-v1.jsonld",
    "https://w3id.org/security/data-integrity/v1": "data-integrity-v1.jsonld",
    OPEN_BADGES_3_0_0: "open-badges-3.0.0.jsonld",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.0.json": "open-badges-3.0.0.jsonld",
    OPEN_BADGES_3_0_1: "open-badges-3.0.1.jsonld",
    OPEN_BADGES_3_0_2: "open-badges-3.0.2.jsonld",
}
READ_ONLY_URLS = frozenset(_READ_ONLY_FILES)


def is_bundled(url: str) -> bool:
    return url in _FILES or url in _READ_ONLY_FILES


@cache
def context_bytes(url: str) -> bytes:
    """The file that stands at `url`. Raises ``credential.context_unknown`` for a URL outside the allow-list."""
    name = _FILES.get(url) or _READ_ONLY_FILES.get(url)
    if name is None:
        raise BadgeToolError("credential.context_unknown", "The credential uses a context this tool does not know.")
    return files(__package__).joinpath(name).read_bytes()


@cache
def context_document(url: str) -> dict[str, Any]:
    """The whole bundled document for `url`, ``{"@context": …}``. Treat it as read-only: it is shared.

    Raises BadgeToolError ``credential.context_unknown`` for a URL outside the allow-list.
    """
    document: dict[str, Any] = json.loads(context_bytes(url))
    return document


@cache
def context_text(url: str) -> str:
    """The value of the document's ``@context`` as compact JSON text, ready to be placed inline."""
    return json.dumps(context_document(url)["@context"], separators=(",", ":"))
