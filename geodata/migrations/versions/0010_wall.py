"""What a past moment is counted from without walking through it: endings per day, passages per hour, silences; reports."""

from collections.abc import Callable
from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run, tell

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
CLOSED = "household_past"
"""Where the intervals lie that have ended."""
FOLD_EVERY = 256
"""Statements after which one folds what has been added since."""
CHANGES = {
    "insert": ("SELECT 1 AS n, * FROM new_rows", "NEW TABLE AS new_rows"),
    "delete": ("SELECT -1 AS n, * FROM old_rows", "OLD TABLE AS old_rows"),
    "update": (
        "SELECT 1 AS n, * FROM new_rows UNION ALL SELECT -1, * FROM old_rows",
        "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    ),
}
_WHOLE = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_checkpoint_hour_hour'::regclass"
"""Whether the partitions have this index: the first load of a city used to put it back without them."""
QUIET = "WHEN (current_setting('wangge.counted', true) IS DISTINCT FROM 'on')"
"""One door's change is counted by itself (0006), and comes in with the fold."""


def upgrade() -> None:
    """Add the tables and their keepers, and fill them from what is there."""
    run((HERE / "0010_tables.sql").read_text(encoding="utf-8"))
    if not op.get_bind().exec_driver_sql(_WHOLE).scalar_one():
        op.execute("DROP INDEX ix_checkpoint_hour_hour")
        op.execute("CREATE INDEX ix_checkpoint_hour_hour ON checkpoint_hour (hour)")
    guard("village_report", "app.home_paths", "SELECT, INSERT, UPDATE")
    fill_path("village_report")
    tell("village_report")
    guard("area_ended", "app.home_paths")
    for table in ("area_hour", "silence"):
        guard(table, "app.paths")
    run("SELECT pg_advisory_xact_lock(hashtext('wangge fold')); SELECT fold_changes();")
    for part in ("rules", "silences"):
        run((HERE / f"0010_{part}.sql").read_text(encoding="utf-8"))
    for event in CHANGES:
        follow("ended", CLOSED, event, ended, QUIET if event != "delete" else "")
        follow("hours", "checkpoint_hour", event, hours)
    run(f"CREATE TRIGGER empty_ended AFTER TRUNCATE ON {CLOSED} FOR EACH STATEMENT EXECUTE FUNCTION empty_ended()")
    run(f"DO $$ DECLARE slot bigint := 0; BEGIN {ended(f'SELECT 1 AS n, * FROM {CLOSED}')} END $$")
    run(f"DO $$ DECLARE slot bigint := 0; BEGIN {hours('SELECT 1 AS n, * FROM checkpoint_hour')} END $$")


def follow(what: str, table: str, event: str, add: Callable[[str], str], when: str = "") -> None:
    """Keep sums in the statement that changes a table; a moved area's old path is taken off, its new one added."""
    changes, transition = CHANGES[event]
    run(f"""
        CREATE FUNCTION keep_{what}_{event}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        DECLARE slot bigint := nextval('replay_slot');
        BEGIN {add(changes)}
            IF slot % {FOLD_EVERY} = 0 THEN PERFORM fold_replay(); END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER keep_{what}_{event} AFTER {event.upper()} ON {table} REFERENCING {transition}
            FOR EACH STATEMENT {when} EXECUTE FUNCTION keep_{what}_{event}();""")


def ended(changes: str) -> str:
    """Return the statement that adds intervals that ended, per local day, state and due day, to their area and all above."""
    return f"""
        INSERT INTO area_ended (area_id, ended_on, state_id, due_on, slot, path, households)
            SELECT a.id, e.ended_on, e.state_id, e.due_on, slot, a.path, sum(e.n)
            FROM (SELECT c.path, (upper(c.valid) AT TIME ZONE z.zone)::date AS ended_on, c.state_id,
                         coalesce((lower(c.valid) AT TIME ZONE z.zone)::date + s.follow_days, 'infinity'::date) AS due_on,
                         sum(c.n) AS n
                  FROM ({changes}) c JOIN scheme_state s ON s.id = c.state_id
                  CROSS JOIN (SELECT city_zone() AS zone OFFSET 0) z
                  GROUP BY 1, 2, 3, 4 HAVING sum(c.n) <> 0) e
            CROSS JOIN LATERAL unnest(string_to_array(e.path::text, '.')::int[]) AS above(id)
            JOIN area a ON a.id = above.id
            GROUP BY a.id, e.ended_on, e.state_id, e.due_on, a.path HAVING sum(e.n) <> 0;"""


def hours(changes: str) -> str:
    """Return the statement that adds reports, per hour and ten minutes of their arrival, to every area above their post's."""
    sums = ("passed", "home_quarantine", "central_quarantine", "turned_back", "seconds")
    counted = ", ".join(f"sum(c.n * c.{name}) AS {name}" for name in sums)
    added = ", ".join(f"sum(e.{name})" for name in sums)
    return f"""
        INSERT INTO area_hour (area_id, hour, told, slot, path, reports, {", ".join(sums)}, reported_at)
            SELECT a.id, e.hour, e.told, slot, a.path, sum(e.reports), {added}, max(e.reported_at)
            FROM (SELECT c.path, c.hour, date_bin('10 minutes', c.reported_at, '2000-01-01 00:00+00') AS told,
                         sum(c.n) AS reports, {counted}, max(c.reported_at) AS reported_at
                  FROM ({changes}) c GROUP BY 1, 2, 3) e
            CROSS JOIN LATERAL unnest(string_to_array(subpath(e.path, 0, -1)::text, '.')::int[]) AS above(id)
            JOIN area a ON a.id = above.id
            GROUP BY a.id, e.hour, e.told, a.path;"""


def downgrade() -> None:
    """Walk through the past again."""
    run("SELECT pg_advisory_xact_lock(hashtext('wangge fold')); SELECT fold_changes();")
    for event in CHANGES:
        for what in ("ended", "hours", "silences"):
            op.execute(f"DROP FUNCTION keep_{what}_{event}() CASCADE")
    op.execute(
        "DROP FUNCTION past_frame(timestamptz, timestamptz), fold_ended(), fold_replay(), move_replay(), empty_ended(), "
        "empty_hours(), "
        "lay_silences(int[], timestamptz[]), by_day(timestamptz, timestamptz) CASCADE"
    )
    op.execute("DROP VIEW ended_below")
    op.execute("DROP TABLE area_ended, area_hour, silence, village_report")
    op.execute("DROP INDEX ix_checkpoint_hour_reported_at, ix_area_village")
    op.execute("DROP SEQUENCE replay_slot")
