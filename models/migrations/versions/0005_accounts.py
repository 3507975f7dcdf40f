"""Accounts, and a log of what people do that nobody can change."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REFUSAL = "the audit log cannot be changed"


def upgrade() -> None:
    """Adds the tables, and the triggers that keep the log as it is."""
    op.create_table(
        "account",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("email", sa.String(), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("password", sa.String()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
    )
    for table, columns in {
        "passwordlink": (sa.Column("expires_at", MOMENT, nullable=False), sa.Column("used_at", MOMENT)),
        "signin": (
            sa.Column("started_at", MOMENT, nullable=False),
            sa.Column("seen_at", MOMENT, nullable=False),
            sa.Column("ended_at", MOMENT),
        ),
    }.items():
        op.create_table(
            table,
            sa.Column("hash", sa.String(), primary_key=True),
            sa.Column("account_id", sa.String(), sa.ForeignKey("account.id"), nullable=False),
            *columns,
        )
        op.create_index(f"ix_{table}_account_id", table, ["account_id"])
    op.create_table(
        "campaignfacilitator",
        sa.Column("campaign_id", sa.String(), sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("account_id", sa.String(), sa.ForeignKey("account.id"), primary_key=True),
    )
    op.create_table(
        "auditentry",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
    )
    for column in ("at", "by", "subject"):
        op.create_index(f"ix_auditentry_{column}", "auditentry", [column])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER keep_audit_log BEFORE UPDATE OR DELETE OR TRUNCATE ON auditentry "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_audit_log_{change.lower()} BEFORE {change} ON auditentry "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def downgrade() -> None:
    """Takes them away."""
    for table in ("auditentry", "campaignfacilitator", "signin", "passwordlink", "account"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_audit_log()")
