"""The web site: every blueprint with what it calls."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from lti_tool.bootstrap.hosting import make_host_badge
from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.monitoring import CountedIngest, counted_launch, exposition
from lti_tool.bootstrap.observing import observed_launch, observed_login
from lti_tool.bootstrap.page_services import page_services
from lti_tool.bootstrap.vc_api import make_vc_api
from lti_tool.credentials.did_web import public_key_of_did
from lti_tool.credentials.open_badges_3 import build_achievement, build_profile
from lti_tool.delivery.openid4vci import WalletDesk, make_wallet_desk
from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.issuer import Issuer
from lti_tool.domain.observation import Seen
from lti_tool.lti.developer_key import developer_key
from lti_tool.lti.dynamic_registration import PlatformRegistrar, RegistrationOutcome
from lti_tool.lti.jwks import JwksCache
from lti_tool.lti.login_state import LoginStates
from lti_tool.lti.notices import NoticeReader, read_notices
from lti_tool.lti.settings import LtiSettings
from lti_tool.lti.tool import LtiTool
from lti_tool.usecases.manage_platforms import ManagePlatforms
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import StoredCredential
from lti_tool.usecases.receive_launch import OpenedSession, ReceiveLaunch
from lti_tool.usecases.receive_notice import ReceiveNotice
from lti_tool.usecases.source_keys import CheckSourceKey, FindSourceKeys, NoteSourceHeard
from lti_tool.web.admin import make_blueprint as admin_blueprint
from lti_tool.web.api import description_blueprint, verify_api
from lti_tool.web.api.vc_api import vc_api_blueprint
from lti_tool.web.app import create_app
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from lti_tool.web.monitoring import monitoring_blueprint
from lti_tool.web.protocols.caliper import caliper_blueprint
from lti_tool.web.protocols.canvas_live_events import LiveEventsDesk, canvas_live_events_blueprint
from lti_tool.web.protocols.developer_key import developer_key_blueprint
from lti_tool.web.protocols.hooks import HookDesk, hooks_blueprint
from lti_tool.web.protocols.hosted_badges import hosted_badges_blueprint
from lti_tool.web.protocols.issuer import PublicDocuments, issuer_blueprint
from lti_tool.web.protocols.lti import LtiEndpoints, lti_blueprint
from lti_tool.web.protocols.notices import NoticeDesk, notices_blueprint
from lti_tool.web.protocols.schemas import schemas_blueprint
from lti_tool.web.protocols.sd_jwt import SdJwtDocuments, sd_jwt_blueprint
from lti_tool.web.protocols.source_requests import SourceDesk
from lti_tool.web.protocols.wallet import wallet_blueprint
from lti_tool.web.protocols.xapi import xapi_blueprint
from lti_tool.web.verify import make_blueprint as verify_blueprint


def create_site(house: House) -> Any:
    """The WSGI application. The house must have been prepared."""
    platforms = ManagePlatforms(house.transactions, house.clock, house.settings.tenant)
    tool, desk = make_lti_tool(house), make_desk(house)
    services = page_services(house, platforms, tool, desk)
    source_desk = _source_desk(house, tool)
    app = create_app(
        services,
        [
            lti_blueprint(_lti_endpoints(house, platforms, tool)),
            developer_key_blueprint(tool.registration_of, partial(developer_key, LtiSettings(house.settings.base_url))),
            notices_blueprint(_notice_desk(house, tool)),
            hooks_blueprint(_hook_desk(house, tool)),
            xapi_blueprint(source_desk),
            caliper_blueprint(source_desk),
            canvas_live_events_blueprint(_live_events_desk(house, source_desk)),
            wallet_blueprint(desk),
            issuer_blueprint(_public_documents(house)),
            hosted_badges_blueprint(make_host_badge(house)),
            sd_jwt_blueprint(_sd_jwt_documents(house)),
            schemas_blueprint(),
            learner_blueprint(services),
            instructor_blueprint(services),
            verify_blueprint(services),
            verify_api(services.check),
            *([vc_api_blueprint(make_vc_api(house))] if house.settings.vc_api else []),
            description_blueprint(),
            admin_blueprint(services),
            monitoring_blueprint(house.metrics, partial(exposition, house), services.admin_token_matches),
        ],
        rate_limit_storage=house.settings.redis_url or "memory://",
        trusted_proxies=house.settings.trusted_proxies,
    )
    return house.seams.site(app)


def make_lti_tool(house: House) -> LtiTool:
    """Login, launch and keys; one a process, for its cache of platforms' keys."""
    return LtiTool(
        transactions=house.transactions,
        clock=house.clock,
        http=house.http,
        keys=house.key_store,
        settings=LtiSettings(house.settings.base_url),
        states=LoginStates(house.secret.derive("lti-login")),
    )


def make_desk(house: House) -> WalletDesk:
    """Where wallets collect badges."""
    return make_wallet_desk(
        house.transactions,
        house.clock,
        house.settings.base_url,
        house.secret.derive("wallet-offers"),
        partial(_issue_bound, house),
        public_key_of_did,
        house.twins.of,
    )


def _issue_bound(house: House, award_id: str, holder_did: str) -> StoredCredential:
    """For a wallet: it counts before whatever its holder took along until now."""
    issued = house.issue(award_id, holder_did)
    return house.renew(award_id, holder_did, as_newest=True) or issued


def _lti_endpoints(house: House, platforms: ManagePlatforms, tool: LtiTool) -> LtiEndpoints:
    registrar = PlatformRegistrar(house.http, house.transactions, house.clock, LtiSettings(house.settings.base_url))

    def register(invite_token: str, configuration_url: str, registration_token: str) -> RegistrationOutcome:
        invitation = platforms.invitation(invite_token)
        outcome = registrar.register(configuration_url, registration_token, str(uuid4()), **invitation)
        platforms.add(invite_token, outcome.registration, outcome.deployment_ids)
        return outcome

    receive = ReceiveLaunch(house.transactions, house.clock, house.secret.page_token, tool.use_up)

    def launch(registration_id: str, form: Mapping[str, str], secret: str | None, proof: str | None) -> OpenedSession:
        return receive(tool.check_launch(registration_id, form, secret, proof), secret)

    return LtiEndpoints(
        registration_of=tool.registration_of,
        begin_login=observed_login(house.notebook, tool.begin_login),
        continue_login=tool.continue_login,
        launch=counted_launch(house.metrics, observed_launch(house.notebook, launch)),
        public_keys=house.fetches.noting(tool.public_keys),
        register_platform=register,
        base_url=house.settings.base_url,
    )


def _notice_desk(house: House, tool: LtiTool) -> NoticeDesk:
    receive = ReceiveNotice(house.transactions)
    return NoticeDesk(tool.registration_of, read_notices, NoticeReader(tool), receive, house.clock.now)


def _hook_desk(house: House, tool: LtiTool) -> HookDesk:
    return HookDesk(
        registration_of=tool.registration_of,
        keys_of=FindSourceKeys(house.transactions),
        ingest=CountedIngest(house.metrics, house.ingest),
        heard=NoteSourceHeard(house.transactions),
        now=house.clock.now,
    )


def _source_desk(house: House, tool: LtiTool) -> SourceDesk:
    return SourceDesk(
        registration_of=tool.registration_of,
        check_key=CheckSourceKey(house.transactions),
        ingest=CountedIngest(house.metrics, house.ingest),
        heard=NoteSourceHeard(house.transactions),
        now=house.clock.now,
    )


def _live_events_desk(house: House, sources: SourceDesk) -> LiveEventsDesk:
    def note(registration_id: str, code: str) -> None:
        house.notebook.note(registration_id, Seen.LIVE_EVENTS, not code, code)

    return LiveEventsDesk(sources, JwksCache(house.http, house.clock).find, note)


def _public_documents(house: House) -> PublicDocuments:
    def achievement(achievement_id: str) -> dict[str, Any] | None:
        with house.transactions(write=False) as unit:
            found = unit.achievements.latest(achievement_id)
            if found is None or found.state is AchievementState.DRAFT:
                return None
            return build_achievement(house.claims.achievement(found, CourseNames.load(unit, found.course_id)))

    def profile(issuer: Issuer) -> dict[str, Any]:
        with house.transactions(write=False) as unit:
            said = build_profile(house.claims.profile(unit, issuer))
        return said | house.key_ring.profile_keys(issuer)

    return PublicDocuments(
        transactions=house.transactions,
        clock=house.clock,
        did_document=house.key_ring.did_document,
        profile=profile,
        key_history=house.key_ring.key_history,
        key_document=house.key_ring.key_document,
        achievement=achievement,
    )


def _sd_jwt_documents(house: House) -> SdJwtDocuments:
    twins = house.twins
    return SdJwtDocuments(house.transactions, twins.issuer_metadata, twins.status_list, twins.type_metadata)
