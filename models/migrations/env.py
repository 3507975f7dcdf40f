"""Alembic's environment: online only, one process at a time."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Enum, text
from sqlmodel import AutoString, SQLModel

import models.account
import models.audit
import models.campaign
import models.chart
import models.clearance
import models.curation
import models.digest
import models.framework
import models.job
import models.key
import models.note
import models.point
import models.revision
import models.search
import models.theme  # noqa: F401
from models.store import UtcDateTime, engine

MIGRATION_LOCK = 7_401_226


def plain(kind: str, column: Any, _context: Any) -> str | Literal[False]:
    """Our column types written as SQLAlchemy's, so that a migration holds whatever becomes of them later."""
    if kind != "type":
        return False
    if isinstance(column, Enum):
        return f"sa.String(length={column.length})"
    if isinstance(column, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return "sa.String()" if isinstance(column, AutoString) else False


with engine().begin() as connection:
    # On SQLite the engine's BEGIN IMMEDIATE already keeps a second process out.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=plain,
    )
    context.run_migrations()
