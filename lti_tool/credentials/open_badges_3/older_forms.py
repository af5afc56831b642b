"""Badges that others wrote by an older version of the format, or less strictly than the plain JSON schema asks.

Such a badge may be genuine all the same: its proof holds with the contexts that it names. It is checked as what it
would be in today's form, and what was not strictly right is said.
"""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.contexts import CREDENTIALS_V1, CREDENTIALS_V2, OPEN_BADGES_3_0_3, READ_ONLY_URLS
from lti_tool.credentials.open_badges_3.schema import keeps_relaxed_schema, schema_problem

_OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context"
# Verifiable Credentials Data Model 2.0, 4.9: how version 1.1 called them.
_RENAMED = {"issuanceDate": "validFrom", "expirationDate": "validUntil"}


def in_todays_form(document: dict[str, Any]) -> dict[str, Any]:
    """The same statements under the names of today; the document itself where it has them."""
    contexts = _contexts(document)
    if READ_ONLY_URLS.isdisjoint(contexts) and not _RENAMED.keys() & document.keys():
        return document
    renamed = {_RENAMED.get(term, term) if _RENAMED.get(term) not in document else term: value
               for term, value in document.items()}  # fmt: skip
    return renamed | {"@context": list(dict.fromkeys(map(_newest, contexts)))}


def remarks_on(document: dict[str, Any]) -> list[str] | None:
    """What is not strictly right about a badge, as sentences; [] where all is, None where it breaks the format."""
    today = in_todays_form(document)
    said = []
    for url in _contexts(document):
        if url.startswith(_OPEN_BADGES) and url in READ_ONLY_URLS:
            said.append(f"It names an older version of the format, {url.rpartition('/')[2]}.")
    if CREDENTIALS_V1 in _contexts(document):
        said.append("It is written by version 1.1 of the data model.")
    where = schema_problem(today)
    if where is not None:
        if not keeps_relaxed_schema(today):
            return None
        said.append(f"It does not keep the strict form at {where}.")
    return said


def _newest(url: str) -> str:
    if url not in READ_ONLY_URLS:
        return url
    if url == CREDENTIALS_V1:
        return CREDENTIALS_V2
    return OPEN_BADGES_3_0_3 if url.startswith(_OPEN_BADGES) else url


def _contexts(document: dict[str, Any]) -> list[str]:
    listed = document.get("@context")
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
