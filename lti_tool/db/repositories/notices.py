"""Notices as they came in, and the services that send them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from lti_tool.db.statements import insert_new, values_of
from lti_tool.db.tables import platform as t
from lti_tool.domain.notice import Notice, NoticeService, NoticeState, NoticeType


class SqlNotices:
    """Implements usecases.ports.Notices."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, notice: Notice) -> bool:
        values = values_of(notice, t.notices) | {"type": notice.type.value, "state": notice.state.value}
        return insert_new(self._connection, t.notices, values)

    def get(self, registration_id: str, notice_id: str) -> Notice | None:
        table = t.notices
        query = select(table).where(table.c.registration_id == registration_id, table.c.notice_id == notice_id)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return Notice(**dict(row._mapping) | {"type": NoticeType(row.type), "state": NoticeState(row.state)})

    def mark(self, registration_id: str, notice_id: str, state: NoticeState) -> None:
        table = t.notices
        statement = update(table).where(table.c.registration_id == registration_id, table.c.notice_id == notice_id)
        self._connection.execute(statement.values(state=state.value))

    def service(self, registration_id: str, deployment_id: str) -> NoticeService | None:
        table = t.deployments
        query = select(table).where(
            table.c.registration_id == registration_id,
            table.c.deployment_id == deployment_id,
            table.c.notice_service_url != "",
        )
        row = self._connection.execute(query).first()
        if row is None:
            return None
        types = tuple(row.notice_types)
        return NoticeService(registration_id, deployment_id, row.notice_service_url, types, row.notices_asked_at)

    def save_service(self, service: NoticeService) -> None:
        self._change(
            service.registration_id,
            service.deployment_id,
            notice_service_url=service.url,
            notice_types=list(service.types),
            notices_asked_at=service.asked_at,
        )

    def note_asked(self, registration_id: str, deployment_id: str, at: datetime) -> None:
        self._change(registration_id, deployment_id, notices_asked_at=at)

    def _change(self, registration_id: str, deployment_id: str, **values: object) -> None:
        table = t.deployments
        which = (table.c.registration_id == registration_id, table.c.deployment_id == deployment_id)
        self._connection.execute(update(table).where(*which).values(values))
