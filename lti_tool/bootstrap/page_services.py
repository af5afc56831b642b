"""What the pages for people call, made from the house."""

from __future__ import annotations

import hmac
import time
from contextlib import suppress
from functools import partial
from typing import Any

from lti_tool.bootstrap.by_hand import register_by_hand
from lti_tool.bootstrap.canvas_connecting import connect_canvas
from lti_tool.bootstrap.certificate import certificate_file
from lti_tool.bootstrap.checking import make_check_badges
from lti_tool.bootstrap.diagnosis import operations, revive
from lti_tool.bootstrap.hosting import make_host_badge
from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.offline import offline_file
from lti_tool.bootstrap.secrets import admin_token
from lti_tool.credentials.baking import bake_svg
from lti_tool.delivery.download import files_for
from lti_tool.delivery.openid4vci import WalletDesk
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.evidence import EvidenceLimits
from lti_tool.images import BadgeDesign, badge_svg, check_evidence, check_upload, draw
from lti_tool.lti.deep_linking import ContentItem, DeepLinkingResponses, NewColumn, settings_of
from lti_tool.lti.tool import LtiTool
from lti_tool.usecases.admission import Admission
from lti_tool.usecases.answer_once import AnswerOnce
from lti_tool.usecases.ask_reading import AskReading
from lti_tool.usecases.award_by_hand import AwardByHand
from lti_tool.usecases.badges_elsewhere import BadgesElsewhere
from lti_tool.usecases.copy_course import CopyCourse
from lti_tool.usecases.course_badges import CourseBadges
from lti_tool.usecases.decide_award import ApproveLearner, KeepAward, LiftRevocation, RevokeAward
from lti_tool.usecases.dry_run import DryRun
from lti_tool.usecases.edit_achievement import EditAchievement
from lti_tool.usecases.entrust import Entrust
from lti_tool.usecases.export_record import ExportRecord
from lti_tool.usecases.halt_issuing import HaltIssuing
from lti_tool.usecases.hand_in_badge import HandInBadge
from lti_tool.usecases.host_badge import HostBadge
from lti_tool.usecases.learner_badges import LearnerBadges
from lti_tool.usecases.learner_card import ReadLearnerCard
from lti_tool.usecases.manage_platforms import ManagePlatforms
from lti_tool.usecases.mass_awards import DecideMassAward
from lti_tool.usecases.mend_drift import MendDrift
from lti_tool.usecases.mend_events import MendEvents
from lti_tool.usecases.nominate import Nominate
from lti_tool.usecases.ports import Issuer, LaunchSession
from lti_tool.usecases.probe_platform import RequestProbe
from lti_tool.usecases.read_evidence import ReadEvidenceFile
from lti_tool.usecases.read_ledger import ReadLedger
from lti_tool.usecases.read_versions import ReadVersions
from lti_tool.usecases.renew_credential import NameOnBadge
from lti_tool.usecases.replay_rule import ReplayRule
from lti_tool.usecases.review_copy import ReviewCopy
from lti_tool.usecases.review_evidence import ReviewEvidence
from lti_tool.usecases.set_issuing import SetIssuing
from lti_tool.usecases.share_badge import ShareBadge
from lti_tool.usecases.source_keys import ManageSourceKeys
from lti_tool.usecases.upload_records import UploadRecords
from lti_tool.usecases.view_freshness import ViewFreshness
from lti_tool.web.services import PageServices, WalletLink

# How long a teacher's first launch in a course may wait for what the LMS says of it.
FIRST_READING_SECONDS = 1.5


def page_services(house: House, platforms: ManagePlatforms, tool: LtiTool, desk: WalletDesk) -> PageServices:
    """The services of one site; `tool` and `desk` are the site's own, because they hold caches and locks."""
    transactions, clock = house.transactions, house.clock
    responses = DeepLinkingResponses(house.key_store, clock)
    answer_once = AnswerOnce(transactions)
    check = make_check_badges(house)
    operator_token = admin_token(house.settings.admin_token_path)

    def find_session(session_id: str) -> LaunchSession | None:
        with transactions(write=False) as unit:
            return unit.launch_sessions.get(session_id, clock.now())

    def find_issuer(issuer_id: str) -> Issuer | None:
        with transactions(write=False) as unit:
            return unit.issuers.by_id(issuer_id)

    def await_first_reading(course_id: str) -> None:
        deadline = time.monotonic() + FIRST_READING_SECONDS
        while time.monotonic() < deadline:
            with transactions(write=False) as unit:
                if unit.courses.reading(course_id).tried_at is not None:
                    return
            time.sleep(0.05)

    def wallet_offer(award_id: str) -> WalletLink:
        offer = desk.offers.create_offer(award_id, house.settings.tenant)
        return WalletLink(offer.uri, offer.expires_at)

    def deep_linking_jwt(session: LaunchSession, items: list[dict[str, Any]]) -> str:
        registration = tool.registration_of(session.registration_id)
        if registration is None:
            raise NotFound("platform.unknown", "This platform is not known any more.")
        settings = settings_of(session.data["deep_linking"])
        signed = responses.response_jwt(registration, session.deployment_id, settings, list(map(_content, items)))
        # Only an answer that is right is used up.
        answer_once(session)
        return signed

    return PageServices(
        base_url=house.settings.base_url,
        clock=clock.now,
        find_session=find_session,
        find_registration=tool.registration_of,
        find_issuer=find_issuer,
        admission=Admission(transactions),
        page_token_for=house.secret.page_token,
        admin_token_matches=partial(_same_text, operator_token),
        cookie_secret=house.secret.derive("admin-cookie"),
        learner=LearnerBadges(transactions, clock),
        record=ExportRecord(transactions, clock, house.signer, house.claims),
        learner_card=ReadLearnerCard(transactions, clock),
        ledger=ReadLedger(transactions),
        replay=ReplayRule(transactions),
        versions=ReadVersions(transactions),
        copies=CopyCourse(transactions, clock),
        badges_elsewhere=BadgesElsewhere(transactions),
        review_copy=ReviewCopy(transactions, clock),
        course=CourseBadges(transactions, clock),
        dry_run=DryRun(transactions, clock),
        edit=EditAchievement(transactions, clock),
        drift=MendDrift(transactions, EditAchievement(transactions, clock)),
        revoke=RevokeAward(transactions, clock),
        keep=KeepAward(transactions, clock),
        lift=LiftRevocation(transactions, clock),
        mass=DecideMassAward(transactions, clock),
        mass_limits=house.mass_limits,
        approve=ApproveLearner(transactions, clock),
        award_by_hand=AwardByHand(transactions, clock),
        nominate=Nominate(transactions, clock, _evidence_limits(house)),
        review=ReviewEvidence(transactions, clock),
        hand_in_badge=HandInBadge(transactions, clock, check),
        entrust=Entrust(transactions, clock),
        name_on_badge=NameOnBadge(transactions, clock),
        share=ShareBadge(transactions, clock, house.verifier),
        check=check,
        platforms=platforms,
        by_hand=register_by_hand(house),
        canvas=connect_canvas(house),
        set_issuing=SetIssuing(transactions, house.settings.tenant),
        mend=MendEvents(transactions, clock, house.settings.tenant),
        halt=HaltIssuing(transactions, clock, house.settings.tenant),
        issuers=house.issuers,
        endorse=house.endorse,
        source_keys=ManageSourceKeys(transactions, clock, house.settings.tenant),
        ask_reading=AskReading(transactions, clock),
        upload=UploadRecords(transactions, clock, house.ingest),
        freshness=ViewFreshness(transactions, clock, house.settings.tenant),
        check_platform=RequestProbe(transactions, house.settings.tenant),
        await_first_reading=await_first_reading,
        check_upload=lambda data: check_upload(data).png,
        evidence_bytes=house.settings.evidence_file_max_bytes,
        check_evidence=partial(check_evidence, most_bytes=house.settings.evidence_file_max_bytes),
        evidence_file=ReadEvidenceFile(transactions),
        draw_badge=_drawn,
        wallet_offer=wallet_offer,
        badge_files=partial(_badge_files, house, make_host_badge(house)),
        offline_file=partial(offline_file, house),
        certificate_file=partial(certificate_file, house),
        deep_linking_jwt=deep_linking_jwt,
        operations=partial(operations, house),
        revive=partial(revive, house),
    )


def _evidence_limits(house: House) -> EvidenceLimits:
    return EvidenceLimits(house.settings.evidence_file_max_bytes, house.settings.evidence_files_max)


def _content(item: dict[str, Any]) -> ContentItem:
    column = item.get("column")
    return ContentItem(**item | {"column": NewColumn.of_badge(**column) if column else None})


def _same_text(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.strip().encode())


def _drawn(text: str) -> bytes:
    """A picture by its description. One with somebody's words in it goes the way of every drawing that people send."""
    design = BadgeDesign.parse(text)
    return check_upload(badge_svg(design).encode()).png if design.words else draw(design)


def _baked_drawing(design: str, document: str) -> str:
    """The drawn picture with the badge inside; "" for a picture of another kind, also one that is not offered now."""
    with suppress(BadgeToolError):
        return bake_svg(badge_svg(BadgeDesign.parse(design)), document)
    return ""


def _badge_files(house: House, host: HostBadge, award_id: str) -> dict[str, tuple[str, str, bytes]]:
    with house.transactions(write=False) as unit:
        award, credential = unit.awards.get(award_id), unit.credentials.get(award_id)
        badge = unit.achievements.version(award.achievement_id, award.achievement_version) if award else None
        png = unit.images.get(badge.image_id) if badge else None
        page, person = unit.public_pages.of_award(award_id), unit.people.get(award.person_id) if award else None
    if badge is None or credential is None or credential.document is None or png is None:
        raise NotFound("award.not_issued", "This badge is not written yet.")
    # While it is shared the badge is hosted as Open Badges 2.0 too, for whom the platform told an address.
    hosted_at = host.address(page.token) if page and person and person.email else ""
    baked = house.signer.bake(png, credential.document, hosted_at)
    drawn = _baked_drawing(badge.design, credential.document)
    return dict(files_for(credential, baked, badge.name, house.twins.of(credential), drawn))
