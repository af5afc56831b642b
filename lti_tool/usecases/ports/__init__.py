"""What the use cases need of the outside, as Protocols. bootstrap gives them their concrete classes."""

from lti_tool.usecases.ports.badges import (
    Achievements,
    Awards,
    Credentials,
    HistoryEntry,
    Images,
    StatusList,
    StatusLists,
    StoredCredential,
)
from lti_tool.usecases.ports.delivery import Deliveries, Delivery, PublicPage, PublicPages, WalletOffer, WalletOffers
from lti_tool.usecases.ports.learning import (
    EventConflict,
    Inbox,
    Parked,
    Records,
    RefusedEvent,
    RefusedEvents,
    StoredEvent,
)
from lti_tool.usecases.ports.notices import NoticeHandlers, Notices
from lti_tool.usecases.ports.observations import Observations, PlatformProbe
from lti_tool.usecases.ports.platforms import (
    CourseReading,
    Courses,
    Issuer,
    Issuers,
    LaunchSession,
    LaunchSessions,
    Nonces,
    People,
    Registrations,
)
from lti_tool.usecases.ports.services import CourseNews, CourseSource, Gradebook, Member, Roster, ServiceTokens
from lti_tool.usecases.ports.signing import BadgeSigner, BadgeVerifier, SigningKeyIds
from lti_tool.usecases.ports.sources import SourceCredential, SourceCredentials
from lti_tool.usecases.ports.work import Clock, Halt, Halts, Job, Outbox, Transactions, UnitOfWork

__all__ = [
    "Achievements",
    "Awards",
    "BadgeSigner",
    "BadgeVerifier",
    "Clock",
    "CourseNews",
    "CourseReading",
    "CourseSource",
    "Courses",
    "Credentials",
    "Deliveries",
    "Delivery",
    "EventConflict",
    "Gradebook",
    "Halt",
    "Halts",
    "HistoryEntry",
    "Images",
    "Inbox",
    "Issuer",
    "Issuers",
    "Job",
    "LaunchSession",
    "LaunchSessions",
    "Member",
    "Nonces",
    "NoticeHandlers",
    "Notices",
    "Observations",
    "Outbox",
    "Parked",
    "People",
    "PlatformProbe",
    "PublicPage",
    "PublicPages",
    "Records",
    "RefusedEvent",
    "RefusedEvents",
    "Registrations",
    "Roster",
    "ServiceTokens",
    "SigningKeyIds",
    "SourceCredential",
    "SourceCredentials",
    "StatusList",
    "StatusLists",
    "StoredCredential",
    "StoredEvent",
    "Transactions",
    "UnitOfWork",
    "WalletOffer",
    "WalletOffers",
]
