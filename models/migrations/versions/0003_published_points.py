"""Points know whether an edition has counted them, and stay with their theme from then on."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; what stands in a published theme counts as published."""
    op.add_column("point", sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.false()))
    point = sa.table("point", sa.column("published", sa.Boolean()), sa.column("theme_id", sa.String()))
    theme = sa.table("theme", sa.column("id", sa.String()), sa.column("published_at", sa.DateTime()))
    shown = sa.select(theme.c.id).where(theme.c.published_at.is_not(None))
    op.execute(sa.update(point).where(point.c.theme_id.in_(shown)).values(published=True))


def downgrade() -> None:
    """Takes it away."""
    op.drop_column("point", "published")
