"""What may be published: protected figures per hour; and whoever makes pictures reads nothing of what is work inside."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import below, guard, run

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
AREAS, HOMES = "app.paths", "app.home_paths"
_POLICIES = """
    SELECT tablename, with_check IS NOT NULL AS written FROM pg_policies
    WHERE policyname = 'scope' AND strpos(qual, '{setting}') > 0 AND tablename = ANY (ARRAY[{tables}]) ORDER BY tablename"""
WORK = (
    "area_cells",
    "area_expected",
    "area_hour",
    "area_passages",
    "area_posts",
    "cell_seen",
    "checkpoint",
    "checkpoint_hour",
    "closure",
    "display",
    "drone",
    "flight",
    "gate",
    "gate_state",
    "grid_expected",
    "grid_passages",
    "grid_posts",
    "ground_patrol",
    "ground_point",
    "hotel_day",
    "patrol_cell",
    "patrol_event",
    "silence",
    "track_point",
)
"""Tables of work inside: tracks, posts and what passed them, who sleeps in which hotel."""


def upgrade() -> None:
    """Add the tables with their scope, and close what the press read beside them."""
    run((HERE / "0015_tables.sql").read_text(encoding="utf-8"))
    guard("published_figure", AREAS)
    follow(AREAS, HOMES)


def downgrade() -> None:
    """Take the figures away, and open what was open."""
    follow(HOMES, AREAS)
    op.execute("DROP TABLE withheld_cell, published_figure, vintage")
    op.execute("DROP FUNCTION refuse_republishing()")
    op.execute("DELETE FROM setting WHERE name = 'press_threshold'")


def follow(before: str, after: str) -> None:
    """Let the policies of the tables of work read another list of paths."""
    tables = ", ".join(f"'{table}'" for table in WORK)
    policies = op.get_bind().exec_driver_sql(_POLICIES.format(setting=before, tables=tables))
    for table, written in policies.all():
        check = f" WITH CHECK ({below(after)})" if written else ""
        op.execute(f"ALTER POLICY scope ON {table} USING ({below(after)}){check}")
