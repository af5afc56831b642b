"""The course that all stories of this folder play in: learners, badges and a platform that is tests.chaos.lms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lti_tool.bootstrap.house import House, assemble
from lti_tool.domain.platform import Activity
from lti_tool.observability.failpoints import Watch
from lti_tool.settings import Settings
from tests.factories.house import BASE_URL, REGISTRATION, HandClock, make_house

SECRET = "whsec_" + "c2VjcmV0LWZvci10ZXN0cy1vbmx5LW5vdC1yZWFsIQ=="


@dataclass(frozen=True, slots=True)
class Scene:
    """What was made: the rules of its badges as lines of a journal."""

    course_id: str
    rules: list[dict[str, Any]]


def score_rule(target: str) -> dict[str, Any]:
    return {"type": "item_score", "item": target, "minimum": 80, "unit": "percent"}


def set_up(
    database_url: str, folder: Path, lms_url: str, learners: Sequence[str], badges: Sequence[list[Any]]
) -> Scene:
    """Registers the platform and publishes a badge for each list of criteria. The database is in the newest schema."""
    lab = make_house(database_url, folder, learners)
    with lab.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        assert held is not None
        here = {"issuer": lms_url, "auth_login_url": f"{lms_url}/auth", "jwks_url": f"{lms_url}/jwks"}
        unit.registrations.save(
            replace(held, webhook_secret=SECRET, auth_token_url=f"{lms_url}/token", auth_audience="", **here)
        )
        unit.courses.save(
            replace(lab.course, lineitems_url=f"{lms_url}/lineitems", memberships_url=f"{lms_url}/members")
        )
        named = {part["item"] for parts in badges for part in parts}
        more = [Activity(item, "item", item, 100.0) for item in sorted(named)]
        unit.courses.save_activities(lab.course.id, more, lab.clock.now())
        unit.commit()
    rules = []
    for parts in badges:
        badge = lab.publish({"type": "all", "parts": parts})
        told = [{"target": part["item"], "minimum": part["minimum"]} for part in parts]
        rules.append({"say": "rule", "badge": badge.id, "parts": told})
    lab.house.engine.dispose()
    return Scene(lab.course.id, rules)


def open_house(database_url: str, folder: Path, lms_host: str, clock: HandClock, watch: Watch) -> House:
    """The house of `set_up` again, as another process opens it; it has been prepared."""
    settings = Settings(
        base_url=BASE_URL,
        database_url=database_url,
        data_dir=folder / "data",
        keys_dir=folder / "keys",
        allowed_private_hosts=frozenset({lms_host}),
        allow_failpoints=True,
    )
    return assemble(settings, clock, watch=watch)
