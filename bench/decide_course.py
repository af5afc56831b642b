"""All decisions of a course of 10,000 learners: 20 badges of 10 requirements each over 20 activities, on SQLite.

Ours: the use case as the worker runs it, from the database to the stored awards: everything weighed without reasons,
then those 100 learners decided, with their reasons, whose scores have changed. The peer weighs the same trees of the
same database recursively with a full trace of every pair, loading included, and stores nothing. Both run on one core,
in turns; memory is the peak above the idle process. The event row is one new score, from the stored fact to the
decisions that it can change.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bench._child import in_child
from bench._results import Row
from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.db.tables.badges import awards as award_table
from lti_tool.db.tables.course import enrolments, people
from lti_tool.db.tables.learning import facts as fact_table
from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.award import PERIOD_ONCE, Award
from lti_tool.domain.criteria import parse
from lti_tool.domain.evaluation import Outcome, compiled, evaluate
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.identity import SYSTEM
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.usecases.evaluate_course import EvaluateCourse
from lti_tool.usecases.evaluate_learner import EvaluateLearner
from tests.factories.house import CONTEXT, DEPLOYMENT, REGISTRATION, TestHouse, draw_any, make_house

LEARNERS, BADGES, LEAVES, ACTIVITIES, CHANGED = 10_000, 20, 10, 20, 100
NAIVE = "recursive evaluation with a full trace of every pair"
_ROWS_AT_ONCE = 2000


def run(rounds: int = 5) -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = in_child(_fill, folder) and in_child(_measure, folder, rounds)
    ours_s, naive, peak, event_ms, weighed = measured
    return [
        _row("decide_course", statistics.median(ours_s), statistics.median(naive), "s", NAIVE, rounds),
        _row("decide_course_target", statistics.median(ours_s), 3.0, "s", "target", rounds),
        _row("decide_course_memory", peak, 200.0, "MiB", "target: above the idle process", 1),
        _row("decide_event_median", statistics.median(event_ms), 2.0, "ms", "target", len(event_ms)),
        _row(
            "decide_event_weighed",
            statistics.mean(weighed),
            BADGES,
            "decisions",
            "all badges of the course",
            len(weighed),
        ),
    ]


def _row(name: str, ours: float, peer: float, unit: str, peer_name: str, runs: int) -> Row:
    return Row(name=name, ours=ours, peer=peer, ratio=ours / peer, unit=unit, peer_name=peer_name, runs=runs)


def _house(folder: Path) -> TestHouse:
    return make_house(f"sqlite:///{folder / 'course.sqlite3'}", folder, [])


def tree(chance: random.Random) -> dict[str, Any]:
    """All of three groups: four scores, three of four, and no more than two of two; ten leaves."""

    def score() -> dict[str, Any]:
        return {"type": "item_score", "item": f"item-{chance.randrange(ACTIVITIES)}", "minimum": chance.randint(20, 55)}

    return {
        "type": "all",
        "parts": [
            {"type": "all", "parts": [score() for _ in range(3)]},
            {"type": "at_least", "count": 2, "parts": [score() for _ in range(4)]},
            {"type": "any", "parts": [score() for _ in range(2)]},
            {"type": "not", "parts": [{"type": "badge_held", "achievement": "another"}]},
        ],
    }


def _fill(folder: Path) -> bool:
    chance = random.Random(7)
    upgrade(make_engine(f"sqlite:///{folder / 'course.sqlite3'}"))
    lab = _house(folder)
    now = lab.clock.now()
    badges = [
        Achievement(
            f"badge-{n}", lab.course.id, f"Badge {n}", "Bench.", "", parse(tree(chance)), AchievementState.PUBLISHED,
            published_at=now,
        )
        for n in range(BADGES)
    ]  # fmt: skip
    with lab.house.transactions() as unit:
        image = unit.images.add(draw_any())
        for badge in badges:
            unit.achievements.save(replace(badge, image_id=image))
            unit.achievements.note(badge, now, SYSTEM, "published")
        items = [Activity(f"item-{n}", "item", f"Activity {n}", 100.0) for n in range(ACTIVITIES)]
        unit.courses.save_activities(lab.course.id, items, now)
        unit.commit()
    fill_people(lab, chance)
    _award_what_is_met(lab, badges)
    lab.house.engine.dispose()
    return True


def fill_people(lab: TestHouse, chance: random.Random, learners: int = LEARNERS) -> None:
    """So many learners, each with a score in every activity."""
    ids = [f"person-{n:05}" for n in range(learners)]
    at, heard = lab.clock.now() - timedelta(days=1), lab.clock.now()
    place = {"registration_id": REGISTRATION, "deployment_id": DEPLOYMENT}
    rows: dict[Any, list[dict[str, Any]]] = {
        people: [place | {"id": one, "subject": one, "name": one, "email": ""} for one in ids],
        enrolments: [
            {"course_id": lab.course.id, "person_id": one, "launch_roles": None, "roster_roles": ["Learner"]}
            | {"active": True, "is_gone": False}
            for one in ids
        ],
        fact_table: [
            {"course_id": lab.course.id, "person_id": one, "kind": "item_score", "target": f"item-{n}", "aspect": ""}
            | {"score": float(chance.randint(0, 100)), "maximum": 100.0, "completed": None, "occurred_at": at}
            | {"order": f"{chance.getrandbits(256):064x}", "source": "webhook", "received_at": heard, "standing": ""}
            | {"letter": "", "late": None, "submitted_at": None, "weighed": True}
            for one in ids
            for n in range(ACTIVITIES)
        ],
    }
    with lab.house.engine.begin() as connection:
        for table, values in rows.items():
            for start in range(0, len(values), _ROWS_AT_ONCE):
                connection.execute(insert(table), values[start : start + _ROWS_AT_ONCE])


def _award_what_is_met(lab: TestHouse, badges: list[Achievement]) -> None:
    with lab.house.transactions(write=False) as unit:
        met = [
            (badge, person)
            for person, record in unit.records.values_of_course(lab.course.id, with_times=False)
            for badge in badges
            if badge.criteria and compiled(badge.criteria, badge.id)(record) is Outcome.MET
        ]
    rows = [
        {"id": Award.id_for(badge.id, person, PERIOD_ONCE), "achievement_id": badge.id, "achievement_version": 1}
        | {"course_id": lab.course.id, "person_id": person, "period": PERIOD_ONCE, "state": "issued", "flag": ""}
        | {"evaluation": {}, "decided_at": lab.clock.now(), "revocation_reason": ""}
        for badge, person in met
    ]
    with lab.house.engine.begin() as connection:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            connection.execute(insert(award_table), rows[start : start + _ROWS_AT_ONCE])


def _measure(folder: Path, rounds: int) -> tuple[list[float], list[float], float, list[float], list[int]]:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    lab = _house(folder)
    chance = random.Random(11)
    decide_course = EvaluateCourse(lab.house.transactions, lab.clock)
    idle = _peak_mib()
    ours, naive = [], []
    for number in range(rounds):
        _change(lab, [f"person-{n:05}" for n in chance.sample(range(LEARNERS), CHANGED)])
        ours.append(seconds(lambda: decide_course(lab.course.id)))
        if number == 0:
            # Before the peer has run: it holds all records at once.
            peak = _peak_mib() - idle
        naive.append(seconds(lambda: _naive(lab)))
    event_ms, weighed = _events(lab, chance)
    lab.house.engine.dispose()
    return ours, naive, peak, event_ms, weighed


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _score(lab: TestHouse, person: str, item: int, given: float) -> Fact:
    event = LearningEvent(
        "e",
        "webhook",
        CONTEXT,
        person,
        FactKind.ITEM_SCORE,
        f"item-{item}",
        lab.clock.pass_time(seconds=1),
        given,
        100.0,
    )
    return Fact.of(event, lab.clock.now())


def _change(lab: TestHouse, persons: list[str]) -> None:
    with lab.house.transactions() as unit:
        for place, person in enumerate(persons):
            unit.records.merge(lab.course.id, person, [_score(lab, person, place % ACTIVITIES, 100.0 * (place % 2))])
        unit.commit()


def _naive(lab: TestHouse) -> None:
    with lab.house.transactions(write=False) as unit:
        badges = unit.achievements.of_course(lab.course.id)
        for record in unit.records.of_course(lab.course.id).values():
            for badge in badges:
                assert badge.criteria is not None
                evaluate(badge.criteria, record, badge.id)


def _events(lab: TestHouse, chance: random.Random) -> tuple[list[float], list[int]]:
    """Milliseconds and weighed decisions of one new score each."""
    decide = EvaluateLearner(lab.house.transactions, lab.clock)
    took, weighed = [], []
    for number in range(220):
        person, item = f"person-{chance.randrange(LEARNERS):05}", chance.randrange(ACTIVITIES)
        with lab.house.transactions() as unit:
            unit.records.merge(lab.course.id, person, [_score(lab, person, item, float(chance.randint(0, 100)))])
            unit.commit()
        start = time.perf_counter()
        count = decide(lab.course.id, person)
        if number >= 20:
            took.append(1000 * (time.perf_counter() - start))
            weighed.append(count)
    return took, weighed
