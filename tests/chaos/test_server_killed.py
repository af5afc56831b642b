"""PostgreSQL is killed in the most awkward moment: when a worker has stored what it did and has not yet said that it is
done. The worker lives on, and says so to the server that was started again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from lti_tool.bootstrap.workers import Workers
from lti_tool.domain.award import AwardState
from lti_tool.usecases.ports import Job
from lti_tool.usecases.work import Work
from tests.factories.house import make_house
from tests.services.peers import require_peer
from tests.services.postgres import DURABLE, Cluster, running_cluster

# Each kind once: the story has many pieces of some, and a restart takes its second.
KILLED_AFTER = frozenset({Work.APPLY_EVENTS, Work.EVALUATE_LEARNER, Work.ISSUE_CREDENTIAL, Work.DELIVER_TO_GRADEBOOK})


class KilledBeforeDone:
    """The queue of a worker; `killed` counts by kind of work."""

    def __init__(self, queue: Any, cluster: Cluster, engine: Engine) -> None:
        self._queue, self._cluster, self._engine = queue, cluster, engine
        self.killed: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    def done(self, *jobs: Job) -> bool:
        kind = jobs[0].kind
        if kind in KILLED_AFTER - self.killed.keys():
            self.killed[kind] += 1
            self._cluster.stop_hard()
            self._cluster.start()
            # As those that rested for a while are when they are asked for again.
            self._engine.dispose()
        return bool(self._queue.done(*jobs))


@pytest.mark.peer("postgresql")
def test_no_work_is_done_whose_result_a_killed_server_forgot(tmp_path: Path) -> None:
    # What is committed without waiting is written by a process that looks around every so often: here, seldom.
    settings = f"{DURABLE} -c wal_writer_delay=10s -c bgwriter_delay=10s"
    with running_cluster(require_peer("postgresql"), settings) as cluster:
        lab = make_house(cluster.create("killed"), tmp_path)
        lab.publish()
        lab.work()
        queue = KilledBeforeDone(lab.house.queue, cluster, lab.house.engine)
        lab.hear(lab.score("ana", 91), lab.module("ana"), lab.score("ben", 92), lab.module("ben"))
        Workers(replace(lab.house, queue=queue)).work_until_idle()
        assert queue.killed.keys() == KILLED_AFTER
        with lab.house.transactions(write=False) as unit:
            states = [award.state for award in unit.awards.of_course(lab.course.id)]
        lab.house.engine.dispose()
    assert states == [AwardState.ISSUED, AwardState.ISSUED]
    assert len(lab.platform.posts) == len(states)
