"""When a day was first reported, of shops, enterprises, consultations and indicators: a correction does not move it."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = ("shop_day", "enterprise_day", "consultation_day", "indicator_day")


def upgrade() -> None:
    """Add the column; of what is there the time that is known stands, and a row that brings none takes its report's."""
    op.execute(
        "CREATE FUNCTION set_first_reported() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.first_reported_at := NEW.reported_at; RETURN NEW; END $$"
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN first_reported_at timestamptz")
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        op.execute(f"UPDATE {table} SET first_reported_at = reported_at")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN first_reported_at SET NOT NULL")
        op.execute(
            f"CREATE TRIGGER set_first_reported BEFORE INSERT ON {table} FOR EACH ROW "
            "WHEN (NEW.first_reported_at IS NULL) EXECUTE FUNCTION set_first_reported()"
        )


def downgrade() -> None:
    """Take the column away."""
    for table in TABLES:
        op.execute(f"DROP TRIGGER set_first_reported ON {table}")
        op.execute(f"ALTER TABLE {table} DROP COLUMN first_reported_at")
    op.execute("DROP FUNCTION set_first_reported()")
