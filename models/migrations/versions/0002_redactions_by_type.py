"""Redactions are looked up by type: has a note with one of this type been cleared before?"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the index."""
    op.create_index("ix_redaction_type", "redaction", ["type"])


def downgrade() -> None:
    """Takes it away."""
    op.drop_index("ix_redaction_type", "redaction")
