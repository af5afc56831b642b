"""What the platform's side offers: roster, gradebook and the sources that are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.usecases.ports import CourseSource, Gradebook, Roster


@dataclass(frozen=True, slots=True)
class PlatformServices:
    roster: Roster
    gradebook: Gradebook
    sources: Sequence[CourseSource]
