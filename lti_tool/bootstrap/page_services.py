"""What the pages for people call, made from the house."""

from __future__ import annotations

from functools import partial

from lti_tool.bootstrap import page_calls as calls
from lti_tool.bootstrap.by_hand import register_by_hand
from lti_tool.bootstrap.canvas_connecting import connect_canvas
from lti_tool.bootstrap.certificate import certificate_file
from lti_tool.bootstrap.checking import make_check_badges
from lti_tool.bootstrap.deep_linking import AnswerDeepLinking
from lti_tool.bootstrap.diagnosis import operations, revive
from lti_tool.bootstrap.hosting import make_host_badge
from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.offline import offline_file
from lti_tool.bootstrap.secrets import admin_token
from lti_tool.delivery.openid4vci import WalletDesk
from lti_tool.domain.evidence import EvidenceLimits
from lti_tool.images import check_evidence, check_upload
from lti_tool.lti.tool import LtiTool
from lti_tool.usecases.admission import Admission
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
from lti_tool.usecases.learner_badges import LearnerBadges
from lti_tool.usecases.learner_card import ReadLearnerCard
from lti_tool.usecases.manage_platforms import ManagePlatforms
from lti_tool.usecases.mass_awards import DecideMassAward
from lti_tool.usecases.mend_drift import MendDrift
from lti_tool.usecases.mend_events import MendEvents
from lti_tool.usecases.nominate import Nominate
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
from lti_tool.web.services import PageServices


def page_services(house: House, platforms: ManagePlatforms, tool: LtiTool, desk: WalletDesk) -> PageServices:
    """The services of one site; `tool` and `desk` are the site's own, because they hold caches and locks."""
    transactions, clock = house.transactions, house.clock
    check = make_check_badges(house)
    operator_token = admin_token(house.settings.admin_token_path)

    return PageServices(
        base_url=house.settings.base_url,
        clock=clock.now,
        find_session=partial(calls.find_session, house),
        find_registration=tool.registration_of,
        find_issuer=partial(calls.find_issuer, house),
        admission=Admission(transactions),
        page_token_for=house.secret.page_token,
        admin_token_matches=partial(calls.same_text, operator_token),
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
        await_first_reading=partial(calls.await_first_reading, house),
        check_upload=lambda data: check_upload(data).png,
        evidence_bytes=house.settings.evidence_file_max_bytes,
        check_evidence=partial(check_evidence, most_bytes=house.settings.evidence_file_max_bytes),
        evidence_file=ReadEvidenceFile(transactions),
        draw_badge=calls.drawn,
        wallet_offer=partial(calls.wallet_offer, house, desk),
        badge_files=partial(calls.badge_files, house, make_host_badge(house)),
        offline_file=partial(offline_file, house),
        certificate_file=partial(certificate_file, house),
        deep_linking_jwt=AnswerDeepLinking(house, tool),
        operations=partial(operations, house),
        revive=partial(revive, house),
    )


def _evidence_limits(house: House) -> EvidenceLimits:
    return EvidenceLimits(house.settings.evidence_file_max_bytes, house.settings.evidence_files_max)
