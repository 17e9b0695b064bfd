"""The ledger 台账: a change of state is an entry that is never rewritten, and one door writes it."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
GUARDED = ("household_entry", "refused_change")


def upgrade() -> None:
    """Make entries of what was recorded so far, and put the door in place of the old functions."""
    run((HERE / "0006_ledger.sql").read_text(encoding="utf-8"))
    for table in GUARDED:
        guard(table)
    op.execute(
        "CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON refused_change "
        "FOR EACH STATEMENT EXECUTE FUNCTION tell_table()"
    )


def guard(table: str) -> None:
    """Give the reading role its rows of one table, and nobody the right to write."""
    paths = "current_setting('app.home_paths', true)"
    rule = f"(SELECT sees_everything({paths})) OR path <@ ANY ((SELECT string_to_array({paths}, ','))::ltree[])"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON {table} TO wangge_app USING ({rule})")
    op.execute(f"GRANT SELECT ON {table} TO wangge_app")


def downgrade() -> None:
    """Return to intervals that are written directly, and to the functions that 0001 made."""
    run((HERE / "0006_down.sql").read_text(encoding="utf-8"))
    rules = (HERE / "0001_rules.sql").read_text(encoding="utf-8")
    first, last = rules.index("CREATE FUNCTION record_states"), rules.index("-- ── news of a change")
    run(rules[first:last])


def run(script: str) -> None:
    """Run a script of several statements as it stands (no bound values, so that `:` and `%` mean themselves)."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
    cursor.close()
