"""The plan of the compound: gates with the intervals of their states, and closures that end but are never deleted."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run, tell_where

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
GRANTS = {
    "gate": "SELECT, UPDATE (state, since)",
    "gate_state": "SELECT, INSERT, UPDATE (valid)",
    "closure": "SELECT, INSERT, UPDATE (valid, end_reason, ended_by, end_client_id)",
}
"""What may be written: a state is closed and another opened, a closure is drawn and ended; nothing is ever rewritten."""
NUMBERED = ("gate_state", "closure")
PLACED = ("gate", "closure")


def upgrade() -> None:
    """Add the tables with their scope, and the news of them."""
    run((HERE / "0007_tables.sql").read_text(encoding="utf-8"))
    for table, rights in GRANTS.items():
        guard(table, "app.paths", rights)
        fill_path(table)
    for table in NUMBERED:
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO wangge_app")
    for table in PLACED:
        tell_where(table)


def downgrade() -> None:
    """Take the plan away."""
    op.execute("DROP TABLE closure, gate_state, gate")
