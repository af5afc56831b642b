"""What the platform's side offers: roster, gradebook and the sources that are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.http import OutgoingHttp
from lti_tool.keystore import KeyStore
from lti_tool.lti.gradebook import AgsGradebook
from lti_tool.lti.own_results import AgsResultsReader
from lti_tool.lti.roster import NrpsRoster
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.sources.ags_results import AgsResultsSource
from lti_tool.sources.event_feed import EventFeed
from lti_tool.sources.moodle import MoodleSource, MoodleWebServices
from lti_tool.usecases.ports import Clock, CourseSource, Gradebook, Roster, Transactions


@dataclass(frozen=True, slots=True)
class PlatformServices:
    roster: Roster
    gradebook: Gradebook
    sources: Sequence[CourseSource]


def make_platform_services(
    transactions: Transactions, clock: Clock, http: OutgoingHttp, keys: KeyStore
) -> PlatformServices:
    """The real ones. Access tokens are cached here, once for all of them."""
    tokens = CachedServiceTokens(http, keys, clock)

    def own_columns(registration: Registration, course: Course) -> list[str]:
        with transactions(write=False) as unit:
            return unit.deliveries.columns_of_course(course.id)

    return PlatformServices(
        roster=NrpsRoster(http, tokens),
        gradebook=AgsGradebook(http, tokens),
        sources=[
            EventFeed(http, tokens, clock),
            MoodleSource(MoodleWebServices(http)),
            AgsResultsSource(AgsResultsReader(http, tokens).read_json, own_columns, clock),
        ],
    )
