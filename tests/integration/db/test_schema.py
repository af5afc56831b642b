"""The migrations and the declared tables say the same, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.db.tables import metadata


def test_migrating_an_empty_database_gives_the_declared_tables(database_url):
    engine = make_engine(database_url)
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
