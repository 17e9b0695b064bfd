"""Passages that wait to be counted lie as one row a delivery, and what every delivery of them asks is asked for less."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import run

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
BEFORE = "-- ── a delivery of passages ", "-- ── positions of patrols "
"""What stands before and after the two functions in the script that made them first."""


def upgrade() -> None:
    """Count what waits, and let the next deliveries wait in the new way."""
    _count_and_drop()
    for part in ("tables", "rules"):
        run((HERE / f"0024_{part}.sql").read_text(encoding="utf-8"))
    op.execute("ALTER TABLE passage_waiting ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Count what waits, and let the next ones wait as before."""
    _count_and_drop()
    op.execute("DROP INDEX ix_checkpoint_code")
    op.execute("CREATE INDEX ix_checkpoint_hour_reported_at ON checkpoint_hour (reported_at)")
    op.execute("DROP TABLE passage_waiting")
    tables = (HERE / "0018_tables.sql").read_text(encoding="utf-8")
    run(next(table for table in tables.split("\n\n") if table.startswith("CREATE TABLE passage_waiting")))
    op.execute("ALTER TABLE passage_waiting ENABLE ROW LEVEL SECURITY")
    rules = (HERE / "0018_rules.sql").read_text(encoding="utf-8")
    run(rules.partition(BEFORE[0])[2].partition("\n")[2].partition(BEFORE[1])[0])


def _count_and_drop() -> None:
    """Count everything that waits while nobody adds to it; where that is left for another time, so is the migration."""
    op.execute("LOCK TABLE passage_waiting IN ACCESS EXCLUSIVE MODE")
    op.execute("SELECT fold_passages(2147483647)")
    if op.get_bind().exec_driver_sql("SELECT EXISTS (SELECT FROM passage_waiting)").scalar():
        raise RuntimeError("somebody else is writing the hours of checkpoints: migrate again")
    op.execute("DROP FUNCTION fold_passages(int)")
    op.execute("DROP FUNCTION take_passages(text[], text[], timestamptz[], text[], int[], text[], text[])")
