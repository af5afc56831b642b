"""What signed credentials beside badges state: a learner's record of badges, and somebody's endorsement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.credential import IssuerProfile


@dataclass(frozen=True, slots=True)
class RecordClaim:
    """Several badges of one learner. `badges`: the JSON texts of signed credentials, which stay as they are. `partial`:
    there are more, in other records."""

    record_id: str
    issuer: IssuerProfile
    recipient_id: str
    name: str
    valid_from: datetime
    badges: tuple[str, ...]
    partial: bool = False


@dataclass(frozen=True, slots=True)
class EndorsementClaim:
    """`endorser` speaks for `about`: the address of an achievement, or the identity of an issuer."""

    endorsement_id: str
    endorser: IssuerProfile
    about: str
    comment: str
    valid_from: datetime
