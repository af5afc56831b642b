"""The recorded platform as a registration of ours, and its services behind recordings."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from lti_tool.bootstrap.platform_services import PlatformServices
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.http import OutgoingHttp
from lti_tool.keystore import Keys
from lti_tool.lti.dynamic_registration.configuration import read_configuration
from lti_tool.lti.roster import NrpsRoster
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.replay.recorded_http import recorded_http
from lti_tool.replay.recordings import Recordings
from lti_tool.replay.stand_ins import PaperGradebook
from lti_tool.sources.moodle import MoodleSource, MoodleWebServices
from lti_tool.usecases.ports import Clock

TOOL_CLAIM = "https://purl.imsglobal.org/spec/lti-tool-configuration"


def recorded_registration(recordings: Recordings, tenant: str, now: datetime) -> tuple[Registration, str]:
    """What Dynamic Registration brought when it was recorded, and the deployment's id."""
    address = recordings.request("openid_configuration")["url"]
    configuration = read_configuration(recordings.body("openid_configuration"), address)
    answer = recordings.body("registration_response")
    registration = Registration(
        id="recorded",
        tenant_id=tenant,
        name="Recorded Moodle",
        issuer=configuration.issuer,
        client_id=answer["client_id"],
        auth_login_url=configuration.authorization_endpoint,
        auth_token_url=configuration.token_endpoint,
        jwks_url=configuration.jwks_uri,
        state=RegistrationState.ACTIVE,
        product=configuration.product,
        product_version=configuration.version,
        service_scopes=tuple(answer["scope"].split()),
        moodle_url=configuration.issuer,
        moodle_token="recorded",  # any text: recordings ask for none
        created_at=now,
        approved_at=now,
    )
    return registration, answer[TOOL_CLAIM]["deployment_id"]


def tool_address(recordings: Recordings) -> str:
    """Where the tool stood when the launches were recorded: they are addressed to it."""
    parts = urlsplit(recordings.body("registration_response")["initiate_login_uri"])
    return f"{parts.scheme}://{parts.netloc}"


def answering(recordings: Recordings, registration: Registration) -> OutgoingHttp:
    """Every address that the recorded platform answered at."""
    token = {"access_token": "recorded", "token_type": "bearer", "expires_in": 3600}
    fixed = {("GET", registration.jwks_url): recordings.body("jwks"), ("POST", registration.auth_token_url): token}
    return recorded_http(recordings.calls(), fixed)


def services(http: OutgoingHttp, keys: Keys, clock: Clock) -> PlatformServices:
    """The real clients over the recordings. What would be written to the gradebook is noted on paper."""
    tokens = CachedServiceTokens(http, keys, clock)
    return PlatformServices(NrpsRoster(http, tokens), PaperGradebook(), [MoodleSource(MoodleWebServices(http), clock)])
