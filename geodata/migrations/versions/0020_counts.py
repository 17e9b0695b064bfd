"""Counts per area and day (health codes, the hotline), and what citizens report (returns, tip-offs)."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run, tell

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
HOMES = "app.home_paths"
GRANTS = {
    "health_code_day": "SELECT, INSERT, UPDATE",
    "hotline_day": "SELECT, INSERT, UPDATE",
    "return_registration": "SELECT, INSERT, UPDATE (arrives_on, status, answered_at, reported_at)",
    "tip_off": "SELECT, INSERT, UPDATE (status, answered_at, reported_at)",
}
"""All of it counts people or what they say, so whoever may see no homes sees none of it."""


def upgrade() -> None:
    """Add the tables with their scope, and the news of them."""
    run((HERE / "0020_tables.sql").read_text(encoding="utf-8"))
    for table, rights in GRANTS.items():
        guard(table, HOMES, rights)
        fill_path(table)
        tell(table)
    for table in ("return_registration", "tip_off"):
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO wangge_app")


def downgrade() -> None:
    """Take them away."""
    op.execute(f"DROP TABLE {', '.join(GRANTS)}")
