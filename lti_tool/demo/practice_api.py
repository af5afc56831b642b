"""What the practice LMS says of itself to programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

TIMEOUT_S = 20


@dataclass(frozen=True, slots=True)
class PracticeApi:
    """Reads /api/practice of the LMS with the token of its data folder."""

    lms_url: str
    token: str

    def links(self) -> list[dict[str, Any]]:
        """The tools' places in the course."""
        return list(self._get("links")["links"])

    def active_tool(self) -> dict[str, Any]:
        """The external tool that is active, with its client id and webhook address. ValueError unless it is one."""
        (found,) = (one for one in self._get("registrations")["registrations"] if one["state"] == "active")
        return dict(found)

    def tool_score(self, user_id: str, column: str) -> tuple[float | None, float] | None:
        """(score or None, maximum) of a learner in the tool's column with this label; None without such a column."""
        gradebook = self._get("gradebook")
        found = next((one for one in gradebook["columns"] if one["label"] == column), None)
        if found is None:
            return None
        row = next(one for one in gradebook["rows"] if one["user_id"] == user_id)
        return row["tool_scores"].get(str(found["id"])), found["maximum"]

    def columns(self) -> list[str]:
        """The labels of the tools' columns."""
        return [str(one["label"]) for one in self._get("gradebook")["columns"]]

    def complete(self, user_id: str, activity_id: str) -> None:
        """A learner has done an activity."""
        self._ask("POST", "complete", {"user_id": user_id, "activity_id": activity_id, "completed": True})

    def _get(self, path: str) -> Any:
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        headers, url = {"Authorization": f"Bearer {self.token}"}, f"{self.lms_url}/api/practice/{path}"
        response = requests.request(method, url, headers=headers, json=body, timeout=TIMEOUT_S)
        response.raise_for_status()
        return response.json()
