"""Intervals 区间 that are written once, when they end; counts that a change only adds a row to."""

import re
from dataclasses import dataclass
from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
GUARDED = ("household_finding", "household_past", "counted_change")


@dataclass(frozen=True)
class Count:
    """A kept count: its tables are `grid_<name>` and `area_<name>`; `rows` is what one change `c` adds to it."""

    name: str
    keys: tuple[str, ...]
    rows: str
    where: str
    newest: bool = False


COUNTS = (
    Count("tally", ("state_id",), "(c.was, -1), (c.becomes, 1)", "c.was <> c.becomes", newest=True),
    Count(
        "due",
        ("due_on",),
        "(c.was_due, -1), (c.now_due, 1)",
        "c.was_due IS DISTINCT FROM c.now_due AND d.due_on IS NOT NULL",
    ),
    Count("begun", ("day", "state_id"), "(c.day, c.becomes, c.n)", "d.day IS NOT NULL"),
)


def upgrade() -> None:
    """Split what households were loaded with from what ended since, and put the cheaper door in place."""
    op.execute("SELECT fold_roll_ups()")
    run((HERE / "0009_intervals.sql").read_text(encoding="utf-8"))
    make_fold()
    for table in GUARDED:
        guard(table, "app.home_paths")
    for table in ("household_finding", "household_past"):
        fill_path(table)


def make_fold() -> None:
    """Create the function that adds changes to the counts of every area they lie in: the last of them is the grid.

    Nearly every count is there already, and an update of it costs half of what an insert that turns into one does.
    """
    parts = [part for count in COUNTS for part in (gathered(count), *kept(count, "grid"), *kept(count, "area"))]
    run(f"""
        CREATE OR REPLACE FUNCTION fold_changes() RETURNS void LANGUAGE plpgsql SET wangge.counted = 'on' AS $$
        DECLARE folded bigint;
        BEGIN
            WITH gone AS MATERIALIZED (DELETE FROM counted_change RETURNING *),
            change AS MATERIALIZED (
                SELECT a.area_id, a.nth = cardinality(g.areas) AS grid, g.*
                FROM gone g CROSS JOIN LATERAL unnest(g.areas) WITH ORDINALITY AS a(area_id, nth)),
            {", ".join(parts)} SELECT count(*) INTO folded FROM gone;
        END $$;""")


def gathered(count: Count) -> str:
    """Return the part that adds up what changes add to one count."""
    keys, names = ", ".join(f"d.{key}" for key in count.keys), ", ".join(count.keys)
    newest = ", max(c.changed_at) AS changed_at" if count.newest else ""
    return f"""{count.name} AS MATERIALIZED (
        SELECT c.area_id, c.grid, {keys}, sum(d.n)::int AS n{newest}
        FROM change c CROSS JOIN LATERAL (VALUES {count.rows}) AS d({names}, n)
        WHERE {count.where} GROUP BY c.area_id, c.grid, {keys})"""


def kept(count: Count, level: str) -> tuple[str, str]:
    """Return the parts that change the rows which are there, and add those which are not."""
    table, keys = f"{level}_{count.name}", ("area_id", *count.keys)
    rows = f"{count.name} d WHERE {'d.grid' if level == 'grid' else 'NOT d.grid'}"
    same = " AND ".join(f"t.{key} = d.{key}" for key in keys)
    slot = ("", "", "") if level == "grid" else (" AND t.slot = 0", ", slot", ", 0")
    newest = ", changed_at = greatest(t.changed_at, d.changed_at)" if count.newest else ""
    time = (", changed_at", ", d.changed_at") if count.newest else ("", "")
    return (
        f"""{table}_there AS (
        UPDATE {table} t SET households = t.households + d.n{newest} FROM {rows} AND {same}{slot[0]}
        RETURNING {", ".join(f"t.{key}" for key in keys)})""",
        f"""{table}_new AS (
        INSERT INTO {table} ({", ".join(keys)}{slot[1]}, path, households{time[0]})
        SELECT {", ".join(f"d.{key}" for key in keys)}{slot[2]}, (SELECT path FROM area WHERE id = d.area_id), d.n{time[1]}
        FROM {rows} AND NOT EXISTS (SELECT FROM {table}_there t WHERE {same}))""",
    )


def downgrade() -> None:
    """Put intervals into one table again, and the functions of 0006 that kept them."""
    op.execute("SELECT fold_roll_ups()")
    run((HERE / "0009_down.sql").read_text(encoding="utf-8"))
    begun = (HERE / "0002_begun.sql").read_text(encoding="utf-8")
    run(between(begun, "-- The zone is read once", "-- Like `geometry_overlaps`"))
    ledger = (HERE / "0006_ledger.sql").read_text(encoding="utf-8")
    run(between(ledger, "-- What began when", "-- ── counts of one change"))
    run(between(ledger, "CREATE TABLE counted_change", "-- ── news of one change"))
    run(between(ledger, "-- The state that begins after", "-- ── the door"))
    run(between(ledger, "-- One change by somebody", "-- What was refused is kept"))
    run(
        between(ledger, "-- Due households of states", "-- The scope's door").replace(
            "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
        )
    )
    for table in ("household_state", "counted_change"):
        guard(table, "app.home_paths")
    fill_path("household_state")
    for event in ("insert", "update"):
        quieten(f"count_begun_{event}")


def between(script: str, first: str, last: str) -> str:
    """Return the part of a script that begins with one line and ends before another."""
    return script[script.index(first) : script.index(last)]


def quieten(trigger: str) -> None:
    """Let a trigger of `household_state` rest where the ledger counts by itself, as 0006 did."""
    find = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'household_state'::regclass AND tgname = %s"
    definition: str = op.get_bind().exec_driver_sql(find, (trigger,)).scalar_one()
    op.execute(f"DROP TRIGGER {trigger} ON household_state")
    run(re.sub(" EXECUTE", " WHEN (current_setting('wangge.counted', true) IS DISTINCT FROM 'on') EXECUTE", definition))
