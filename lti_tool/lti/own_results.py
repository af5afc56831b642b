"""What stands in the tool's own columns: AGS 2.0 results.

An LTI tool sees the results of its own columns only; grades of a quiz or an assignment come by other ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from pylti1p3.utils import add_param_to_url

from lti_tool.domain.platform import Registration
from lti_tool.lti.claims import SCOPE_RESULT_READ
from lti_tool.lti.connector import PlatformConnector, all_pages, rows_of
from lti_tool.lti.service_tokens import CachedServiceTokens

_ROOM = "results"
_CONTAINER = "application/vnd.ims.lis.v2.resultcontainer+json"


@dataclass(frozen=True, slots=True)
class OwnResult:
    """One learner's result. `score` is None where there is none; `maximum` is 1 where none is given (3.3.4.5)."""

    subject: str
    score: float | None
    maximum: float
    comment: str


class AgsResultsReader:
    """Reads every page of a column's results."""

    def __init__(self, http: requests.Session, tokens: CachedServiceTokens) -> None:
        self._http = http
        self._tokens = tokens

    def read_json(self, registration: Registration, lineitem_url: str, subject: str = "") -> list[dict[str, Any]]:
        """The Result objects as the platform gives them, of one learner or ("") of all.

        Raises ServiceError `results.*` and `token.*`.
        """
        first = below(lineitem_url, "results")
        if subject:
            first = add_param_to_url(first, "user_id", subject)
        connector = PlatformConnector(registration, self._tokens, self._http, _ROOM)

        def read_page(url: str) -> tuple[list[dict[str, Any]], str | None]:
            answer = connector.make_service_request([SCOPE_RESULT_READ], url, accept=_CONTAINER)
            return rows_of(answer, _ROOM), answer["next_page_url"]

        return list(all_pages(read_page, first, _ROOM))

    def read(self, registration: Registration, lineitem_url: str, subject: str = "") -> list[OwnResult]:
        """The same as values; entries without a user are left out."""
        rows = self.read_json(registration, lineitem_url, subject)
        return [
            OwnResult(
                row["userId"], _number(row.get("resultScore")), _number(row.get("resultMaximum")) or 1.0, _comment(row)
            )
            for row in rows
            if isinstance(row.get("userId"), str)
        ]


def below(url: str, name: str) -> str:
    """Appends to the path and keeps the query (AGS 2.0, 3.1: /scores and /results of a line item's address)."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}"))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _comment(row: dict[str, Any]) -> str:
    value = row.get("comment")
    return value if isinstance(value, str) else ""
