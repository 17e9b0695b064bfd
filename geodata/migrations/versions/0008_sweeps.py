"""Sweeps: rounds, who was asked in them, and how many per grid."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
PATHS = "current_setting('app.home_paths', true)"
OWN = f"(SELECT string_to_array({PATHS}, ','))::ltree[]"
BELOW = f"(SELECT sees_everything({PATHS})) OR path <@ ANY ({OWN})"


def upgrade() -> None:
    """Add the tables with their scope, and the news of them."""
    run((HERE / "0008_tables.sql").read_text(encoding="utf-8"))
    # A round is for everybody below its area: who walks the doors must see it. Its numbers lie in grid_sweep.
    guard("sweep", f"{BELOW} OR path @> ANY ({OWN})", "SELECT, INSERT")
    guard("sweep_answer", BELOW, "SELECT, INSERT")
    guard("grid_sweep", BELOW, "SELECT")
    op.execute("GRANT USAGE ON SEQUENCE sweep_id_seq TO wangge_app")
    for table in ("sweep", "sweep_answer"):
        op.execute(
            f"CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION tell_table()"
        )
        op.execute(
            f"CREATE TRIGGER set_path BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.path IS NULL) "
            "EXECUTE FUNCTION set_row_path()"
        )


def guard(table: str, rule: str, rights: str) -> None:
    """Give the reading role its rows of one table; written is only what lies inside its areas."""
    check = f" WITH CHECK ({BELOW})" if "INSERT" in rights else ""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON {table} TO wangge_app USING ({rule}){check}")
    op.execute(f"GRANT {rights} ON {table} TO wangge_app")


def run(script: str) -> None:
    """Run a script of several statements as it stands (no bound values, so that `:` and `%` mean themselves)."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
    cursor.close()


def downgrade() -> None:
    """Take the rounds away."""
    op.execute("DROP FUNCTION note_asked(bigint[], timestamptz[], text)")
    op.execute("DROP TABLE grid_sweep, sweep_answer, sweep")
    op.execute("DROP FUNCTION count_asked_insert(), count_asked_delete()")
