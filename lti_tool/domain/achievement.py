"""The badge definition and its versions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.criteria import Criteria
from lti_tool.domain.errors import BadgeToolError


class AchievementState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"


class AwardFrom(StrEnum):
    """Whether those who already qualify when a version is published get the badge."""

    NOW = "now"
    NEW_WORK = "new_work"


NAME_LIMIT = 120
DESCRIPTION_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Achievement:
    """A badge as its instructor describes it.

    `version` counts published contents: an award names the version it was judged by. `image_id` is the SHA-256
    (hex) of the stored PNG. `published_at` is the time the current version was published (None for a draft).
    """

    id: str
    course_id: str
    name: str
    description: str
    image_id: str
    criteria: Criteria | None
    state: AchievementState = AchievementState.DRAFT
    version: int = 1
    award_from: AwardFrom = AwardFrom.NOW
    published_at: datetime | None = None
    design: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > NAME_LIMIT:
            raise BadgeToolError(
                "achievement.name_invalid",
                f"A badge needs a name of at most {NAME_LIMIT} characters.",
                status=422,
            )
        if len(self.description) > DESCRIPTION_LIMIT:
            raise BadgeToolError(
                "achievement.description_too_long",
                f"The description is longer than {DESCRIPTION_LIMIT} characters.",
                status=422,
            )

    def publish(self, award_from: AwardFrom, now: datetime) -> Achievement:
        """The badge as it counts from `now` on; refuses one without criteria, description or image."""
        if self.criteria is None:
            raise BadgeToolError("achievement.no_criteria", "Say first what a learner must do.", status=422)
        if not self.description.strip() or not self.image_id:
            raise BadgeToolError(
                "achievement.incomplete",
                "A badge needs a description and an image to be published.",
                status=422,
            )
        return replace(
            self,
            state=AchievementState.PUBLISHED,
            award_from=award_from,
            published_at=self.published_at or now,
        )

    def edited(self, *, awarded: bool, **changes: object) -> Achievement:
        """A changed copy; once someone was awarded, a changed published badge is a new version."""
        changed = replace(self, **changes)  # type: ignore[arg-type]
        if changed != self and awarded:
            changed = replace(changed, version=self.version + 1)
        return changed
