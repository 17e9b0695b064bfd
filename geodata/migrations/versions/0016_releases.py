"""Releases of the press desk: what was made, who approved it, its files, its manifest; templates for what is made often."""

from pathlib import Path

from alembic import op

from geodata.migrations.ways import fill_path, guard, run

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent
AREAS = "app.paths"
NEW = "ordered, forms, batch, paths, made_by, made_by_id, made_at, area_id"
STEPS = "state, approved_by, approved_by_id, approved_at, released_by, released_at, ended_by, ended_at, reason"
GRANTS = {
    "press_template": "SELECT, INSERT, UPDATE (name, ordered, forms, changed_by, changed_at), DELETE",
    "press_release": f"SELECT, INSERT ({NEW}), UPDATE ({STEPS})",
    "press_release_event": "SELECT",
}
"""A reader asks for a release and decides about it; sheets, files, manifests and the journal only the program writes."""
VISIBLE = "EXISTS (SELECT FROM press_release r WHERE r.id = release_id)"


def upgrade() -> None:
    """Add the tables with their scope, the rules of the states, and what anybody may know of a number."""
    run((HERE / "0016_tables.sql").read_text(encoding="utf-8"))
    for table, rights in GRANTS.items():
        guard(table, AREAS, rights)
        fill_path(table)
    op.execute("ALTER TABLE press_release_file ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON press_release_file FOR SELECT TO wangge_app USING ({VISIBLE})")
    op.execute("GRANT SELECT ON press_release_file TO wangge_app")
    for table in ("press_template", "press_release"):
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO wangge_app")
    run((HERE / "0016_rules.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Take the releases away."""
    op.execute("DROP FUNCTION press_verdict(bytea, text)")
    op.execute(
        "DROP TABLE press_template, press_release_event, press_release_file, press_release_sheet, press_release, "
        "press_release_serial"
    )
    for function in ("keep_release_rules()", "log_release()", "keep_release_file()", "refuse_release_rewriting()"):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP FUNCTION release_number(int, int)")
