"""Single passages by day and what stays of them, positions per hour, and from when on each table still holds its rows."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
WORK = "app.home_paths"
"""Who reads tables of work inside; the press does not."""
FUNCTIONS = (
    "count_flown()",
    "count_walked()",
    "count_patrols(patrol_look[], text, regclass, text)",
    "fold_passages(int)",
    "take_passages(text[], text[], timestamptz[], text[], int[], text[], text[])",
    "ensure_passage_partitions(date, date)",
    "kept_since(text)",
)


def upgrade() -> None:
    """Add the tables with their scope; single passages are reached by their writing function alone."""
    for part in ("tables", "rules", "faster"):
        run((HERE / f"0018_{part}.sql").read_text(encoding="utf-8"))
    for table in ("passage_mix", "patrol_hour"):
        guard(table, WORK)
        fill_path(table)
    for table in ("passage", "passage_waiting"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute("REVOKE EXECUTE ON FUNCTION count_patrols(patrol_look[], text, regclass, text) FROM PUBLIC")


def downgrade() -> None:
    """Take everything away again; hours that single passages made stay as reports, and rules that became faster stay so."""
    op.execute("SELECT fold_passages(2147483647)")
    op.execute("DROP TRIGGER count_flown ON track_point")
    op.execute("DROP TRIGGER count_walked ON ground_point")
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    op.execute("DROP TYPE patrol_look")
    op.execute("DROP TABLE passage, passage_waiting, passage_mix, patrol_hour")
    op.execute("ALTER TABLE checkpoint_hour DROP COLUMN counted")
    op.execute("DELETE FROM setting WHERE name LIKE 'kept\\_since\\_%'")
