from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlmodel import SQLModel

from models import migrate
from models.store import engine


def test_a_migrated_database_has_the_tables_that_the_code_knows(bare_database: str) -> None:
    migrate.upgrade()
    with engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert len(SQLModel.metadata.tables) >= 15


def test_the_migrations_can_be_undone_and_done_again(bare_database: str) -> None:
    migrate.upgrade()
    command.downgrade(migrate.config(), "base")
    assert inspect(engine()).get_table_names() == ["alembic_version"]
    migrate.upgrade()
    assert set(SQLModel.metadata.tables) < set(inspect(engine()).get_table_names())


def test_upgrading_what_is_current_changes_nothing(database: str) -> None:
    before = sorted(inspect(engine()).get_table_names())
    migrate.upgrade()
    assert sorted(inspect(engine()).get_table_names()) == before
