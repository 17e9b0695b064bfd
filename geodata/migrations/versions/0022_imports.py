"""Imports of files: what senders call things, places as they were delivered, the keys of buildings and doors."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import run

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent


def upgrade() -> None:
    """Add the tables, which only imports read, and let the database itself hold buildings and doors apart."""
    run((HERE / "0022_tables.sql").read_text(encoding="utf-8"))
    op.execute("GRANT SELECT, INSERT, UPDATE ON import_memory TO wangge_app")
    op.execute("GRANT INSERT ON delivered_place TO wangge_app")


def downgrade() -> None:
    """Take them away again."""
    op.execute("DROP TABLE delivered_place, import_memory")
    op.execute("DROP INDEX uq_household_building_id_unit_floor_room, uq_building_area_id_address")
    op.execute("CREATE INDEX ix_building_area_id ON building (area_id)")
    op.execute("CREATE INDEX ix_household_building_id ON household (building_id)")
