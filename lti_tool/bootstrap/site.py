"""The web site: every blueprint with what it calls."""

from __future__ import annotations

import hmac
from functools import partial
from typing import Any
from uuid import uuid4

from lti_tool.bootstrap.diagnosis import operations
from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.secrets import admin_token
from lti_tool.credentials.did_web import public_key_of_did
from lti_tool.credentials.open_badges_3 import build_achievement
from lti_tool.delivery.download import files_for
from lti_tool.delivery.openid4vci import WalletDesk, make_wallet_desk
from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.errors import NotFound
from lti_tool.images import BadgeDesign, check_upload, draw
from lti_tool.lti.deep_linking import ContentItem, DeepLinkingResponses, settings_of
from lti_tool.lti.dynamic_registration import PlatformRegistrar, RegistrationOutcome
from lti_tool.lti.settings import LtiSettings
from lti_tool.lti.tool import LtiTool
from lti_tool.usecases.course_badges import CourseBadges
from lti_tool.usecases.decide_award import ApproveLearner, KeepAward, RevokeAward
from lti_tool.usecases.dry_run import DryRun
from lti_tool.usecases.edit_achievement import EditAchievement
from lti_tool.usecases.learner_badges import LearnerBadges
from lti_tool.usecases.manage_platforms import ManagePlatforms
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import LaunchSession
from lti_tool.usecases.read_course import RequestReading
from lti_tool.usecases.receive_launch import ReceiveLaunch
from lti_tool.usecases.share_badge import ShareBadge
from lti_tool.web.admin import make_blueprint as admin_blueprint
from lti_tool.web.app import create_app
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from lti_tool.web.protocols.hooks import hooks_blueprint
from lti_tool.web.protocols.issuer import PublicDocuments, issuer_blueprint
from lti_tool.web.protocols.lti import LtiEndpoints, lti_blueprint
from lti_tool.web.protocols.wallet import wallet_blueprint
from lti_tool.web.services import PageServices, WalletLink
from lti_tool.web.verify import make_blueprint as verify_blueprint


def create_site(house: House) -> Any:
    """The WSGI application. The house must have been prepared."""
    platforms = ManagePlatforms(house.transactions, house.clock, house.settings.tenant)
    tool = LtiTool(
        transactions=house.transactions,
        clock=house.clock,
        http=house.http,
        keys=house.key_store,
        settings=LtiSettings(house.settings.base_url),
    )
    desk = make_wallet_desk(
        house.transactions,
        house.clock,
        house.settings.base_url,
        house.secret.derive("wallet-offers"),
        house.issue,
        public_key_of_did,
    )
    services = _page_services(house, platforms, tool, desk)
    return create_app(
        services,
        [
            lti_blueprint(_lti_endpoints(house, platforms, tool)),
            hooks_blueprint(tool.registration_of, house.ingest, house.clock),
            wallet_blueprint(desk),
            issuer_blueprint(_public_documents(house)),
            learner_blueprint(services),
            instructor_blueprint(services),
            verify_blueprint(services),
            admin_blueprint(services),
        ],
        rate_limit_storage=house.settings.redis_url or "memory://",
        trusted_proxies=house.settings.trusted_proxies,
    )


def _lti_endpoints(house: House, platforms: ManagePlatforms, tool: LtiTool) -> LtiEndpoints:
    registrar = PlatformRegistrar(house.http, house.transactions, house.clock, LtiSettings(house.settings.base_url))

    def register(invite_token: str, configuration_url: str, registration_token: str) -> RegistrationOutcome:
        invitation = platforms.accept_invitation(invite_token)
        outcome = registrar.register(configuration_url, registration_token, str(uuid4()), **invitation)
        platforms.add(outcome.registration, outcome.deployment_ids)
        return outcome

    return LtiEndpoints(
        registration_of=tool.registration_of,
        begin_login=tool.begin_login,
        continue_login=tool.continue_login,
        finish_launch=tool.finish_launch,
        public_keys=tool.public_keys,
        open_session=ReceiveLaunch(house.transactions, house.clock, house.secret.page_token),
        register_platform=register,
    )


def _public_documents(house: House) -> PublicDocuments:
    def achievement(achievement_id: str) -> dict[str, Any] | None:
        with house.transactions(write=False) as unit:
            found = unit.achievements.latest(achievement_id)
            if found is None or found.state is AchievementState.DRAFT:
                return None
            return build_achievement(house.claims.achievement(found, CourseNames.load(unit, found.course_id)))

    return PublicDocuments(
        transactions=house.transactions,
        clock=house.clock,
        did_document=house.key_ring.did_document,
        key_document=house.key_ring.key_document,
        achievement=achievement,
    )


def _page_services(house: House, platforms: ManagePlatforms, tool: LtiTool, desk: WalletDesk) -> PageServices:
    transactions, clock = house.transactions, house.clock
    responses = DeepLinkingResponses(house.key_store, clock)
    operator_token = admin_token(house.settings.admin_token_path)

    def find_session(session_id: str) -> LaunchSession | None:
        with transactions(write=False) as unit:
            return unit.launch_sessions.get(session_id, clock.now())

    def wallet_offer(award_id: str) -> WalletLink:
        offer = desk.offers.create_offer(award_id, house.settings.tenant)
        return WalletLink(offer.uri, offer.expires_at)

    def deep_linking_jwt(session: LaunchSession, items: list[dict[str, Any]]) -> str:
        registration = tool.registration_of(session.registration_id)
        if registration is None:
            raise NotFound("platform.unknown", "This platform is not known any more.")
        content = [ContentItem(**item) for item in items]
        settings = settings_of(session.data["deep_linking"])
        return responses.response_jwt(registration, session.deployment_id, settings, content)

    return PageServices(
        base_url=house.settings.base_url,
        clock=clock.now,
        find_session=find_session,
        find_registration=tool.registration_of,
        page_token_for=house.secret.page_token,
        admin_token_matches=partial(_same_text, operator_token),
        cookie_secret=house.secret.derive("admin-cookie"),
        learner=LearnerBadges(transactions),
        course=CourseBadges(transactions),
        dry_run=DryRun(transactions),
        edit=EditAchievement(transactions, clock),
        revoke=RevokeAward(transactions, clock),
        keep=KeepAward(transactions, clock),
        approve=ApproveLearner(transactions, clock),
        share=ShareBadge(transactions, clock, house.verifier),
        platforms=platforms,
        read_now=RequestReading(transactions),
        check_upload=lambda data: check_upload(data).png,
        draw_badge=lambda design: draw(BadgeDesign.parse(design)),
        wallet_offer=wallet_offer,
        badge_files=partial(_badge_files, house),
        deep_linking_jwt=deep_linking_jwt,
        operations=partial(operations, house),
    )


def _same_text(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.strip().encode())


def _badge_files(house: House, award_id: str) -> dict[str, tuple[str, str, bytes]]:
    with house.transactions(write=False) as unit:
        award, credential = unit.awards.get(award_id), unit.credentials.get(award_id)
        badge = unit.achievements.version(award.achievement_id, award.achievement_version) if award else None
        png = unit.images.get(badge.image_id) if badge else None
    if badge is None or credential is None or credential.document is None or png is None:
        raise NotFound("award.not_issued", "This badge is not written yet.")
    baked = house.signer.bake(png, credential.document)
    return dict(files_for(credential, baked, badge.name))
