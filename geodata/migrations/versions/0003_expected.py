"""Posts by the moment at which they are due to report, per grid and summed above: what is silent costs no look at posts."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
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


def upgrade() -> None:
    """Add the counts and their sums, and fill them from what is there."""
    for part in ("tables", "rules"):
        run((HERE / f"0003_{part}.sql").read_text(encoding="utf-8"))
    for table in ("grid_expected", "area_expected"):
        guard(table)
    for event in CHANGES:
        follow(event)
    run(
        """CREATE FUNCTION area_expected_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
               SET search_path = public AS $$ BEGIN TRUNCATE area_expected; RETURN NULL; END $$;
           CREATE TRIGGER roll_up_truncate AFTER TRUNCATE ON grid_expected
               FOR EACH STATEMENT EXECUTE FUNCTION area_expected_truncate();
           CREATE FUNCTION move_area_expected() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
               SET search_path = public AS
           $$ BEGIN UPDATE area_expected SET path = NEW.path WHERE area_id = NEW.id; RETURN NULL; END $$;
           CREATE TRIGGER move_area_expected AFTER UPDATE ON area FOR EACH ROW
               WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION move_area_expected();
           INSERT INTO grid_expected (area_id, expected_by, path, posts)
               SELECT area_id, expected_by, path, count(*) FROM checkpoint
               WHERE expected_by IS NOT NULL GROUP BY 1, 2, 3;
           SELECT fold_expected();"""
    )


def guard(table: str) -> None:
    """Give the reading role its rows of one table."""
    rule = "path <@ ANY ((SELECT string_to_array(current_setting('app.paths', true), ','))::ltree[])"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON {table} TO wangge_app USING ({rule})")
    op.execute(f"GRANT SELECT ON {table} TO wangge_app")


def follow(event: str) -> None:
    """Keep the sums in the statement that changes the counts; a moved area's old path is taken off, its new one added."""
    changes, transition = CHANGES[event]
    run(f"""
        CREATE FUNCTION area_expected_{event}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = public AS $$
        DECLARE slot bigint := nextval('expected_slot');
        BEGIN
            INSERT INTO area_expected (area_id, expected_by, slot, path, posts)
                SELECT a.id, c.expected_by, slot, a.path, sum(c.n * c.posts)
                FROM ({changes}) c
                CROSS JOIN LATERAL unnest(string_to_array(subpath(c.path, 0, -1)::text, '.')::int[]) AS above(id)
                JOIN area a ON a.id = above.id
                GROUP BY a.id, c.expected_by, a.path HAVING sum(c.n * c.posts) <> 0;
            IF slot % {FOLD_EVERY} = 0 THEN PERFORM fold_expected(); END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER roll_up_{event} AFTER {event.upper()} ON grid_expected REFERENCING {transition}
            FOR EACH STATEMENT EXECUTE FUNCTION area_expected_{event}();""")


def run(script: str) -> None:
    """Run a script of several statements as it stands (no bound values, so that `:` and `%` mean themselves)."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
    cursor.close()


def downgrade() -> None:
    """Take the counts and their sums away."""
    for name in ("insert", "delete", "update", "truncate"):
        op.execute(f"DROP FUNCTION count_expected_{name}() CASCADE")
        op.execute(f"DROP FUNCTION area_expected_{name}() CASCADE")
    op.execute("DROP FUNCTION move_area_expected(), fold_expected(), count_expected(expected_change[]) CASCADE")
    op.execute("DROP TYPE expected_change")
    op.execute("DROP TABLE area_expected, grid_expected")
    op.execute("DROP SEQUENCE expected_slot")
