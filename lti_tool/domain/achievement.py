"""The badge definition and its versions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.award_terms import DEFAULT_TERMS, AwardTerms
from lti_tool.domain.criteria import Criteria
from lti_tool.domain.errors import BadgeToolError


class AchievementState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"


class AwardFrom(StrEnum):
    """What counts of the work that was done before a badge is published: all of it, what was done from a day on, or
    none that does not end in something new."""

    NOW = "now"
    DATE = "date"
    NEW_WORK = "new_work"


class CountsFor(StrEnum):
    """Whom a new version counts for: new work alone, everybody who has not got the badge, or also those who have it."""

    NEW_WORK = "new_work"
    OPEN = "open"
    EVERYBODY = "everybody"


NAME_LIMIT = 120
DESCRIPTION_LIMIT = 2000
IMAGE_ALT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Achievement:
    """A badge as its instructor describes it.

    `version` counts published contents: an award names the version it was judged by. `image_id` is the SHA-256
    (hex) of the stored PNG. `published_at` is the time the current version was published (None for a draft).
    `award_since` is the day of AwardFrom.DATE. `terms` are those of all its awards, whichever version they are of.
    Awards of versions before `judges_by` are judged by that one, because a person decided so; each stays described by
    its own. `image_alt` says in words what the image shows, for those who do not see it.
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
    award_since: datetime | None = None
    terms: AwardTerms = DEFAULT_TERMS
    judges_by: int = 0
    image_alt: str = ""

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

        if len(self.image_alt) > IMAGE_ALT_LIMIT:
            raise BadgeToolError(
                "achievement.image_alt_too_long",
                f"The words for the picture are longer than {IMAGE_ALT_LIMIT} characters.",
                status=422,
            )

    @property
    def image_caption(self) -> str:
        """What stands for the image where it is not seen."""
        return self.image_alt or f"Badge: {self.name}"

    @property
    def counts_from(self) -> datetime | None:
        """Work before it counts for nothing; None: all work counts."""
        return self.award_since if self.award_from is AwardFrom.DATE else None

    def publish(self, award_from: AwardFrom, now: datetime, since: datetime | None = None) -> Achievement:
        """The badge as it counts from `now` on; refuses one without criteria, description or image."""
        if self.criteria is None:
            raise BadgeToolError("achievement.no_criteria", "Say first what a learner must do.", status=422)
        if not self.description.strip() or not self.image_id:
            raise BadgeToolError(
                "achievement.incomplete",
                "A badge needs a description and an image to be published.",
                status=422,
            )
        if award_from is AwardFrom.DATE and since is None:
            raise BadgeToolError("achievement.no_date", "Say from which day on work counts.", status=422)
        if self.terms.expires_on is not None and self.terms.expires_on <= now:
            message = "The badge would be expired already. Choose a later day, or none."
            raise BadgeToolError("achievement.terms_invalid", message, status=422)
        return replace(
            self,
            state=AchievementState.PUBLISHED,
            award_from=award_from,
            award_since=since if award_from is AwardFrom.DATE else None,
            published_at=self.published_at or now,
        )

    def edited(self, *, awarded: bool, **changes: object) -> Achievement:
        """A changed copy; once someone was awarded, a changed published badge is a new version."""
        changed = replace(self, **changes)  # type: ignore[arg-type]
        # Its terms are no part of what was earned.
        if replace(changed, terms=self.terms) != self and awarded:
            changed = replace(changed, version=self.version + 1)
        return changed

    def counting_for(self, whom: CountsFor, now: datetime) -> Achievement:
        """A new version, and for whom it counts."""
        if whom is CountsFor.NEW_WORK:
            return replace(self, award_from=AwardFrom.NEW_WORK, award_since=None, published_at=now)
        judges_by = self.version if whom is CountsFor.EVERYBODY else self.judges_by
        return replace(self, award_from=AwardFrom.NOW, award_since=None, judges_by=judges_by)
