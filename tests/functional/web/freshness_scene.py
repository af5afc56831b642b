"""A course that was heard and read, where a reading repaired something and a sender is silent."""

from __future__ import annotations

from datetime import timedelta

from lti_tool.domain.learning_event import FactKind
from tests.factories.house import REGISTRATION, event
from tests.factories.lms import CountedLms
from tests.functional.web.conftest import Site


def stale_course(site: Site) -> CountedLms:
    """Two grades that no event told, one that was corrected, one that was taken back."""
    lab = site.course
    lms = CountedLms(lab.clock, "moodle", seconds=2.0)
    lab.house.platform.sources.append(lms)
    given = [lms.happens(lab.score(name, 70)) for name in ("ana", "ben", "cleo")]
    done = lms.happens(event("ana", FactKind.MODULE_COMPLETION, "module-1", lab.clock, completed=True))
    lab.hear(*given, done)
    lab.work()
    lab.clock.pass_time(hours=3)
    lab.work()
    lms.happens(lab.score("ana", 90))
    lms.happens(lab.score("ben", 40))
    lab.hear(lab.score("cleo", 99))
    lms.takes_back(done)
    lab.work()
    lab.clock.pass_time(minutes=12)
    lab.work()
    with lab.house.transactions() as unit:
        rhythm = unit.hearings.get(REGISTRATION, "webhook")
        unit.hearings.save(REGISTRATION, "webhook", rhythm.fell_silent(lab.clock.now() - timedelta(minutes=2)))
        unit.commit()
    return lms
