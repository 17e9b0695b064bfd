"""Alerts: rules as data, what fired, its journal; fever self-reports, which are one of the causes."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run, tell, tell_where

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
HOMES = "app.home_paths"
GRANTS = {
    "alert": "SELECT, UPDATE (seen_by, seen_at, assigned_to, assigned_by, assigned_at, closed_by, closed_at, closed_why)",
    "alert_event": "SELECT, INSERT",
    "fever_report": "SELECT, INSERT, UPDATE (status, reported_at)",
}
"""A reader may say what was done about an alert; that it fired, and that its cause is gone, only whoever judges says."""


def upgrade() -> None:
    """Add the tables with their scope, and the news of them. Some alerts speak of homes, so all keep their scope."""
    run((HERE / "0012_tables.sql").read_text(encoding="utf-8"))
    for table, rights in GRANTS.items():
        guard(table, HOMES, rights)
        fill_path(table)
    for table in ("alert_event", "fever_report"):
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO wangge_app")
    op.execute("GRANT SELECT ON alert_rule, alert_judged TO wangge_app")
    tell_where("alert")
    for table in ("alert_rule", "alert_judged", "fever_report"):
        tell(table)


def downgrade() -> None:
    """Take the alerts away."""
    op.execute("DROP TABLE fever_report, alert_event, alert, alert_waiting, alert_judged, alert_rule")
