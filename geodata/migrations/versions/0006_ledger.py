"""The ledger 台账: a change of state is an entry that is never rewritten, and one door writes it."""

import re
from pathlib import Path

from alembic import op

from geodata.migrations.ways import guard, run, tell

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
GUARDED = ("household_entry", "refused_change", "counted_change")
COUNTING = {
    "household": ("tally_update", "tell_update"),
    "household_state": ("count_begun_insert", "count_begun_update"),
    "grid_tally": ("roll_up_insert", "roll_up_update"),
    "grid_due": ("roll_up_insert", "roll_up_update"),
    "grid_begun": ("roll_up_insert", "roll_up_update"),
}
"""Triggers that keep quiet where `begin_state` counts and tells by itself."""
PATH = "(SELECT path FROM area WHERE id = added.area_id)"
FOLD_TOO = " PERFORM fold_changes();"
QUIET = " WHEN (current_setting('wangge.counted', true) IS DISTINCT FROM 'on') EXECUTE"


def upgrade() -> None:
    """Make entries of what was recorded so far, and put the door in place of the old functions."""
    run((HERE / "0006_ledger.sql").read_text(encoding="utf-8"))
    for table in GUARDED:
        guard(table, "app.home_paths")
    rewrite_triggers(" EXECUTE", QUIET)
    mend_fold()
    tell("refused_change")


def rewrite_triggers(old: str, new: str) -> None:
    """Make the counting triggers again with one part of their definition replaced."""
    for table, names in COUNTING.items():
        for name in names:
            find = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s"
            definition: str = op.get_bind().exec_driver_sql(find, (table, name)).scalar_one()
            op.execute(f"DROP TRIGGER {name} ON {table}")
            run(re.sub(old, new, definition))


def mend_fold() -> None:
    """Fold changes, too; and by area and key alone: in the middle of an area's move, rows of one area carry two paths."""
    definition: str = op.get_bind().exec_driver_sql("SELECT pg_get_functiondef('fold_roll_ups'::regproc)").scalar_one()
    by_key = re.sub(
        r"0, path, (.*?) FROM added GROUP BY (.*?), path\s", rf"0, {PATH}, \1 FROM added GROUP BY \2 ", definition
    )
    run(by_key.replace(" THEN", f" THEN{FOLD_TOO}", 1))


def downgrade() -> None:
    """Return to intervals that are written directly, and to the functions that 0001 made."""
    op.execute("SELECT fold_roll_ups()")
    definition: str = op.get_bind().exec_driver_sql("SELECT pg_get_functiondef('fold_roll_ups'::regproc)").scalar_one()
    run(definition.replace(FOLD_TOO, ""))
    rewrite_triggers(r" WHEN \(.*\) EXECUTE", " EXECUTE")
    run((HERE / "0006_down.sql").read_text(encoding="utf-8"))
    rules = (HERE / "0001_rules.sql").read_text(encoding="utf-8")
    first, last = rules.index("CREATE FUNCTION record_states"), rules.index("-- ── news of a change")
    run(rules[first:last])
