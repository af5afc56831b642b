"""Trouble on demand: the next answers of the API are another thing than what was asked for."""

from __future__ import annotations

import sqlite3

from flask import Response

KINDS = ("throttled-403", "throttled-429", "sign-in-page", "truncated", "unavailable", "forbidden")


def plan(connection: sqlite3.Connection, kind: str, times: int, retry_after: str) -> None:
    rows = [(kind, retry_after)] * times
    connection.executemany("INSERT INTO api_faults (kind, retry_after) VALUES (?, ?)", rows)


def next_fault(connection: sqlite3.Connection) -> Response | None:
    """The next planned one, which is then used up."""
    row = connection.execute("SELECT * FROM api_faults ORDER BY id LIMIT 1").fetchone()
    if row is None:
        return None
    connection.execute("DELETE FROM api_faults WHERE id = ?", (row["id"],))
    answer = _answer(row["kind"])
    if row["retry_after"]:
        answer.headers["Retry-After"] = row["retry_after"]
    return answer


def _answer(kind: str) -> Response:
    if kind.startswith("throttled"):
        text = "403 Forbidden (Rate Limit Exceeded)" if kind.endswith("403") else ""
        headers = {"X-Rate-Limit-Remaining": "0.0"}
        return Response(text, int(kind[-3:]), headers, content_type="text/plain")
    if kind == "sign-in-page":
        return Response("<!DOCTYPE html><title>Log in to Canvas</title>", 200, content_type="text/html")
    if kind == "truncated":
        return Response('[{"id": 1, "na', 200, content_type="application/json")
    if kind == "forbidden":
        body = '{"status":"unauthorized","errors":[{"message":"user not authorized to perform that action"}]}'
        return Response(body, 403, content_type="application/json")
    return Response("Bad gateway", 502, content_type="text/plain")
