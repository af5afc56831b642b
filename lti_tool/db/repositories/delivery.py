"""How far badges got: deliveries, public pages, wallet offers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from lti_tool.db.statements import upsert, values_of
from lti_tool.db.tables import delivery as t
from lti_tool.db.tables.badges import achievements
from lti_tool.usecases.ports import Delivery, PublicPage, WalletOffer


class SqlDeliveries:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, delivery: Delivery) -> None:
        upsert(self._connection, t.deliveries, values_of(delivery, t.deliveries))

    def of_award(self, award_id: str) -> list[Delivery]:
        query = select(t.deliveries).where(t.deliveries.c.award_id == award_id)
        return [Delivery(**row._mapping) for row in self._connection.execute(query)]

    def column(self, achievement_id: str) -> str | None:
        table = t.gradebook_columns
        query = select(table.c.lineitem_url).where(table.c.achievement_id == achievement_id)
        return self._connection.execute(query).scalar()

    def columns_of_course(self, course_id: str) -> list[str]:
        columns, badges = t.gradebook_columns, achievements
        query = select(columns.c.lineitem_url).join(badges, badges.c.id == columns.c.achievement_id)
        query = query.where(badges.c.course_id == course_id).order_by(columns.c.lineitem_url)
        return list(self._connection.execute(query).scalars())

    def save_column(self, achievement_id: str, lineitem_url: str) -> None:
        row = {"achievement_id": achievement_id, "lineitem_url": lineitem_url}
        upsert(self._connection, t.gradebook_columns, row)

    def posted_at(self, achievement_id: str, subject: str) -> datetime | None:
        table = t.posted_scores
        query = select(table.c.timestamp).where(table.c.achievement_id == achievement_id, table.c.subject == subject)
        return self._connection.execute(query).scalar()

    def save_posted_at(self, achievement_id: str, subject: str, at: datetime) -> None:
        row = {"achievement_id": achievement_id, "subject": subject, "timestamp": at}
        upsert(self._connection, t.posted_scores, row)


class SqlPublicPages:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, token: str) -> PublicPage | None:
        return self._first(t.public_pages.c.token == token)

    def of_award(self, award_id: str) -> PublicPage | None:
        return self._first(t.public_pages.c.award_id == award_id, t.public_pages.c.stopped_at.is_(None))

    def _first(self, *conditions: Any) -> PublicPage | None:
        row = self._connection.execute(select(t.public_pages).where(*conditions)).first()
        return PublicPage(**row._mapping) if row else None

    def save(self, page: PublicPage) -> None:
        upsert(self._connection, t.public_pages, values_of(page, t.public_pages))


class SqlWalletOffers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, offer: WalletOffer) -> None:
        self._connection.execute(insert(t.wallet_offers).values(values_of(offer, t.wallet_offers)))

    def get(self, offer_id: str) -> WalletOffer | None:
        return self._first(t.wallet_offers.c.id == offer_id)

    def by_code(self, code_hash: str) -> WalletOffer | None:
        return self._first(t.wallet_offers.c.code_hash == code_hash)

    def by_access_token(self, token_hash: str) -> WalletOffer | None:
        return self._first(t.wallet_offers.c.access_token_hash == token_hash) if token_hash else None

    def by_notification(self, notification_id: str) -> WalletOffer | None:
        return self._first(t.wallet_offers.c.notification_id == notification_id) if notification_id else None

    def latest_of_award(self, award_id: str) -> WalletOffer | None:
        return self._first(t.wallet_offers.c.award_id == award_id)

    def _first(self, condition: Any) -> WalletOffer | None:
        query = select(t.wallet_offers).where(condition).order_by(t.wallet_offers.c.created_at.desc())
        row = self._connection.execute(query).first()
        return WalletOffer(**row._mapping) if row else None

    def save(self, offer: WalletOffer) -> None:
        upsert(self._connection, t.wallet_offers, values_of(offer, t.wallet_offers))

    def redeem(self, offer_id: str, access_token_hash: str, token_expires_at: datetime) -> bool:
        table = t.wallet_offers
        statement = (
            update(table)
            .where(table.c.id == offer_id, table.c.state == "offered")
            .values(state="collecting", access_token_hash=access_token_hash, token_expires_at=token_expires_at)
        )
        return self._connection.execute(statement).rowcount == 1
