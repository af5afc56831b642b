"""What the platform's side offers: roster, gradebook and the sources that are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from lti_tool.bootstrap.canvas_reading import make_canvas_reading
from lti_tool.bootstrap.notebook import Notebook
from lti_tool.bootstrap.watching import KeyFetches, NotedColumns, Watched
from lti_tool.domain.identity import Course
from lti_tool.domain.observation import Seen
from lti_tool.domain.platform import Registration
from lti_tool.http import OutgoingHttp
from lti_tool.keystore import Keys
from lti_tool.lti.foreign_columns import ForeignColumns
from lti_tool.lti.gradebook import AgsGradebook
from lti_tool.lti.groups import CourseGroupsReader
from lti_tool.lti.notices import PnsHandlers
from lti_tool.lti.own_results import AgsResultsReader
from lti_tool.lti.probe import LtiProbe
from lti_tool.lti.roster import NrpsRoster
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.sources.ags_results import AgsResultsSource
from lti_tool.sources.event_feed import EventFeed
from lti_tool.sources.moodle import LONG, MoodleProbe, MoodleSource, MoodleWebServices
from lti_tool.usecases.ports import (
    Clock,
    CourseGroups,
    CourseSource,
    Gradebook,
    NoticeHandlers,
    PlatformProbe,
    Roster,
    Transactions,
)


@dataclass(frozen=True, slots=True)
class PlatformServices:
    roster: Roster
    gradebook: Gradebook
    sources: Sequence[CourseSource]
    probes: Sequence[PlatformProbe] = ()
    notices: NoticeHandlers | None = None
    groups: CourseGroups | None = None


def make_platform_services(
    transactions: Transactions,
    clock: Clock,
    http: OutgoingHttp,
    keys: Keys,
    notebook: Notebook,
    fetches: KeyFetches,
    base_url: str,
) -> PlatformServices:
    """The real ones. Access tokens are cached here, once for all of them."""
    tokens = CachedServiceTokens(http, keys, clock)

    def own_columns(registration: Registration, course: Course) -> list[str]:
        with transactions(write=False) as unit:
            return unit.deliveries.columns_of_course(course.id)

    def notice_services(registration_id: str) -> list[str]:
        with transactions(write=False) as unit:
            deployments = unit.registrations.deployments(registration_id)
            held = [unit.notices.service(registration_id, deployment_id) for deployment_id in deployments]
        return [service.url for service in held if service is not None]

    moodle = MoodleWebServices(http, http.with_limits(**LONG))
    canvas = make_canvas_reading(transactions, clock, http, base_url)
    read = frozenset({"read"})
    # Scores are refused for reasons of one learner (she left, something later stands there).
    columns = frozenset({"columns", "make_column"})
    subscribe = frozenset({"subscribe"})
    return PlatformServices(
        roster=cast(Roster, Watched(NrpsRoster(http, tokens), notebook, Seen.ROSTER, read)),
        gradebook=cast(Gradebook, Watched(AgsGradebook(http, tokens), notebook, Seen.LINE_ITEMS, columns)),
        sources=[
            cast(CourseSource, Watched(EventFeed(http, tokens, clock), notebook, Seen.FEED, read)),
            cast(CourseSource, Watched(MoodleSource(moodle, clock, own_columns), notebook, Seen.MOODLE, read)),
            AgsResultsSource(
                AgsResultsReader(http, tokens).read_json,
                own_columns,
                clock,
                NotedColumns(ForeignColumns(http, tokens), notebook),
            ),
            cast(CourseSource, Watched(canvas.source, notebook, Seen.CANVAS, read)),
        ],
        groups=CourseGroupsReader(http, tokens),
        notices=cast(NoticeHandlers, Watched(PnsHandlers(http, tokens), notebook, Seen.NOTICES, subscribe)),
        probes=[
            LtiProbe(http, tokens, clock, fetches.since, notice_services),
            MoodleProbe(moodle, clock),
            canvas.probe,
        ],
    )
