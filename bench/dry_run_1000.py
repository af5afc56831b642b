"""Who would earn a badge, asked while its rule is edited: a course of 1,000 learners and 20 activities, on SQLite.

Ours: the use case as the editor's page calls it, with the reasons of every learner, her distance from the badge, and
the difference to the rule that is published: ten requirements in groups against ten others. The peer is the promise.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
from pathlib import Path

from bench import decide_course as course
from bench._child import in_child
from bench._results import Row
from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.criteria import parse
from lti_tool.domain.identity import SYSTEM
from lti_tool.domain.platform import Activity
from lti_tool.usecases.dry_run import DryRun
from tests.factories.house import make_house

LEARNERS, PROMISED_S = 1_000, 1.0
PUBLISHED = AchievementState.PUBLISHED


def run(rounds: int = 9) -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        seconds = in_child(_measure, Path(name), rounds)
    ours = statistics.median(seconds)
    return [
        Row(
            name="dry_run_1000",
            ours=ours,
            peer=PROMISED_S,
            ratio=ours / PROMISED_S,
            unit="s",
            peer_name="the promise, which is a limit",
            runs=rounds,
        )
    ]


def _measure(folder: Path, rounds: int) -> list[float]:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    url, chance = f"sqlite:///{folder / 'course.sqlite3'}", random.Random(7)
    upgrade(make_engine(url))
    lab = make_house(url, folder, [])
    with lab.house.transactions() as unit:
        items = [Activity(f"item-{n}", "item", f"Activity {n}", 100.0) for n in range(course.ACTIVITIES)]
        unit.courses.save_activities(lab.course.id, items, lab.clock.now())
        live = Achievement("live", lab.course.id, "Live", "Bench.", "", parse(course.tree(chance)), PUBLISHED)
        unit.achievements.save(live)
        unit.achievements.note(live, lab.clock.now(), SYSTEM, "published")
        unit.commit()
    course.fill_people(lab, chance, LEARNERS)
    dry_run = DryRun(lab.house.transactions, lab.clock)
    found = []
    for _ in range(rounds + 1):
        edited = course.tree(chance)
        found.append(course.seconds(lambda edited=edited: _all(dry_run, lab.course.id, edited, live.id)))
    lab.house.engine.dispose()
    return found[1:]


def _all(dry_run: DryRun, course_id: str, edited: object, badge_id: str) -> None:
    result = dry_run(course_id, edited, badge_id)
    parts = (result.earn_now, result.one_step, result.not_yet, result.never, result.gain, result.lose)
    assert sum(len(part) for part in parts[:4]) == LEARNERS
