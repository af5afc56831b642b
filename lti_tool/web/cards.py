"""The custom parameters of the links that Deep Linking places: what a launch of such a link opens."""

from __future__ import annotations

# {"badge": its id}, or {"card": one of the two below}. A link without either opens the badges of the course.
BADGE, CARD = "badge", "card"
PROGRESS, MY_BADGES = "progress", "my-badges"
