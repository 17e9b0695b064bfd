"""Duty programmes: tours of walls, kept per area."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import below, guard, run, tell

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
AREAS = "app.paths"
ABOVE = f"path @> ANY ((SELECT string_to_array(current_setting('{AREAS}', true), ','))::ltree[])"


def upgrade() -> None:
    """Add the table with its scope, and the news of it."""
    run((HERE / "0014_tables.sql").read_text(encoding="utf-8"))
    # A programme of the city is run by the displays of its counties too.
    guard("programme", AREAS, seen=f"{below(AREAS)} OR {ABOVE}")
    tell("programme")


def downgrade() -> None:
    """Take the programmes away."""
    op.execute("DROP TABLE programme")
