"""A Canvas in memory, asked as over HTTP: one course, tokens that end, pages behind opaque addresses, and faults.

It stands in for the HTTP session. Whatever is asked is kept in `asked`.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

URL = "https://canvas.example.edu"
COURSE = "565"
THROTTLED = "403 Forbidden (Rate Limit Exceeded)"


def response(
    status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None, url: str = URL
) -> requests.Response:
    """A list or an object becomes JSON, a text stays as it is."""
    made = requests.Response()
    made.status_code, made.url = status, url
    made._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    made.headers.update(headers or {})
    return made


def error(status: int, message: str) -> requests.Response:
    return response(status, {"errors": [{"message": message}]})


@dataclass(frozen=True)
class Asked:
    """A request: its path and query, and the token that came with it."""

    path: str
    query: list[tuple[str, str]]
    token: str
    address: str

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]

    def one(self, name: str, default: str = "") -> str:
        return next(iter(self.all(name)), default)


def submission(user: int, assignment: int, score: float | None = None, **more: Any) -> dict[str, Any]:
    """A row as Canvas gives it; graded and posted where it has a score."""
    graded = "2026-08-30T10:00:00Z" if score is not None else None
    return {
        "assignment_id": assignment, "user_id": user, "score": score, "grade": None if score is None else f"{score:g}",
        "graded_at": graded, "posted_at": graded, "submitted_at": "2026-08-29T09:00:00Z", "workflow_state": "graded",
        "excused": False, "late": False, "missing": False,
    } | more  # fmt: skip


@dataclass
class FakeCanvas:
    """`faults` are taken one for each question (None: answer it); `bucket` counts as Canvas's throttle does."""

    now: Callable[[], datetime]
    url: str = URL
    access: str = "access-1"
    refresh: str = "refresh-1"
    refusing_refresh: requests.Response | None = None
    groups: list[dict[str, Any]] = field(default_factory=list)
    user_groups: list[dict[str, Any]] = field(default_factory=list)
    migrations: list[dict[str, Any]] = field(default_factory=list)
    id_maps: dict[int, Any] = field(default_factory=dict)
    modules: list[dict[str, Any]] = field(default_factory=list)
    done: dict[int, set[int]] = field(default_factory=dict)
    enrolments: list[dict[str, Any]] = field(default_factory=list)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    outcomes: dict[str, Any] = field(default_factory=lambda: {"outcome_results": [], "linked": {"outcomes": []}})
    missing_scopes: set[str] = field(default_factory=set)
    includes_allowed: bool = True
    largest_page: int = 100
    faults: list[requests.Response | Exception | None] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    posted: list[dict[str, str]] = field(default_factory=list)
    renewals: int = 0

    # The session
    def post(self, url: str, *, data: Mapping[str, str], **_: Any) -> requests.Response:
        assert url == f"{self.url}/login/oauth2/token"
        self.posted.append(dict(data))
        if data["grant_type"] == "authorization_code":
            if data["code"] != "the-code":
                return response(400, {"error": "invalid_grant", "error_description": "authorization_code not found"})
            return response(200, self._tokens() | {"refresh_token": self.refresh})
        if self.refusing_refresh is not None:
            return self.refusing_refresh
        if data["refresh_token"] != self.refresh:
            return response(400, {"error": "invalid_grant", "error_description": "refresh_token not found"})
        self.renewals += 1
        self.access = f"access-{self.renewals + 1}"
        return response(200, self._tokens())

    def get(
        self, url: str, *, params: Sequence[tuple[str, str]], headers: Mapping[str, str], **_: Any
    ) -> requests.Response:
        parts = urlsplit(url)
        asked = Asked(parts.path, [*parse_qsl(parts.query), *params], headers["Authorization"].split()[1], url)
        self.asked.append(asked)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        if fault is not None:
            return fault
        if asked.token != self.access:
            refused = error(401, "Invalid access token.")
            refused.headers["WWW-Authenticate"] = 'Bearer realm="canvas-lms"'
            return refused
        return self._answer(asked)

    def _tokens(self) -> dict[str, Any]:
        return {"access_token": self.access, "token_type": "Bearer", "expires_in": 3600, "user": {"id": 1}}

    # The course
    def _answer(self, asked: Asked) -> requests.Response:
        prefix = f"/api/v1/courses/{COURSE}/"
        if not asked.path.startswith(prefix):
            return error(404, "The specified resource does not exist.")
        what = asked.path.removeprefix(prefix)
        if what in self.missing_scopes:
            return error(401, "Insufficient scopes on access token.")
        if what.startswith("content_migrations/"):
            return response(200, self.id_maps[int(what.split("/")[1])])
        if what == "outcome_results":
            return response(200, self.outcomes)
        rows: list[Any] = {
            "assignment_groups": self._groups,
            "modules": self._modules,
            "enrollments": lambda _: self.enrolments,
            "students/submissions": self._submissions,
            "bulk_user_progress": self._progress,
            "groups": self._user_groups,
            "content_migrations": lambda _: self.migrations,
        }[what](asked)
        return self._page(asked, rows)

    def _groups(self, asked: Asked) -> list[Any]:
        includes = self.includes_allowed and "assignments" in asked.all("include[]")
        return [{key: value for key, value in one.items() if includes or key != "assignments"} for one in self.groups]

    def _user_groups(self, asked: Asked) -> list[Any]:
        includes = self.includes_allowed and "users" in asked.all("include[]")
        return [{key: value for key, value in one.items() if includes or key != "users"} for one in self.user_groups]

    def _modules(self, asked: Asked) -> list[Any]:
        learner = asked.one("student_id")
        return [self._module_of(one, int(learner)) if learner else one for one in self.modules]

    def _module_of(self, module: dict[str, Any], learner: int) -> dict[str, Any]:
        items = [dict(item) for item in module["items"]]
        done = self.done.get(learner, set())
        for item in items:
            if "completion_requirement" in item:
                item["completion_requirement"] = item["completion_requirement"] | {"completed": item["id"] in done}
        complete = all(item["id"] in done for item in items if "completion_requirement" in item)
        at = "2026-08-31T10:00:00Z" if complete else None
        return module | {"items": items, "state": "completed" if complete else "started", "completed_at": at}

    def _progress(self, _: Asked) -> list[Any]:
        needed = [item["id"] for one in self.modules for item in one["items"] if "completion_requirement" in item]
        learners = {row["user_id"] for row in self.enrolments}
        return [
            {
                "id": learner,
                "display_name": f"Learner {learner}",
                "progress": {
                    "requirement_count": len(needed),
                    "requirement_completed_count": len(self.done.get(learner, set()) & set(needed)),
                    "completed_at": "2026-08-31T10:00:00Z" if self.done.get(learner, set()) >= set(needed) else None,
                },
            }
            for learner in sorted(learners)
        ]

    def _submissions(self, asked: Asked) -> list[Any]:
        rows = [row for row in self.submissions if _after(row["graded_at"], asked.one("graded_since"))]
        rows = [row for row in rows if _after(row["submitted_at"], asked.one("submitted_since"))]
        if not asked.one("grouped"):
            return rows
        users = sorted({row["user_id"] for row in rows})
        return [{"user_id": user, "submissions": [row for row in rows if row["user_id"] == user]} for user in users]

    def _page(self, asked: Asked, rows: list[Any]) -> requests.Response:
        size = min(int(asked.one("per_page", "10")), self.largest_page)
        start = _place_of(asked.one("page"))
        made = response(200, rows[start : start + size], {"X-Rate-Limit-Remaining": "600.0"})
        if start + size < len(rows):
            query = [(key, value) for key, value in asked.query if key != "page"]
            following = urlencode([*query, ("page", _bookmark(start + size))])
            here = f"{self.url}{asked.path}"
            made.headers["link"] = f'<{here}?page=first>; rel="first",<{here}?{following}>; rel="next"'
        return made


def _after(moment: str | None, since: str) -> bool:
    return not since or (moment is not None and moment > since)


def _bookmark(start: int) -> str:
    """Opaque, and of another meaning in another case."""
    return f"bookmark:{b64encode(json.dumps(['aZ', start]).encode()).decode()}"


def _place_of(bookmark: str) -> int:
    if not bookmark:
        return 0
    place: int = json.loads(b64decode(bookmark.removeprefix("bookmark:")))[1]
    return place


class LeakyBucket:
    """Canvas's throttle around a session: 50 units while a call runs, 10 a second leak out, 600 are too many."""

    def __init__(self, canvas: FakeCanvas, cost: float = 60.0, high_water: float = 600.0) -> None:
        self._canvas = canvas
        self._cost = cost
        self._high_water = high_water
        self._level = 0.0
        self._at = canvas.now()
        self.refused = 0

    def post(self, url: str, **options: Any) -> requests.Response:
        return self._canvas.post(url, **options)

    def get(self, url: str, **options: Any) -> requests.Response:
        now = self._canvas.now()
        self._level = max(0.0, self._level - 10.0 * (now - self._at).total_seconds())
        self._at = now
        if self._level + 50.0 > self._high_water:
            self.refused += 1
            return response(403, THROTTLED, {"Content-Type": "text/plain", "X-Rate-Limit-Remaining": "0.0"})
        answer = self._canvas.get(url, **options)
        self._level += self._cost
        answer.headers["X-Rate-Limit-Remaining"] = str(max(0.0, self._high_water - self._level))
        return answer
