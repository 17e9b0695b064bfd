"""Sums below every area, kept by triggers on the counts per grid; intervals begun per grid and day."""

from dataclasses import dataclass
from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
FOLD_EVERY = 256
"""Statements after which one folds what has been added since."""


@dataclass(frozen=True)
class RollUp:
    """How one table of sums follows from one table of counts per grid."""

    source: str
    target: str
    keys: tuple[str, ...]
    sums: tuple[str, ...]
    newest: str | None
    setting: str

    def newests(self) -> tuple[str, ...]:
        """Return the column that keeps the newest time, if there is one."""
        return (self.newest,) if self.newest else ()


ROLL_UPS = (
    RollUp("grid_tally", "area_tally", ("state_id",), ("households",), "changed_at", "app.home_paths"),
    RollUp("grid_due", "area_due", ("due_on",), ("households",), None, "app.home_paths"),
    RollUp("grid_begun", "area_begun", ("day", "state_id"), ("households",), None, "app.home_paths"),
    RollUp(
        "grid_passages",
        "area_passages",
        ("day",),
        ("passed", "home_quarantine", "central_quarantine", "turned_back", "seconds"),
        "reported_at",
        "app.paths",
    ),
    RollUp("grid_posts", "area_posts", ("staffed_from", "staffed_to"), ("posts",), None, "app.paths"),
)
CHANGES = {
    "insert": ("SELECT 1 AS n, * FROM new_rows", "NEW TABLE AS new_rows"),
    "delete": ("SELECT -1 AS n, * FROM old_rows", "OLD TABLE AS old_rows"),
    "update": (
        "SELECT 1 AS n, * FROM new_rows UNION ALL SELECT -1, * FROM old_rows",
        "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    ),
}


def upgrade() -> None:
    """Add the sums and fill them from what is there."""
    for part in ("tables", "begun"):
        run((HERE / f"0002_{part}.sql").read_text(encoding="utf-8"))
    guard("grid_begun", "app.home_paths")
    make_fold()
    for roll_up in ROLL_UPS:
        guard(roll_up.target, roll_up.setting)
        for event in CHANGES:
            follow(roll_up, event)
        follow_truncate(roll_up)
        run(add_up(roll_up, f"SELECT 1 AS n, * FROM {roll_up.source}").replace(" slot, a.path", " 0, a.path"))
    run((HERE / "0002_fill.sql").read_text(encoding="utf-8"))


def guard(table: str, setting: str) -> None:
    """Give the reading role its rows of one table."""
    rule = f"path <@ ANY ((SELECT string_to_array(current_setting('{setting}', true), ','))::ltree[])"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON {table} TO wangge_app USING ({rule})")
    op.execute(f"GRANT SELECT ON {table} TO wangge_app")


def add_up(roll_up: RollUp, changes: str) -> str:
    """Return the statement that adds changed rows to every area above them, as rows of their own.

    Nothing that is there is touched: were there one row for the city, every change in it would wait for every other,
    and two batches would lock each other out.
    """
    columns = ", ".join([*roll_up.sums, *roll_up.newests()])
    figures = ", ".join(
        [*(f"sum(c.n * c.{name})" for name in roll_up.sums), *(f"max(c.{n})" for n in roll_up.newests())]
    )
    keys = ", ".join(roll_up.keys)
    return f"""
        INSERT INTO {roll_up.target} (area_id, {keys}, slot, path, {columns})
            SELECT a.id, {keys}, slot, a.path, {figures}
            FROM ({changes}) c
            CROSS JOIN LATERAL unnest(string_to_array(subpath(c.path, 0, -1)::text, '.')::int[]) AS above(id)
            JOIN area a ON a.id = above.id
            GROUP BY a.id, {keys}, a.path;"""


def follow(roll_up: RollUp, event: str) -> None:
    """Keep the sums in the statement that changes the counts; a moved area's old path is taken off, its new one added."""
    changes, transition = CHANGES[event]
    name = f"{roll_up.target}_{event}"
    run(f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        DECLARE slot bigint := nextval('roll_up_slot');
        BEGIN {add_up(roll_up, changes)}
            IF slot % {FOLD_EVERY} = 0 THEN PERFORM fold_roll_ups(); END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER roll_up_{event} AFTER {event.upper()} ON {roll_up.source} REFERENCING {transition}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();""")


def fold(roll_up: RollUp) -> str:
    """Return the statement that folds added rows into one row a key."""
    keys = ", ".join(roll_up.keys)
    columns = [*roll_up.sums, *roll_up.newests()]
    figures = [*(f"sum({name})" for name in roll_up.sums), *(f"max({name})" for name in roll_up.newests())]
    together = [f"{name} = t.{name} + excluded.{name}" for name in roll_up.sums]
    together += [f"{name} = greatest(t.{name}, excluded.{name})" for name in roll_up.newests()]
    return f"""
        WITH added AS (DELETE FROM {roll_up.target} WHERE slot <> 0 RETURNING *)
        INSERT INTO {roll_up.target} AS t (area_id, {keys}, slot, path, {", ".join(columns)})
            SELECT area_id, {keys}, 0, path, {", ".join(figures)} FROM added GROUP BY area_id, {keys}, path
        ON CONFLICT (area_id, {keys}, slot) DO UPDATE SET {", ".join(together)};"""


def make_fold() -> None:
    """Create the function that folds all sums, one transaction at a time: who comes second leaves it to the first.

    A reader sees either the added rows or the folded one, never both, since both change in one transaction.
    """
    run(f"""
        CREATE FUNCTION fold_roll_ups() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        BEGIN
            IF pg_try_advisory_xact_lock(hashtext('wangge fold')) THEN {"".join(map(fold, ROLL_UPS))} END IF;
        END $$;
        CREATE FUNCTION move_roll_ups() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        BEGIN {"".join(f"UPDATE {r.target} SET path = NEW.path WHERE area_id = NEW.id;" for r in ROLL_UPS)} RETURN NULL; END $$;
        CREATE TRIGGER move_roll_ups AFTER UPDATE ON area FOR EACH ROW
            WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION move_roll_ups();""")


def follow_truncate(roll_up: RollUp) -> None:
    """Empty the sums with their source."""
    run(f"""
        CREATE FUNCTION {roll_up.target}_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = public AS $$ BEGIN TRUNCATE {roll_up.target}; RETURN NULL; END $$;
        CREATE TRIGGER roll_up_truncate AFTER TRUNCATE ON {roll_up.source}
            FOR EACH STATEMENT EXECUTE FUNCTION {roll_up.target}_truncate();""")


def run(script: str) -> None:
    """Run a script of several statements as it stands (no bound values, so that `:` and `%` mean themselves)."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
    cursor.close()


def downgrade() -> None:
    """Take the sums and the begun intervals away."""
    for roll_up in ROLL_UPS:
        for event in (*CHANGES, "truncate"):
            op.execute(f"DROP FUNCTION {roll_up.target}_{event}() CASCADE")
        op.execute(f"DROP TABLE {roll_up.target}")
    op.execute("DROP FUNCTION fold_roll_ups(), move_roll_ups() CASCADE")
    op.execute("DROP SEQUENCE roll_up_slot")
    run((HERE / "0002_down.sql").read_text(encoding="utf-8"))
