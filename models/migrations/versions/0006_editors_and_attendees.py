"""What editors decide, what attendees say, charts, and questions of people as well as of keys."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COLUMNS: dict[str, list[tuple[str, sa.types.TypeEngine[Any], Any]]] = {
    "point": [("placed", sa.Boolean(), sa.false()), ("objected", sa.Boolean(), sa.false())],
    "theme": [("decided", sa.Boolean(), sa.false())],
    "event": [("clear_until", MOMENT, None)],
    "account": [("identity", sa.String(), None), ("sector", sa.String(), None)],
    "digest": [("written_by", sa.JSON(), "[]")],
}


def upgrade() -> None:
    """Adds the columns and the tables; questions are kept for a day only, so theirs is made anew."""
    for table, columns in COLUMNS.items():
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    op.create_index("ix_account_identity", "account", ["identity"], unique=True)
    op.create_table(
        "curation",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("theme_id", sa.String(), sa.ForeignKey("theme.id"), nullable=False),
        sa.Column("other_id", sa.String(), sa.ForeignKey("theme.id")),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.String()),
    )
    for column in ("theme_id", "other_id", "at"):
        op.create_index(f"ix_curation_{column}", "curation", [column])
    op.create_table(
        "alignmentdecision",
        sa.Column("theme_id", sa.String(), sa.ForeignKey("theme.id"), primary_key=True),
        sa.Column("framework", sa.String(), primary_key=True),
        sa.Column("entry", sa.String(), primary_key=True),
        sa.Column("belongs", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "attendeelink",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("event_id", sa.String(), sa.ForeignKey("event.id"), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
    )
    op.create_index("ix_attendeelink_event_id", "attendeelink", ["event_id"])
    op.create_table(
        "answer",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("event_id", sa.String(), sa.ForeignKey("event.id"), nullable=False),
        sa.Column("point_id", sa.String(), sa.ForeignKey("point.id"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("accepted", sa.Boolean()),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.String()),
    )
    for column in ("event_id", "point_id"):
        op.create_index(f"ix_answer_{column}", "answer", [column])
    op.create_table(
        "chart",
        sa.Column("edition_id", sa.String(), sa.ForeignKey("edition.id"), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("svg", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
    )
    op.drop_table("search")
    _make_search(sa.Column("asked_by", sa.String(), nullable=False))
    op.create_index("ix_search_asked_by", "search", ["asked_by"])


def downgrade() -> None:
    """Takes them away."""
    for table in ("chart", "answer", "attendeelink", "alignmentdecision", "curation", "search"):
        op.drop_table(table)
    op.drop_index("ix_account_identity", "account")
    for table, columns in COLUMNS.items():
        for name, _kind, _default in columns:
            op.drop_column(table, name)
    _make_search(sa.Column("asked_by", sa.String(), sa.ForeignKey("apikey.id"), nullable=False))


def _make_search(asked_by: sa.Column[str]) -> None:
    op.create_table(
        "search",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("question", sa.String(), nullable=False),
        asked_by,
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
    )
    op.create_index("ix_search_asked_at", "search", ["asked_at"])
