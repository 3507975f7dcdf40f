"""Brings the database to the current tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from models.settings import settings


def config() -> Config:
    """Alembic's configuration, without an ini file: the settings say where the database is."""
    chosen = Config()
    chosen.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    chosen.set_main_option("sqlalchemy.url", settings().database.replace("%", "%%"))
    return chosen


def upgrade() -> None:
    """Runs every migration that the database has not seen; safe to call from several processes at once."""
    command.upgrade(config(), "head")
