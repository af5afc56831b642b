"""One database transaction with its repositories."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, Engine

from lti_tool.db import engine as storage
from lti_tool.db.fence import require_held
from lti_tool.db.pending import Pending
from lti_tool.db.repositories.achievements import SqlAchievements
from lti_tool.db.repositories.api_grants import SqlApiGrants
from lti_tool.db.repositories.api_keys import SqlApiKeys
from lti_tool.db.repositories.award_batches import SqlAwardBatches, SqlLearnerNotices
from lti_tool.db.repositories.awards import SqlAwards
from lti_tool.db.repositories.circuits import SqlCircuits
from lti_tool.db.repositories.copies import SqlCopies
from lti_tool.db.repositories.courses import SqlCourses
from lti_tool.db.repositories.credentials import SqlCredentials
from lti_tool.db.repositories.delivery import SqlDeliveries, SqlPublicPages, SqlWalletOffers
from lti_tool.db.repositories.duties import SqlDuties
from lti_tool.db.repositories.endorsements import SqlEndorsements
from lti_tool.db.repositories.evidence_files import SqlEvidenceFiles
from lti_tool.db.repositories.freshness import SqlHearings, SqlSweeps
from lti_tool.db.repositories.halts import SqlHalts
from lti_tool.db.repositories.handed_in import SqlHandedInBadges
from lti_tool.db.repositories.images import SqlImages
from lti_tool.db.repositories.issuers import SqlIssuers
from lti_tool.db.repositories.key_history import SqlKeyHistory
from lti_tool.db.repositories.learning import SqlInbox, SqlRefusedEvents
from lti_tool.db.repositories.leases import SqlLeases
from lti_tool.db.repositories.ledger import SqlLedger
from lti_tool.db.repositories.nominations import SqlNominations
from lti_tool.db.repositories.notices import SqlNotices
from lti_tool.db.repositories.observations import SqlObservations
from lti_tool.db.repositories.outbox import SqlOutbox
from lti_tool.db.repositories.people import SqlPeople
from lti_tool.db.repositories.records import SqlRecords
from lti_tool.db.repositories.registrations import SqlRegistrations
from lti_tool.db.repositories.sessions import SqlLaunchSessions, SqlNonces
from lti_tool.db.repositories.source_credentials import SqlSourceCredentials
from lti_tool.db.repositories.status_lists import SqlStatusLists
from lti_tool.db.repositories.upload_columns import SqlUploadColumns
from lti_tool.db.sealing import Sealer
from lti_tool.db.work_time import DatabaseTime, WorkTime, read
from lti_tool.usecases.ports import Clock


class SqlUnitOfWork:
    """Implements usecases.ports.UnitOfWork over one connection; repositories are made when first asked for."""

    def __init__(self, connection: Connection, clock: Clock, time: WorkTime, sealer: Sealer) -> None:
        self._connection = connection
        self._time = time
        self._sealer = sealer
        self._pending = Pending(connection)
        self.outbox = SqlOutbox(connection, clock, time)
        self.ledger = SqlLedger(connection)
        self.committed = False

    def commit(self) -> None:
        self._pending.write()
        self.outbox.write()
        require_held(self._connection)
        self.ledger.seal()
        self._connection.commit()
        self.committed = True

    @property
    def changed_platforms(self) -> bool:
        return "registrations" in self.__dict__ and self.registrations.changed

    def work_time(self) -> datetime:
        return read(self._connection, self._time)

    @cached_property
    def registrations(self) -> SqlRegistrations:
        return SqlRegistrations(self._connection, self._sealer)

    @cached_property
    def issuers(self) -> SqlIssuers:
        return SqlIssuers(self._connection)

    @cached_property
    def endorsements(self) -> SqlEndorsements:
        return SqlEndorsements(self._connection)

    @cached_property
    def key_history(self) -> SqlKeyHistory:
        return SqlKeyHistory(self._connection)

    @cached_property
    def observations(self) -> SqlObservations:
        return SqlObservations(self._connection)

    @cached_property
    def notices(self) -> SqlNotices:
        return SqlNotices(self._connection)

    @cached_property
    def courses(self) -> SqlCourses:
        return SqlCourses(self._connection)

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self._connection)

    @cached_property
    def duties(self) -> SqlDuties:
        return SqlDuties(self._connection)

    @cached_property
    def inbox(self) -> SqlInbox:
        return SqlInbox(self._connection, self.outbox)

    @cached_property
    def refused_events(self) -> SqlRefusedEvents:
        return SqlRefusedEvents(self._connection)

    @cached_property
    def halts(self) -> SqlHalts:
        return SqlHalts(self._connection)

    @cached_property
    def circuits(self) -> SqlCircuits:
        return SqlCircuits(self._connection)

    @cached_property
    def leases(self) -> SqlLeases:
        return SqlLeases(self._connection, self._time)

    @cached_property
    def records(self) -> SqlRecords:
        return SqlRecords(self._connection, self._pending)

    @cached_property
    def sweeps(self) -> SqlSweeps:
        return SqlSweeps(self._connection)

    @cached_property
    def hearings(self) -> SqlHearings:
        return SqlHearings(self._connection)

    @cached_property
    def achievements(self) -> SqlAchievements:
        return SqlAchievements(self._connection, self.ledger)

    @cached_property
    def nominations(self) -> SqlNominations:
        return SqlNominations(self._connection)

    @cached_property
    def evidence_files(self) -> SqlEvidenceFiles:
        return SqlEvidenceFiles(self._connection)

    @cached_property
    def handed_in(self) -> SqlHandedInBadges:
        return SqlHandedInBadges(self._connection)

    @cached_property
    def copies(self) -> SqlCopies:
        return SqlCopies(self._connection)

    @cached_property
    def images(self) -> SqlImages:
        return SqlImages(self._connection)

    @cached_property
    def awards(self) -> SqlAwards:
        return SqlAwards(self._connection, self._pending, self.ledger)

    @cached_property
    def award_batches(self) -> SqlAwardBatches:
        return SqlAwardBatches(self._connection)

    @cached_property
    def learner_notices(self) -> SqlLearnerNotices:
        return SqlLearnerNotices(self._connection, self._pending)

    @cached_property
    def credentials(self) -> SqlCredentials:
        return SqlCredentials(self._connection, self._pending)

    @cached_property
    def status_lists(self) -> SqlStatusLists:
        return SqlStatusLists(self._connection)

    @cached_property
    def deliveries(self) -> SqlDeliveries:
        return SqlDeliveries(self._connection)

    @cached_property
    def public_pages(self) -> SqlPublicPages:
        return SqlPublicPages(self._connection)

    @cached_property
    def wallet_offers(self) -> SqlWalletOffers:
        return SqlWalletOffers(self._connection)

    @cached_property
    def source_credentials(self) -> SqlSourceCredentials:
        return SqlSourceCredentials(self._connection, self._sealer)

    @cached_property
    def api_keys(self) -> SqlApiKeys:
        return SqlApiKeys(self._connection)

    @cached_property
    def upload_columns(self) -> SqlUploadColumns:
        return SqlUploadColumns(self._connection)

    @cached_property
    def api_grants(self) -> SqlApiGrants:
        return SqlApiGrants(self._connection, self._sealer)

    @cached_property
    def nonces(self) -> SqlNonces:
        return SqlNonces(self._connection)

    @cached_property
    def launch_sessions(self) -> SqlLaunchSessions:
        return SqlLaunchSessions(self._connection)


class SqlTransactions:
    """Opens units of work. `wake` is called after a commit that added due work to the outbox, with its kinds; `sealer`
    encrypts secrets at rest; `time` is the clock that work goes by."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        wake: Callable[[Set[str]], None] = lambda _: None,
        sealer: Sealer | None = None,
        time: WorkTime | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._wake = wake
        self._sealer = sealer or Sealer()
        self._time = time or DatabaseTime()
        self.platform_changes = 0
        self._counting = threading.Lock()
        # SQLite has one writer; its busy handler starves some of those who wait, a lock serves them in turn.
        self._writer = threading.Lock() if engine.dialect.name == "sqlite" else None
        # BEGIN and its end around one statement are two more round trips to PostgreSQL; SQLite has none.
        self.autocommits = engine.dialect.name == "postgresql"
        self._bare = {"isolation_level": "AUTOCOMMIT"} if self.autocommits else {}

    @contextmanager
    def __call__(
        self, *, write: bool = True, durable: bool = True, leads: bool = False, brief: bool = False
    ) -> Iterator[SqlUnitOfWork]:
        # What this process writes to its own file is flushed in its order, and who crashes does so with all of it. A
        # server that is killed forgets what it had not flushed and, started again, takes what comes next.
        flushes = durable and not (leads and self._writer is not None)
        with self._turn() if write else nullcontext(), self._engine.connect() as connection:
            marked = connection.execution_options(write=write, durable=flushes, **(self._bare if brief else {}))
            unit = SqlUnitOfWork(marked, self._clock, self._time, self._sealer)
            yield unit
        if unit.committed and unit.changed_platforms:
            with self._counting:
                self.platform_changes += 1
        if unit.committed and unit.outbox.added:
            self._wake(unit.outbox.added)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Nobody waits for ever, as many who wait one after another for a busy file would."""
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(timeout=storage.BUSY_TIMEOUT_MS / 1000):
            raise storage.busy()
        try:
            yield
        finally:
            self._writer.release()
