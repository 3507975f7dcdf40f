"""The database: engine, sessions and the few column types that both SQLite and PostgreSQL understand."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, Enum, event
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, create_engine

from models.settings import settings


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC on both databases; SQLite alone would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The value in UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The value with its zone."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(kind: type[StrEnum]) -> Any:
    """A column of an enum's values, kept as plain text so that a new value needs no migration."""
    return Enum(kind, native_enum=False, length=40, values_callable=lambda kinds: [member.value for member in kinds])


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


def new_id(prefix: str) -> str:
    """A fresh identifier of 80 random bits, such as note_1f0c…; it says nothing of what it names."""
    return f"{prefix}_{secrets.token_hex(10)}"


def make_engine(url: str) -> Engine:
    """An engine with the pragmas that SQLite needs to serve a web process and workers at once."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        # SQLAlchemy's own BEGIN below must be the only one: the driver's implicit one comes too late
        # to keep a read followed by a write from failing when another process writes in between.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


@lru_cache
def engine() -> Engine:
    """The engine of this process."""
    return make_engine(settings().database)


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that commits at the end, or rolls back on any exception."""
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading only; on SQLite it never waits for a writer."""
    with Session(engine().execution_options(reading=True), expire_on_commit=False) as session:
        # Closed, not rolled back: a rollback would empty the rows that the caller goes on to use.
        yield session
