"""The fixed allow-list of JSON-LD contexts (SOURCES.md names origin, digest and licence of each file)."""

from lti_tool.credentials.contexts.loader import (
    CLR_2_0_1,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    DATA_INTEGRITY_V2,
    DID_V1,
    ED25519_2020_V1,
    MULTIKEY_V1,
    OPEN_BADGES_3_0_0,
    OPEN_BADGES_3_0_1,
    OPEN_BADGES_3_0_2,
    OPEN_BADGES_3_0_3,
    OPEN_BADGES_EXTENSIONS,
    READ_ONLY_URLS,
    context_document,
    context_text,
)

__all__ = [
    "CLR_2_0_1",
    "CREDENTIALS_V1",
    "CREDENTIALS_V2",
    "DATA_INTEGRITY_V2",
    "DID_V1",
    "ED25519_2020_V1",
    "MULTIKEY_V1",
    "OPEN_BADGES_3_0_0",
    "OPEN_BADGES_3_0_1",
    "OPEN_BADGES_3_0_2",
    "OPEN_BADGES_3_0_3",
    "OPEN_BADGES_EXTENSIONS",
    "READ_ONLY_URLS",
    "context_document",
    "context_text",
]
