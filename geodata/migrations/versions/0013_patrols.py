"""Patrols: ground patrols, what cameras see of the ground, and the cells of populated areas with when each was last seen."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run, tell, tell_where

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
AREAS = "app.paths"
FUNCTIONS = (
    "count_cells()",
    "lay_patrol_cells(int)",
    "look_again(timestamptz)",
    "note_walked()",
    "note_flown()",
    "note_looks(cell_look[])",
    "lay_cells_of_buildings()",
    "lay_cells(built_place[])",
    "patrol_cell_side(float8)",
    "camera_footprint(geometry, float8, float8)",
    "camera_radius_m(float8, float8)",
    "mercator_units_a_metre(float8)",
    "ground_sight_m()",
    "ensure_ground_partitions(date, date)",
)
OWNERS = ("lay_patrol_cells(int)", "look_again(timestamptz)", "note_looks(cell_look[])", "lay_cells(built_place[])")


def upgrade() -> None:
    """Add the tables with their scope and news, lay the cells of what is built, and look at what was flown over them."""
    for part in ("tables", "rules"):
        run((HERE / f"0013_{part}.sql").read_text(encoding="utf-8"))
    for table in ("ground_patrol", "ground_point"):
        guard(table, AREAS, "SELECT, INSERT, UPDATE")
        fill_path(table)
    op.execute("GRANT USAGE ON SEQUENCE ground_patrol_id_seq TO wangge_app")
    for table in ("patrol_cell", "cell_seen", "area_cells"):
        guard(table, AREAS)
    op.execute("GRANT SELECT ON unseen_cells TO wangge_app")
    for function in OWNERS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
    tell("ground_patrol")
    tell_where("ground_point")
    op.execute(
        "CREATE TRIGGER tell AFTER INSERT OR DELETE ON patrol_cell FOR EACH STATEMENT EXECUTE FUNCTION tell_table()"
    )
    op.execute("SELECT lay_patrol_cells(250) WHERE EXISTS (SELECT FROM building)")


def downgrade() -> None:
    """Take everything away again."""
    op.execute("DROP TRIGGER lay_cells ON building")
    op.execute("DROP TRIGGER note_flown ON track_point")
    op.execute("DROP VIEW unseen_cells")
    op.execute("DROP TABLE area_cells, cell_seen, patrol_cell, ground_point, ground_patrol")
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    op.execute("DROP TYPE cell_look, built_place")
    op.execute("DELETE FROM setting WHERE name IN ('patrol_cell_m', 'patrol_cell_side')")
