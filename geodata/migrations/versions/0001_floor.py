"""The floor: area tree, homes, posts, care, patrols, people; their rules; their scope."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
EXTENSIONS = ("postgis", "ltree", "btree_gist", "pg_trgm")

# table -> the setting that holds the paths which a reader may see in it
IN_AREA = {
    "area": "app.paths",
    "checkpoint": "app.paths",
    "checkpoint_hour": "app.paths",
    "grid_passages": "app.paths",
    "grid_posts": "app.paths",
    "hotel": "app.paths",
    "hotel_day": "app.paths",
    "clinic": "app.paths",
    "drone": "app.paths",
    "flight": "app.paths",
    "track_point": "app.paths",
    "patrol_event": "app.paths",
    "building": "app.home_paths",
    "household": "app.home_paths",
    "household_state": "app.home_paths",
    "grid_tally": "app.home_paths",
    "grid_due": "app.home_paths",
}
KEPT_BY_TRIGGER = ("grid_tally", "grid_due", "grid_passages", "grid_posts")
WRITTEN = (
    "household",
    "household_state",
    "checkpoint_hour",
    "hotel_day",
    "clinic",
    "flight",
    "track_point",
    "patrol_event",
)
PLACED = ("area", "building", "household", "checkpoint", "hotel", "clinic", "track_point", "patrol_event")
TOLD = (
    "hotel_day",
    "flight",
    "drone",
    "colour_scheme",
    "scheme_state",
    "account",
    "account_area",
    "session",
    "api_token",
)


def upgrade() -> None:
    """Build everything from an empty database."""
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    for part in ("tables", "rules", "scope"):
        run((HERE / f"0001_{part}.sql").read_text(encoding="utf-8"))
    for table in IN_AREA:
        guard(table)
    for table in PLACED:
        tell_where(table)
    for table in TOLD:
        op.execute(
            f"CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION tell_table()"
        )


def guard(table: str) -> None:
    """Give the reading role its rows of one table, and a row its path."""
    rule = f"path <@ ANY ((SELECT string_to_array(current_setting('{IN_AREA[table]}', true), ','))::ltree[])"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON {table} TO wangge_app USING ({rule}) WITH CHECK ({rule})")
    op.execute(f"GRANT SELECT ON {table} TO wangge_app")
    if table in WRITTEN:
        op.execute(f"GRANT INSERT, UPDATE ON {table} TO wangge_app")
    if table in WRITTEN and table not in ("checkpoint_hour", "hotel_day", "track_point"):
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO wangge_app")
    if table != "area" and table not in KEPT_BY_TRIGGER:
        op.execute(
            f"CREATE TRIGGER set_path BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.path IS NULL) "
            "EXECUTE FUNCTION set_row_path()"
        )


def tell_where(table: str) -> None:
    """Announce the box of what changed in a table with places."""
    rows = {"insert": "NEW TABLE AS new_rows", "delete": "OLD TABLE AS old_rows"}
    rows["update"] = f"{rows['delete']} {rows['insert']}"
    for event, transition in rows.items():
        op.execute(
            f"CREATE TRIGGER tell_{event} AFTER {event.upper()} ON {table} REFERENCING {transition} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION tell_{event}()"
        )


def run(script: str) -> None:
    """Run a script of several statements as it stands (no bound values, so that `:` and `%` mean themselves)."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
    cursor.close()


def downgrade() -> None:
    """Return to an empty schema; the extensions stay, others may use them."""
    run((HERE / "0001_down.sql").read_text(encoding="utf-8"))
