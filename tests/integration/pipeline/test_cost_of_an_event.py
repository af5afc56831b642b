"""What one event costs the database must not grow with its course: counted in SQLite's own instructions."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event

from tests.factories.house import TestHouse, make_house

FEW, MANY = 8, 80
# How exactly is counted: SQLite calls after so many instructions.
_STEP = 20


def _taught(folder: Path, learners: int) -> TestHouse:
    """A course in which everybody has a badge and is about to be heard of again."""
    folder.mkdir()
    lab = make_house(f"sqlite:///{folder / 'course.sqlite3'}", folder, [f"learner-{n}" for n in range(learners)])
    lab.publish({"type": "item_score", "item": "quiz-1", "minimum": 50, "unit": "percent"})
    lab.publish({"type": "item_score", "item": "quiz-1", "minimum": 95, "unit": "percent"})
    lab.hear(*(lab.score(f"learner-{n}", 80.0) for n in range(learners)))
    lab.work()
    return lab


def _instructions(lab: TestHouse, given: float) -> int:
    """Of one score, from its arrival to all that follows from it."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    engine = lab.house.engine
    engine.dispose()
    event.listen(engine, "connect", lambda driver, _: driver.set_progress_handler(count, _STEP))
    lab.clock.pass_time(seconds=1)
    lab.hear(lab.score("learner-7", given))
    lab.work()
    return steps * _STEP


def test_one_event_costs_the_same_in_a_small_and_in_a_large_course(tmp_path: Path) -> None:
    few, many = _taught(tmp_path / "few", FEW), _taught(tmp_path / "many", MANY)
    # One that changes nothing, and one for which the award that she has is flagged.
    small = {given: _instructions(few, given) for given in (81.0, 40.0)}
    large = {given: _instructions(many, given) for given in (81.0, 40.0)}
    for given, instructions in large.items():
        # An index of ten times as many rows is one level deeper; a look through all rows would cost many times more.
        assert instructions < 1.5 * small[given], (given, small, large)
