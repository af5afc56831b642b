"""The lines of a platform's diagnosis as its page shows them: a word with an icon, never a colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.capability import Capability, Light

# Light -> tone, which brings its icon along.
TONES = {Light.GREEN: "done", Light.AMBER: "waiting", Light.RED: "failed"}


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    title: str
    word: str
    tone: str
    unlocks: str
    detail: str
    remedy: str
    seen_at: datetime | None


def capability_row(one: Capability) -> CapabilityRow:
    return CapabilityRow(one.title, one.word, TONES[one.light], one.unlocks, one.detail, one.remedy, one.seen_at)
