"""The plan of the compound: gates with the intervals of their states, and closures that end but are never deleted."""

from pathlib import Path

from alembic import op

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
        guard(table, rights)
    for table in NUMBERED:
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO wangge_app")
    for table in PLACED:
        tell_where(table)


def guard(table: str, rights: str) -> None:
    """Give the reading role its rows of one table, and a row its path."""
    paths = "current_setting('app.paths', true)"
    rule = f"(SELECT sees_everything({paths})) OR path <@ ANY ((SELECT string_to_array({paths}, ','))::ltree[])"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON {table} TO wangge_app USING ({rule}) WITH CHECK ({rule})")
    op.execute(f"GRANT {rights} ON {table} TO wangge_app")
    op.execute(
        f"CREATE TRIGGER set_path BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.path IS NULL) "
        "EXECUTE FUNCTION set_row_path()"
    )


def tell_where(table: str) -> None:
    """Announce the box of what changed."""
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
    """Take the plan away."""
    op.execute("DROP TABLE closure, gate_state, gate")
