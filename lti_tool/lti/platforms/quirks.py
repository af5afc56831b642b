"""What can differ from one LMS to the next, and the values of a platform that follows the specifications."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Quirks:
    """Differences of one LMS.

    `score_extension` is added to each score that is posted.

    `product_codes` are its `product_family_code`s, `name` is for people. `roster_page` is the `limit` to ask a
    roster with (None: leave it out), and `roster_names_people` says that one asked for with the context's id as its
    `rlid` tells the custom values of each member. `sites` are further host names that belong to the platform's
    operator, and `services_anywhere` that its service addresses may be on hosts the registration does not show
    (vanity names).
    `frame_ancestors` are further CSP sources that frame the tool. `deep_linking` and
    `tool_configuration` are added to the deep-linking message and the tool configuration of a dynamic registration.
    """

    name: str
    product_codes: tuple[str, ...] = ()
    roster_page: int | None = None
    roster_names_people: bool = False
    score_extension: dict[str, Any] = field(default_factory=dict)
    sites: tuple[str, ...] = ()
    services_anywhere: bool = False
    frame_ancestors: tuple[str, ...] = ()
    deep_linking: dict[str, Any] = field(default_factory=dict)
    tool_configuration: dict[str, Any] = field(default_factory=dict)
