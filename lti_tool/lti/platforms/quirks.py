"""What can differ from one LMS to the next, and the values of a platform that follows the specifications."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Quirks:
    """Differences of one LMS.

    `score_extension` is added to each score that is posted. `foreign_column` is the member by which a line item says
    that it is not the tool's own and may be read only: such a platform can show a tool the whole gradebook.

    `product_codes` are its `product_family_code`s, `name` is for people, `one_deployment` says that it never makes a
    second deployment of one client. `roster_page` is the `limit` to ask a
    roster with (None: leave it out), `roster_names_people` whether a roster that is asked for with the context's id
    as its `rlid` tells the custom values of each member. `sites` are host names of a vendor that runs it for many
    customers, `environments` the hosts of issuers that are copies for testing, and `services_anywhere` says that its
    service addresses may be on hosts the registration does not show (vanity names). `frame_ancestors` are further CSP
    sources that frame the tool. `site_contexts` are ids of contexts that stand for the whole site: no course, and its
    roster would be everybody.

    Of a dynamic registration: `placements` by message type, of which a platform that lists its own gets the common
    ones; `placement_prefix` is how the platform may also spell them; `message_extras` by message type and
    `tool_configuration` are added as they stand; `custom_parameters` are asked for whatever the platform lists.
    """

    name: str
    product_codes: tuple[str, ...] = ()
    one_deployment: bool = False
    site_contexts: tuple[str, ...] = ()
    roster_page: int | None = None
    roster_names_people: bool = False
    score_extension: dict[str, Any] = field(default_factory=dict)
    foreign_column: str = ""
    sites: tuple[str, ...] = ()
    environments: dict[str, str] = field(default_factory=dict)
    services_anywhere: bool = False
    frame_ancestors: tuple[str, ...] = ()
    placements: dict[str, tuple[str, ...]] = field(default_factory=dict)
    placement_prefix: str = ""
    message_extras: dict[str, dict[str, Any]] = field(default_factory=dict)
    tool_configuration: dict[str, Any] = field(default_factory=dict)
    custom_parameters: dict[str, str] = field(default_factory=dict)
