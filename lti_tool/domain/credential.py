"""What a badge credential states, and what came of checking one. Plain values: no format, no key, no network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ImageRef:
    """An image by address (https or data URI) and the words that stand for it."""

    id: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class IssuerProfile:
    """Who issues. `id` is a DID or an https profile address; `name` is what wallets show; `parent` the organisation
    that it belongs to. `endorsements`: signed credentials as JSON texts."""

    id: str
    name: str
    url: str = ""
    image: ImageRef | None = None
    email: str = ""
    description: str = ""
    parent: IssuerProfile | None = None
    endorsements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HashedEmail:
    """A salted hash of an e-mail address: `hash` is ``sha256$`` and 64 hex digits over address then salt."""

    hash: str
    salt: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who earned it. `id` is a wallet DID or a stable ``urn:uuid:``; `name` only with the learner's consent."""

    id: str
    name: str = ""
    email: HashedEmail | None = None


@dataclass(frozen=True, slots=True)
class SkillAlignment:
    """One entry of a skill framework that the achievement is aligned to (CASE, CTDL, ESCO …)."""

    target_name: str
    target_url: str
    target_type: str = ""
    target_code: str = ""
    framework: str = ""


@dataclass(frozen=True, slots=True)
class ResultLevel:
    """A level that a result can reach (RubricCriterionLevel in Open Badges 3.0)."""

    id: str
    name: str
    points: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ResultScale:
    """How a result is to be read. Numbers are strings, as Open Badges 3.0 has them. `levels`: the lowest first;
    `required_level` is the id of one of them."""

    id: str
    name: str
    result_type: str
    value_min: str = ""
    value_max: str = ""
    required_value: str = ""
    levels: tuple[ResultLevel, ...] = ()
    required_level: str = ""


@dataclass(frozen=True, slots=True)
class AchievementFacts:
    """What was achieved, as of one version of the badge. At least one of the two criteria members is given.
    `endorsements`: signed credentials as JSON texts."""

    id: str
    name: str
    description: str
    criteria_narrative: str = ""
    criteria_url: str = ""
    image: ImageRef | None = None
    achievement_type: str = "Badge"
    tags: tuple[str, ...] = ()
    version: str = ""
    result_scales: tuple[ResultScale, ...] = ()
    alignments: tuple[SkillAlignment, ...] = ()
    endorsements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One piece of evidence; `id` is an address where it can be seen, where there is one."""

    name: str
    narrative: str = ""
    genre: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class ResultValue:
    """One result. `scale_id` names a `ResultScale` of the achievement ("" where the value explains itself), `level_id`
    the level of it that was reached."""

    value: str
    scale_id: str = ""
    level_id: str = ""


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Where to look whether the badge was withdrawn: a list's address and the badge's place on it. `purpose` is
    "revocation", or "suspension" for what can be taken back (Bitstring Status List 1.0, 2.1)."""

    list_url: str
    index: int
    purpose: str = "revocation"


@dataclass(frozen=True, slots=True)
class BadgeClaim:
    """All that one badge credential says, before it is written down and signed.

    `credential_id` is a ``urn:uuid:``. Times are timezone-aware; the credential carries whole UTC seconds.
    `awarded_date` stays when a badge is issued anew, `valid_from` moves (Open Badges 3.0, "equality").
    """

    credential_id: str
    issuer: IssuerProfile
    recipient: Recipient
    achievement: AchievementFacts
    valid_from: datetime
    awarded_date: datetime
    status: StatusEntry
    valid_until: datetime | None = None
    evidence: tuple[EvidenceItem, ...] = ()
    results: tuple[ResultValue, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedBadge:
    """One badge, signed twice: `document` and its text `json` carry an embedded proof, `jwt` is compact; "" where the
    issuer has no key for JWTs."""

    document: dict[str, object]
    json: str
    jwt: str


class CheckOutcome(StrEnum):
    """A check that did not run is never counted as passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


class CheckName(StrEnum):
    """The separate questions a verifier asks, in the order they are answered."""

    READABLE = "readable"
    SCHEMA = "schema"
    SIGNATURE = "signature"
    ISSUER_KEY = "issuer_key"
    STATUS = "status"
    DATES = "dates"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to one question: a stable dotted `code` for programs, one plain `sentence` for people."""

    name: CheckName
    outcome: CheckOutcome
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """A piece of evidence as the credential states it."""

    name: str
    narrative: str
    url: str


@dataclass(frozen=True, slots=True)
class HashedIdentity:
    """A salted hash of who earned it: ``sha256$`` and hex over the identity then the salt, as the credential has it."""

    hash: str
    salt: str


@dataclass(frozen=True, slots=True)
class EndorsementCheck:
    """What came of checking one endorsement. `name` and `comment` are what it says; believe them where it passed."""

    name: str
    comment: str
    outcome: CheckOutcome
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ContainedCheck:
    """What came of checking one badge inside a record: its name, and why it does not hold, where it does not."""

    name: str
    outcome: CheckOutcome
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """What the credential says about itself. Believe it only as far as the checks beside it go."""

    credential_id: str
    issuer_id: str
    issuer_name: str
    recipient_id: str
    recipient_name: str
    achievement_id: str
    achievement_name: str
    achievement_description: str
    criteria_narrative: str
    criteria_url: str
    image_url: str
    image_caption: str
    evidence: tuple[EvidenceFact, ...]
    awarded_date: str
    valid_from: str
    valid_until: str
    identities: tuple[HashedIdentity, ...] = ()
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """Every check once, in the order of `CheckName`, and the facts where the credential could be read. `contents`: of a
    record of badges, each of them; the checks speak of the record alone."""

    checks: tuple[CheckResult, ...]
    facts: BadgeFacts | None
    form: str
    endorsements: tuple[EndorsementCheck, ...] = ()
    contents: tuple[ContainedCheck, ...] = ()

    @property
    def valid(self) -> bool:
        """True only when every check ran and passed, of what is inside a record too."""
        outcomes = [one.outcome for one in self.checks] + [one.outcome for one in self.contents]
        return len(self.checks) == len(CheckName) and set(outcomes) == {CheckOutcome.PASSED}

    @property
    def failed(self) -> bool:
        """True when at least one check ran and did not hold. Neither valid nor failed means: not known."""
        return any(check.outcome is CheckOutcome.FAILED for check in self.checks)

    def check(self, name: CheckName) -> CheckResult:
        """The result of one check."""
        return next(result for result in self.checks if result.name is name)
