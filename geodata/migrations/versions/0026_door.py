"""The door of the ledger in fewer steps: most changes are one look and one update; a state is held by its grid's count."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, run

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent


def upgrade() -> None:
    """Put the shorter door in place."""
    run((HERE / "0026_door.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Put the door of 0009 back, and the keys that it asked."""
    op.execute(
        "DROP FUNCTION enter_late(household, smallint, timestamptz, text, text, text, uuid, int), "
        "judge_change(bigint, text, smallint, int, timestamptz, text, text, text, uuid, boolean, bigint, uuid, uuid, int, "
        "ltree[])"
    )
    op.execute("DROP FUNCTION record_state(bigint, smallint, timestamptz, text, text, text, uuid), whole_city()")
    before = (HERE / "0009_intervals.sql").read_text(encoding="utf-8")
    run(_again(before, "CREATE FUNCTION keep_state()", "CREATE TRIGGER keep_state"))
    run(_again(before, "-- The state that begins after", "-- A counter-entry"))
    run(_again(before, "-- One change by somebody", ""))
    ledger = (HERE / "0006_ledger.sql").read_text(encoding="utf-8")
    run(_again(ledger, "CREATE FUNCTION record_state(", "-- Due households of states"))
    op.execute("ALTER FUNCTION clear_automatically(int) RESET app.home_paths")
    op.execute(
        "REVOKE EXECUTE ON FUNCTION enter_change(household, smallint, timestamptz, text, text, text, uuid, int), "
        "begin_state(bigint, int, ltree, smallint, timestamptz, date, geometry, smallint, timestamptz, text, text, text, uuid, "
        "int), record_state(bigint, smallint, timestamptz, text, text, text, uuid) FROM PUBLIC"
    )
    op.execute(
        "ALTER TABLE household_past DROP CONSTRAINT ck_household_past_valid, ADD CONSTRAINT ck_household_past_valid "
        "CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid))"
    )
    fill_path("household_past")
    op.execute("ALTER TABLE household RESET (fillfactor)")
    for table in ("household", "household_finding"):
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_state_id FOREIGN KEY (state_id) REFERENCES scheme_state (id)"
        )


def _again(script: str, begin: str, end: str) -> str:
    """Return a part of an older script, its functions in place of those that are there."""
    part = script[script.index(begin) :]
    part = part[: part.index(end)] if end else part
    return part.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
