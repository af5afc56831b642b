"""How the tables that a course's teachers upload are to be read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from lti_tool.db.statements import upsert
from lti_tool.db.tables.sources import upload_columns


class SqlUploadColumns:
    """Implements usecases.ports.UploadColumns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, course_id: str) -> dict[str, str]:
        query = select(upload_columns.c.columns).where(upload_columns.c.course_id == course_id)
        return dict(self._connection.execute(query).scalar() or {})

    def save(self, course_id: str, columns: dict[str, str], at: datetime) -> None:
        upsert(self._connection, upload_columns, {"course_id": course_id, "columns": columns, "saved_at": at})
