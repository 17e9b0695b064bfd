"""What leaves after a while is found by an index: refused rows that are settled."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index by which settled rows leave."""
    op.execute("CREATE INDEX ix_refused_row_settled_at ON refused_row (settled_at) WHERE state <> 'open'")


def downgrade() -> None:
    """Take it away again."""
    op.execute("DROP INDEX ix_refused_row_settled_at")
