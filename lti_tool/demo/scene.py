"""What the chapters of the story share: the servers, the people, and what has come of their doings."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from lti_tool.demo.browser import Tab
from lti_tool.demo.keep import KeptBadge
from lti_tool.demo.people import Admin, Learner, Teacher
from lti_tool.demo.practice_api import PracticeApi
from lti_tool.demo.servers import DemoPlace, DemoServers
from lti_tool.demo.verifier import Stranger
from lti_tool.demo.wallet import Collected

BADGE = "Lab ready"
DESCRIPTION = "Knows the rules of the laboratory and proved it in the safety quiz."
CARD = f"Badge: {BADGE}"
SECONDS_TO_A_BADGE = 10.0


@dataclass
class HeldBadge:
    """One learner's badge as she took it from her pages."""

    learner: Learner
    json: bytes
    jwt: str
    png: bytes
    document: dict[str, Any]
    revoked: bool = False


@dataclass
class Scene:
    """The stage of one story. `in_tool` holds each person's tab in the tool by user id, `held` the badges that learners
    took along, by user id."""

    place: DemoPlace
    servers: DemoServers
    stranger: Stranger = field(default_factory=Stranger)
    held: dict[str, HeldBadge] = field(default_factory=dict)
    in_tool: dict[str, Tab] = field(default_factory=dict)
    public_url: str = ""
    collected: Collected | None = None

    def __post_init__(self) -> None:
        lms = self.place.lms_url
        self.admin = Admin("admin", "Ada Admin", lms)
        self.teacher = Teacher("teacher", "Tess Teacher", lms)
        # Early did the work before there was a badge; the others after it was published.
        self.early = Learner("learner-4", "Oskar Oak", lms)
        self.earner = Learner("learner-1", "Lena Lichen", lms)
        self.short = Learner("learner-2", "Milo Moss", lms)
        self.late = Learner("learner-3", "Nora Nettle", lms)

    @property
    def learners(self) -> tuple[Learner, ...]:
        return (self.early, self.earner, self.short, self.late)

    @property
    def practice(self) -> PracticeApi:
        return PracticeApi(self.place.lms_url, self.place.lms_api_token_file.read_text().strip())

    def tool(self, path: str) -> str:
        """An address of the tool."""
        return f"{self.place.tool_url}{path}"

    def kept_badges(self) -> list[KeptBadge]:
        """Every credential that was issued: the learners' own, and the one bound to the wallet."""
        kept = [
            KeptBadge(
                one.learner.name.lower().replace(" ", "-"),
                f"earned by {one.learner.name}{', then withdrawn by the teacher' if one.revoked else ''}",
                one.json,
                one.jwt,
                one.png,
            )
            for one in self.held.values()
        ]
        if self.collected is not None:
            kept.append(self._wallets_badge(self.collected))
        return kept

    def _wallets_badge(self, collected: Collected) -> KeptBadge:
        stem = f"{self.earner.name.lower().replace(' ', '-')}-wallet"
        text = json.dumps(collected.document, ensure_ascii=False, separators=(",", ":"))
        note = f"the badge of {self.earner.name} as her wallet collected it, bound to the wallet's key"
        return KeptBadge(stem, note, text.encode(), collected.jwt, None)
