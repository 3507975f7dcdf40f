"""A number that rises with every change of what readers may be shown, and points of a state in order."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table with its one row, and the index."""
    table = op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.create_index("ix_point_state_id", "point", ["state", "id"])
    op.bulk_insert(table, [{"id": 1, "number": 0}])


def downgrade() -> None:
    """Takes it away."""
    op.drop_table("revision")
    op.drop_index("ix_point_state_id", "point")
