"""Arrival: senders with tokens of their own, what arrived by sender and day, and the rows that were refused."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run, tell

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
HOMES = "app.home_paths"
GRANTS = {
    "sender": "SELECT, INSERT, UPDATE (disabled)",
    "sender_area": "SELECT, INSERT",
    "delivery": "SELECT",
    "delivery_day": "SELECT",
    "refused_row": "SELECT, UPDATE (state, settled_by, settled_at, reason)",
}
"""What arrived is written by functions alone. What was refused may speak of homes; the press needs none of it."""


def upgrade() -> None:
    """Add the tables with their scope, the functions that write them, and the key of personal numbers."""
    run((HERE / "0017_tables.sql").read_text(encoding="utf-8"))
    for table, rights in GRANTS.items():
        guard(table, HOMES, rights)
        fill_path(table)
    run((HERE / "0017_rules.sql").read_text(encoding="utf-8"))
    for table in ("sender", "sender_area"):
        tell(table)


def downgrade() -> None:
    """Take the arrival away."""
    op.execute("DROP FUNCTION quarantine(bigint, jsonb, int)")
    op.execute("DROP FUNCTION note_delivery(text, text, text, text, int, int, int, int, jsonb, bytea)")
    op.execute("DROP FUNCTION count_arrival(text, text, int, int, int, int)")
    op.execute("DROP FUNCTION common_area(text)")
    op.execute("DROP TABLE refused_row, delivery_day, delivery, sender_token, sender_area, sender")
    op.execute("DELETE FROM setting WHERE name = 'feed_key'")
