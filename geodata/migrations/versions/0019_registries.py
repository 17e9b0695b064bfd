"""Registries that departments deliver: who may add and change what stands where; shops with prices, staff on duty."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run, tell, tell_where

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
AREAS, HOMES = "app.paths", "app.home_paths"
MADE = {
    "shop": (AREAS, "SELECT, INSERT, UPDATE"),
    "shop_day": (AREAS, "SELECT, INSERT, UPDATE"),
    "shop_price": (AREAS, "SELECT, INSERT, DELETE"),
    "checkpoint_staffing": (HOMES, "SELECT, INSERT, UPDATE"),
}
"""Table -> whose paths see it, and what they may do. Staff is of those who work inside, as all of a checkpoint is."""
WHERE = "place, area_id, path"
OPENED = {
    "checkpoint": f"INSERT, UPDATE (name, kind, staffed_from, staffed_to, {WHERE})",
    "hotel": f"INSERT, UPDATE (name, address, telephone, rooms, {WHERE})",
    "drone": "INSERT, UPDATE (name, camera_degrees, area_id, path)",
    "gate": f"INSERT, UPDATE (name, kind, {WHERE})",
}
"""Tables that were read alone; their policies have always held what is written to the writer's own paths."""
TAUGHT = ("gate", "hotel", "checkpoint")
"""Tables of before whose things take along what they have told."""
ONE_BY_ONE = """
    DROP TRIGGER tally_posts ON checkpoint; DROP TRIGGER tally_posts_insert ON checkpoint;
    DROP TRIGGER tally_posts_update ON checkpoint; DROP FUNCTION tally_new_posts();
    CREATE TRIGGER tally_posts AFTER INSERT OR DELETE OR UPDATE OF area_id, staffed_from, staffed_to ON checkpoint
        FOR EACH ROW EXECUTE FUNCTION tally_posts();"""
"""How posts were counted before."""


def upgrade() -> None:
    """Add the tables with their scope and news, and let the registries be written."""
    run((HERE / "0019_tables.sql").read_text(encoding="utf-8"))
    for table, (setting, rights) in MADE.items():
        guard(table, setting, rights)
        fill_path(table)
    for table in ("shop", *OPENED):
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO wangge_app")
    for table, rights in OPENED.items():
        op.execute(f"GRANT {rights} ON {table} TO wangge_app")
    tell_where("shop")
    for table in ("shop_day", "checkpoint_staffing"):
        tell(table)


def downgrade() -> None:
    """Take the tables away, and close what was opened."""
    for table, rights in OPENED.items():
        op.execute(f"REVOKE {rights} ON {table} FROM wangge_app")
        op.execute(f"REVOKE USAGE ON SEQUENCE {table}_id_seq FROM wangge_app")
    for table in TAUGHT:
        op.execute(f"DROP TRIGGER take_history_along ON {table}")
    run(ONE_BY_ONE)
    op.execute("DROP TABLE shop_price, shop_day, shop, checkpoint_staffing")
    op.execute("DROP FUNCTION take_history_along()")
