"""What the platform's side offers: roster, gradebook and the sources that are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.http import OutgoingHttp
from lti_tool.keystore import KeyStore
from lti_tool.lti.gradebook import AgsGradebook
from lti_tool.lti.own_results import AgsResultsReader
from lti_tool.lti.roster import NrpsRoster
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.usecases.ports import Clock, CourseSource, Gradebook, Roster


@dataclass(frozen=True, slots=True)
class PlatformServices:
    roster: Roster
    gradebook: Gradebook
    sources: Sequence[CourseSource]


def make_platform_services(clock: Clock, http: OutgoingHttp, keys: KeyStore) -> PlatformServices:
    """The real ones. Access tokens are cached here, once for all of them."""
    from lti_tool.sources.ags_results import AgsResultsSource
    from lti_tool.sources.event_feed import EventFeed
    from lti_tool.sources.moodle import MoodleSource, MoodleWebServices

    tokens = CachedServiceTokens(http, keys, clock)
    return PlatformServices(
        roster=NrpsRoster(http, tokens),
        gradebook=AgsGradebook(http, tokens),
        sources=[
            EventFeed(http, tokens),
            MoodleSource(MoodleWebServices(http)),
            AgsResultsSource(AgsResultsReader(http, tokens).read_json),
        ],
    )
