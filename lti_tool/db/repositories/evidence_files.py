"""Contents of the files that learners hand in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, null, select, update

from lti_tool.db.statements import insert_new
from lti_tool.db.tables import reviews as t
from lti_tool.domain.evidence import EvidenceFile


class SqlEvidenceFiles:
    """Implements usecases.ports.EvidenceFiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, nomination_id: str, file: EvidenceFile, content: bytes, at: datetime) -> None:
        values = {"nomination_id": nomination_id, "content": content, "added_at": at}
        insert_new(self._connection, t.evidence_files, values | file.to_json())

    def get(self, nomination_id: str, file_id: str) -> tuple[EvidenceFile, bytes] | None:
        table = t.evidence_files.c
        query = select(t.evidence_files).where(table.id == file_id, table.nomination_id == nomination_id)
        row = self._connection.execute(query).first()
        return (EvidenceFile(row.id, row.name, row.media_type, row.size), row.content) if row else None

    def count(self, course_id: str, person_id: str) -> int:
        table = t.nominations.c
        query = select(func.count()).select_from(t.evidence_files.join(t.nominations))
        found = self._connection.execute(query.where(table.course_id == course_id, table.person_id == person_id))
        return int(found.scalar_one())

    def erase(self, person_id: str) -> None:
        hers = select(t.nominations.c.id).where(t.nominations.c.person_id == person_id)
        self._connection.execute(delete(t.evidence_files).where(t.evidence_files.c.nomination_id.in_(hers)))
        self._connection.execute(
            update(t.nomination_steps).where(t.nomination_steps.c.nomination_id.in_(hers)).values(file=null())
        )
        self._connection.execute(
            update(t.nominations).where(t.nominations.c.person_id == person_id).values(file=null())
        )
