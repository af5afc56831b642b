"""What the pages need of the rest of the house, assembled by bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.domain.evidence import CheckedFile
from lti_tool.domain.issuer import Issuer
from lti_tool.domain.platform import Registration
from lti_tool.usecases.admission import Admission
from lti_tool.usecases.ask_reading import AskReading
from lti_tool.usecases.award_by_hand import AwardByHand
from lti_tool.usecases.badges_elsewhere import BadgesElsewhere
from lti_tool.usecases.check_badges import CheckBadges
from lti_tool.usecases.connect_canvas import ConnectCanvas
from lti_tool.usecases.copy_course import CopyCourse
from lti_tool.usecases.course_badges import CourseBadges
from lti_tool.usecases.decide_award import ApproveLearner, KeepAward, LiftRevocation, RevokeAward
from lti_tool.usecases.dry_run import DryRun
from lti_tool.usecases.edit_achievement import EditAchievement
from lti_tool.usecases.endorse import Endorse
from lti_tool.usecases.entrust import Entrust
from lti_tool.usecases.export_record import ExportRecord
from lti_tool.usecases.halt_issuing import HaltIssuing
from lti_tool.usecases.hand_in_badge import HandInBadge
from lti_tool.usecases.learner_badges import LearnerBadges
from lti_tool.usecases.learner_card import ReadLearnerCard
from lti_tool.usecases.manage_issuers import ManageIssuers
from lti_tool.usecases.manage_platforms import ManagePlatforms
from lti_tool.usecases.mass_awards import DecideMassAward, MassLimits
from lti_tool.usecases.mend_drift import MendDrift
from lti_tool.usecases.mend_events import MendEvents
from lti_tool.usecases.nominate import Nominate
from lti_tool.usecases.ports import LaunchSession
from lti_tool.usecases.probe_platform import RequestProbe
from lti_tool.usecases.read_evidence import ReadEvidenceFile
from lti_tool.usecases.read_ledger import ReadLedger
from lti_tool.usecases.read_versions import ReadVersions
from lti_tool.usecases.register_by_hand import RegisterByHand
from lti_tool.usecases.renew_credential import NameOnBadge
from lti_tool.usecases.replay_rule import ReplayRule
from lti_tool.usecases.review_copy import ReviewCopy
from lti_tool.usecases.review_evidence import ReviewEvidence
from lti_tool.usecases.set_issuing import SetIssuing
from lti_tool.usecases.share_badge import ShareBadge
from lti_tool.usecases.source_keys import ManageSourceKeys
from lti_tool.usecases.upload_records import UploadRecords
from lti_tool.usecases.view_freshness import ViewFreshness


@dataclass(frozen=True, slots=True)
class WalletLink:
    """A fresh wallet offer: `uri` (openid-credential-offer://…) for QR code and button, and when it ends."""

    uri: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PageServices:
    """Everything that the pages for people call.

    `find_session(id)`, `find_registration(id)`, `find_issuer(its DID or address)`: None when unknown or expired.
    `page_token_for(session id)`: the token that a page of that session carries. `admin_token_matches(text)`: whether it
    is the operator's sign-in token. `check_evidence(bytes, name)`: a file of evidence that may be kept, of at most
    `evidence_bytes` (0: none are taken); raises `evidence.*`, `image.*`. `check_upload(bytes) -> PNG bytes`,
    `draw_badge("colour/shape/symbol") -> PNG bytes`; both raise `image.*`. `wallet_offer(award id)`;
    `badge_files(award id) -> {"json"|"jwt"|"png": (name, type, bytes)}`, and `offline_file(award id) -> (name, type,
    bytes)` is the page to keep, `certificate_file` likewise the one to print.
    `deep_linking_jwt(session, items) -> JWT text`, once a session; items are dicts {"title", "text", "url", "custom",
    "icon"?, "column"?}, a column {"achievement_id", "label"} or None. Raises `dl.reply_used`, `dl.reply_invalid`.
    `await_first_reading(course id)` returns when the course has been read once, or after a moment in any case.
    `operations() -> dict` for the health page: outbox depth by state, oldest waiting, what was set aside.
    `revive(number of the work, or None for all that was set aside)` has it done anew.
    """

    base_url: str
    clock: Callable[[], datetime]
    find_session: Callable[[str], LaunchSession | None]
    find_registration: Callable[[str], Registration | None]
    find_issuer: Callable[[str], Issuer | None]
    admission: Admission
    page_token_for: Callable[[str], str]
    admin_token_matches: Callable[[str], bool]
    cookie_secret: bytes
    learner: LearnerBadges
    record: ExportRecord
    learner_card: ReadLearnerCard
    ledger: ReadLedger
    replay: ReplayRule
    versions: ReadVersions
    copies: CopyCourse
    badges_elsewhere: BadgesElsewhere
    review_copy: ReviewCopy
    course: CourseBadges
    dry_run: DryRun
    edit: EditAchievement
    drift: MendDrift
    revoke: RevokeAward
    keep: KeepAward
    lift: LiftRevocation
    mass: DecideMassAward
    mass_limits: MassLimits
    approve: ApproveLearner
    award_by_hand: AwardByHand
    nominate: Nominate
    review: ReviewEvidence
    hand_in_badge: HandInBadge
    entrust: Entrust
    share: ShareBadge
    name_on_badge: NameOnBadge
    check: CheckBadges
    platforms: ManagePlatforms
    by_hand: RegisterByHand
    canvas: ConnectCanvas
    set_issuing: SetIssuing
    mend: MendEvents
    halt: HaltIssuing
    issuers: ManageIssuers
    endorse: Endorse
    source_keys: ManageSourceKeys
    ask_reading: AskReading
    upload: UploadRecords
    freshness: ViewFreshness
    check_platform: RequestProbe
    await_first_reading: Callable[[str], None]
    check_upload: Callable[[bytes], bytes]
    evidence_bytes: int
    check_evidence: Callable[[bytes, str], CheckedFile]
    evidence_file: ReadEvidenceFile
    draw_badge: Callable[[str], bytes]
    wallet_offer: Callable[[str], WalletLink]
    badge_files: Callable[[str], dict[str, tuple[str, str, bytes]]]
    certificate_file: Callable[[str], tuple[str, str, bytes]]
    offline_file: Callable[[str], tuple[str, str, bytes]]
    deep_linking_jwt: Callable[[LaunchSession, list[dict[str, Any]]], str]
    operations: Callable[[], dict[str, Any]]
    revive: Callable[[int | None], None]
