"""Sweeps: rounds, who was asked in them, and how many per grid."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import below, fill_path, guard, run, tell

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
HOMES = "app.home_paths"
ABOVE = f"path @> ANY ((SELECT string_to_array(current_setting('{HOMES}', true), ','))::ltree[])"


def upgrade() -> None:
    """Add the tables with their scope, and the news of them."""
    run((HERE / "0008_tables.sql").read_text(encoding="utf-8"))
    # A round is for everybody below its area: who walks the doors must see it. Its numbers lie in grid_sweep.
    guard("sweep", HOMES, "SELECT, INSERT", seen=f"{below(HOMES)} OR {ABOVE}")
    guard("sweep_answer", HOMES, "SELECT, INSERT")
    guard("grid_sweep", HOMES)
    op.execute("GRANT USAGE ON SEQUENCE sweep_id_seq TO wangge_app")
    for table in ("sweep", "sweep_answer"):
        tell(table)
        fill_path(table)


def downgrade() -> None:
    """Take the rounds away."""
    op.execute("DROP FUNCTION note_asked(bigint[], timestamptz[], text)")
    op.execute("DROP TABLE grid_sweep, sweep_answer, sweep")
    op.execute("DROP FUNCTION count_asked_insert(), count_asked_delete()")
