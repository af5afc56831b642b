"""The house, assembled from its settings: used alike by the web process, the worker, the command line and the tests."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from lti_tool.bootstrap.clock import SystemClock
from lti_tool.bootstrap.failpoints import Seams
from lti_tool.bootstrap.guarding import guarded
from lti_tool.bootstrap.issuers import keep_own_issuer
from lti_tool.bootstrap.key_places import keys_of
from lti_tool.bootstrap.key_ring import IssuerKeyRing
from lti_tool.bootstrap.notebook import Notebook
from lti_tool.bootstrap.platform_services import PlatformServices, make_platform_services
from lti_tool.bootstrap.secrets import ServerSecret
from lti_tool.bootstrap.signing import KeyRingSigner, LocalResolver, LocalVerifier
from lti_tool.bootstrap.together import done_together
from lti_tool.bootstrap.twins import SdJwtTwins
from lti_tool.bootstrap.watching import KeyFetches, tell_failure
from lti_tool.db.engine import Engine, is_away, make_engine
from lti_tool.db.job_queue import SqlJobQueue
from lti_tool.db.migrate import upgrade
from lti_tool.db.sealing import Sealer
from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.db.work_time import ClockTime, DatabaseTime, WorkTime
from lti_tool.delivery.gradebook import GradebookDelivery
from lti_tool.http import HttpSettings, OutgoingHttp
from lti_tool.jobs.wake import WakeUp
from lti_tool.keystore import Keys
from lti_tool.lti.settings import LtiSettings
from lti_tool.observability.failpoints import Watch, armed
from lti_tool.observability.metrics import Metrics
from lti_tool.settings import Settings
from lti_tool.usecases.apply_events import ApplyEvents
from lti_tool.usecases.check_handed_in import CheckHandedIn
from lti_tool.usecases.claim import ClaimBuilder
from lti_tool.usecases.draft_credential import DraftCredential
from lti_tool.usecases.endorse import Endorse
from lti_tool.usecases.evaluate_course import EvaluateCourse
from lti_tool.usecases.evaluate_learner import EvaluateLearner
from lti_tool.usecases.halt_issuing import IssueUnlessHalted
from lti_tool.usecases.ingest_events import IngestEvents
from lti_tool.usecases.issue_credential import IssueCredential
from lti_tool.usecases.keep_house import KeepHouse
from lti_tool.usecases.manage_issuers import ManageIssuers
from lti_tool.usecases.mass_awards import MassLimits, UndoBatch
from lti_tool.usecases.platform_circuit import PlatformCircuits
from lti_tool.usecases.ports import Clock, PublishedKey, Transactions
from lti_tool.usecases.probe_platform import ProbePlatform
from lti_tool.usecases.publish_status_list import PublishStatusList
from lti_tool.usecases.read_course import ReadCourse
from lti_tool.usecases.read_groups import ReadGroups
from lti_tool.usecases.receive_notice import HandleNotice
from lti_tool.usecases.recheck_badge import RecheckBadges
from lti_tool.usecases.regrade_award import ReviewAward
from lti_tool.usecases.renew_credential import RenewCredential, RenewUnlessHalted
from lti_tool.usecases.renew_endorsed import RenewEndorsed
from lti_tool.usecases.subscribe_notices import SubscribeNotices
from lti_tool.usecases.withdraw_badges import WithdrawAwards, WithdrawBadges
from lti_tool.usecases.withdraw_key import WithdrawKey
from lti_tool.usecases.work import Work


@dataclass(frozen=True, slots=True)
class House:
    """Everything that is one to a process."""

    settings: Settings
    clock: Clock
    engine: Engine
    transactions: SqlTransactions
    queue: SqlJobQueue
    wake: WakeUp
    # The Celery application where the setting `engine` asks for it; jobs.celery_engine knows its type.
    celery: Any
    secret: ServerSecret
    http: OutgoingHttp
    key_store: Keys
    key_ring: IssuerKeyRing
    signer: KeyRingSigner
    verifier: LocalVerifier
    claims: ClaimBuilder
    ingest: IngestEvents
    issue: IssueCredential
    renew: RenewCredential
    platform: PlatformServices
    metrics: Metrics
    notebook: Notebook
    fetches: KeyFetches
    seams: Seams

    @property
    def probe(self) -> ProbePlatform:
        """Finds out what a platform can do."""
        return ProbePlatform(self.transactions, self.clock, self.platform.probes)

    @property
    def issuers(self) -> ManageIssuers:
        """Who issues here."""
        return ManageIssuers(self.transactions, self.clock, self.settings.tenant, self.key_ring.new_identity)

    @property
    def endorse(self) -> Endorse:
        """Lets issuers here speak for badges and for one another."""
        return Endorse(self.transactions, self.clock, self.signer, self.claims, self.settings.tenant)

    @property
    def twins(self) -> SdJwtTwins:
        """Writes credentials as SD-JWTs."""
        secret = self.secret.derive("sd-jwt-salts")
        return SdJwtTwins(self.transactions, self.clock, self.key_ring, secret, self.settings.base_url)

    @property
    def publish_status_list(self) -> PublishStatusList:
        return PublishStatusList(self.transactions, self.clock, self.signer, self.settings.base_url)

    @property
    def withdraw_key(self) -> WithdrawKey:
        """For a key that was stolen."""
        return WithdrawKey(
            self.transactions,
            self.clock,
            self.key_ring.replace,
            self.issue,
            self.renew,
            self.publish_status_list,
            self.renew_endorsed,
        )

    @property
    def withdraw_badges(self) -> WithdrawBadges:
        """For an operator who has to take back many."""
        return WithdrawBadges(self.transactions, self.clock, self.settings.tenant, self.publish_status_list)

    @property
    def renew_endorsed(self) -> RenewEndorsed:
        return RenewEndorsed(self.transactions, self.endorse)

    @property
    def mass_limits(self) -> MassLimits:
        """What a mass award is here."""
        return MassLimits(self.settings.mass_award_size, timedelta(seconds=self.settings.undo_seconds))

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Who does which kind of work."""
        from lti_tool.bootstrap.checking import make_check_badges  # which needs the house itself

        services = self.platform
        read_every = timedelta(seconds=self.settings.read_every_seconds)
        groups = ReadGroups(self.transactions, self.clock, services.groups, self.ingest) if services.groups else None
        read_course = ReadCourse(
            self.transactions, self.clock, services.roster, services.sources, self.ingest, read_every, groups
        )
        gradebook = GradebookDelivery(self.platform.gradebook, self.transactions, self.clock)
        return {
            Work.APPLY_EVENTS: ApplyEvents(self.transactions, self.clock, is_away, tell_failure),
            Work.EVALUATE_LEARNER: EvaluateLearner(self.transactions, self.clock),
            Work.EVALUATE_COURSE: EvaluateCourse(self.transactions, self.clock, self.mass_limits),
            Work.ISSUE_CREDENTIAL: IssueUnlessHalted(self.issue),
            Work.RENEW_CREDENTIAL: RenewUnlessHalted(self.renew, self.transactions, self.clock),
            Work.RENEW_ENDORSED: self.renew_endorsed,
            Work.REVIEW_AWARD: ReviewAward(self.transactions, self.clock),
            Work.CHECK_HANDED_IN: CheckHandedIn(self.transactions, self.clock, make_check_badges(self)),
            Work.UNDO_BATCH: UndoBatch(self.transactions, self.clock),
            Work.WITHDRAW_AWARDS: WithdrawAwards(self.transactions, self.clock),
            Work.DELIVER_TO_GRADEBOOK: gradebook.deliver,
            Work.RENAME_COLUMN: gradebook.rename,
            Work.LOOK_AT_COLUMN: gradebook.look_at_column,
            Work.PUBLISH_STATUS_LIST: self.publish_status_list,
            Work.READ_COURSE: read_course,
            Work.PROBE_PLATFORM: self.probe,
            Work.SUBSCRIBE_NOTICES: SubscribeNotices(
                self.transactions, self.clock, self.platform.notices, LtiSettings(self.settings.base_url).notices_url
            ),
            Work.HANDLE_NOTICE: HandleNotice(self.transactions, self.clock),
            Work.KEEP_HOUSE: KeepHouse(self.transactions, self.clock),
        }

    def handlers_together(self) -> dict[str, Callable[..., Any]]:
        """Who does several pieces of one kind of work at once."""
        return done_together(EvaluateLearner(self.transactions, self.clock), IssueUnlessHalted(self.issue))

    def prepare(self) -> None:
        """Schema, keys, the tenant's issuer. Can be repeated, and by two processes at once."""
        if self.engine.dialect.name == "sqlite":
            self.settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            _close_to_others(self.engine.url.database)
        upgrade(self.engine)
        self.key_store.ensure()
        keep_own_issuer(self.settings, self.transactions)
        self.remember_keys()

    def remember_keys(self) -> None:
        """Stores the public half of every key of badges in the database, from where it is published for ever."""
        with self.transactions() as unit:
            known = {key.kid for key in unit.key_history.all()}
            unit.key_history.add(key for key in self.key_ring.everything() if key.kid not in known)
            unit.commit()


def assemble(
    settings: Settings,
    clock: Clock | None = None,
    http: OutgoingHttp | None = None,
    platform: PlatformServices | None = None,
    work_time: WorkTime | None = None,
    watch: Watch | None = None,
) -> House:
    """Builds the house. Touches no disk but the server's secrets, and no network; `prepare` does the rest.

    Tests hand in a clock, an HTTP session or the platform's services of their own, and `watch` failpoints. Work goes by
    the clock that is handed in, else by the database's.
    """
    work_time = work_time or (ClockTime(clock) if clock else DatabaseTime())
    clock = clock or SystemClock()
    seams = Seams(watch or armed(os.environ, allowed=settings.allow_failpoints))
    http = seams.http(http or OutgoingHttp(HttpSettings(allowed_private_hosts=settings.allowed_private_hosts)))
    wake = WakeUp()
    engine = make_engine(settings.database)
    key_secret = settings.key_secret
    celery, tell = _messages(settings, wake)
    transactions = seams.transactions(SqlTransactions(engine, clock, tell, Sealer(key_secret), work_time))
    key_store = keys_of(settings, clock)
    ring = IssuerKeyRing(key_store, settings.base_url, partial(_key_history, transactions))
    signer = seams.signer(KeyRingSigner(ring))
    claims = ClaimBuilder(settings.base_url)
    verifier = LocalVerifier(LocalResolver(transactions, ring, settings.base_url), clock)
    draft = DraftCredential(signer, claims)
    recheck = RecheckBadges(transactions, clock, signer, verifier)
    notebook, fetches = Notebook(transactions, clock), KeyFetches(transactions, clock)
    platform = platform or make_platform_services(
        transactions, clock, http, key_store, notebook, fetches, settings.base_url
    )
    return House(
        settings=settings,
        clock=clock,
        engine=engine,
        transactions=transactions,
        queue=seams.queue(SqlJobQueue(engine, work_time)),
        wake=wake,
        celery=celery,
        secret=ServerSecret(settings.keys_dir),
        http=http,
        key_store=key_store,
        key_ring=ring,
        signer=signer,
        verifier=verifier,
        claims=claims,
        ingest=IngestEvents(transactions, clock, settings.mass_award_size, is_away),
        metrics=Metrics(),
        issue=IssueCredential(transactions, clock, signer, claims, draft, recheck),
        renew=RenewCredential(transactions, clock, signer, draft, recheck),
        platform=guarded(platform, PlatformCircuits(transactions, random.random)),
        notebook=notebook,
        fetches=fetches,
        seams=seams,
    )


def _key_history(transactions: Transactions) -> list[PublishedKey]:
    with transactions(write=False, brief=True) as unit:
        return unit.key_history.all()


def _close_to_others(database: str | None) -> None:
    """Before the first connection: it holds names, grades and the secrets of webhooks, and SQLite gives its journals
    the mode that the file has when they are made."""
    if database:
        Path(database).touch(mode=0o600)
        Path(database).chmod(0o600)


def _messages(settings: Settings, wake: WakeUp) -> tuple[Any, Callable[[Set[str]], None]]:
    """The Celery application, if there is one, and who is told that work was added."""
    if settings.engine == "embedded":
        return None, wake
    from lti_tool.jobs.celery_engine import CeleryWakeUp, make_app

    celery = make_app(settings.redis_url)
    return celery, CeleryWakeUp(celery, otherwise=wake)
