"""Names of the views that pages of different people link to, and where pictures are."""

from __future__ import annotations

HOME = "pages.home"
MY_BADGES = "learner.badges"
MY_BADGE = "learner.badge"
MY_CARD = "learner.card"
MY_PROGRESS = "learner.progress"
COURSE_BADGES = "instructor.course"
COURSE_BADGE = "instructor.badge"
COURSE_PROGRESS = "instructor.progress"
PICKER = "instructor.pick"
PUBLIC_PAGE = "verify.page"
MY_EVIDENCE = "learner.evidence"
REVIEWS = "instructor.reviews"


def image_url(image_id: str) -> str:
    """Where a badge's stored picture is."""
    return f"/images/{image_id}.png"
