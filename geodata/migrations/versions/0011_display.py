"""Display links: screens that sign in by a link and only read."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import below, fill_path, run

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent


def upgrade() -> None:
    """Add the table with its scope, the news of it, and the role."""
    run((HERE / "0011_display.sql").read_text(encoding="utf-8"))
    op.execute(f"CREATE POLICY scope ON display FOR SELECT TO wangge_app USING ({below('app.paths')})")
    fill_path("display")


def downgrade() -> None:
    """Take the links away, and accounts that could only read."""
    op.execute("DROP TABLE display")
    op.execute("DELETE FROM account WHERE role = 'display'")
    op.execute("ALTER TABLE account DROP CONSTRAINT ck_account_role")
    op.execute(
        "ALTER TABLE account ADD CONSTRAINT ck_account_role "
        "CHECK (role IN ('command', 'officer', 'grid', 'press', 'admin'))"
    )
