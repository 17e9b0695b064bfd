"""Where confirmed cases were and how they travelled; venues, enterprises, consultations, and any other daily figure."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run, tell, tell_where

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
HOMES = "app.home_paths"
PLACES = ("case_place", "venue", "enterprise")
OTHERS = (
    "case_trip",
    "venue_hour",
    "enterprise_day",
    "consultation",
    "consultation_day",
    "indicator",
    "indicator_day",
)
NUMBERED = ("case_place", "case_trip", "venue", "enterprise", "consultation", "indicator")


def upgrade() -> None:
    """Add the tables, all of them for whoever works there: the press reads none of them."""
    run((HERE / "0021_tables.sql").read_text(encoding="utf-8"))
    for table in (*PLACES, *OTHERS):
        guard(table, HOMES, "SELECT, INSERT, UPDATE")
        fill_path(table)
    for table in NUMBERED:
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO wangge_app")
    for table in PLACES:
        tell_where(table)
    for table in OTHERS:
        tell(table)


def downgrade() -> None:
    """Take everything away again, with the secret of the plates."""
    op.execute("DROP FUNCTION same_trip(text, text, date[]), plate_secret()")
    op.execute(
        "DROP TABLE indicator_day, indicator, consultation_day, consultation, enterprise_day, enterprise, venue_hour, "
        "venue, case_trip, case_place"
    )
    op.execute("DELETE FROM setting WHERE name = 'plate_secret'")
