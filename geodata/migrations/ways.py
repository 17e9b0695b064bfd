"""What migrations do again and again: run a script, give the reading role its rows, announce what changed where."""

from alembic import op


def run(script: str) -> None:
    """Run a script of several statements as it stands (no bound values, so that `:` and `%` mean themselves)."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
    cursor.close()


def below(setting: str) -> str:
    """Return the condition that a row's path lies below the paths in a setting; whoever sees everything is asked once."""
    paths = f"current_setting('{setting}', true)"
    return f"(SELECT sees_everything({paths})) OR path <@ ANY ((SELECT string_to_array({paths}, ','))::ltree[])"


def guard(table: str, setting: str, rights: str = "SELECT", *, seen: str = "") -> None:
    """Give the reading role its rows of one table: those below the setting's paths, or those that `seen` lets through.

    Where the rights hold INSERT or UPDATE, what is written must lie below the paths.
    """
    rule = below(setting)
    check = f" WITH CHECK ({rule})" if rights != "SELECT" else ""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON {table} TO wangge_app USING ({seen or rule}){check}")
    op.execute(f"GRANT {rights} ON {table} TO wangge_app")


def fill_path(table: str) -> None:
    """Let a row that brings no path take its area's."""
    op.execute(
        f"CREATE TRIGGER set_path BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.path IS NULL) "
        "EXECUTE FUNCTION set_row_path()"
    )


def tell(table: str) -> None:
    """Announce that a table changed."""
    op.execute(
        f"CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION tell_table()"
    )


def tell_where(table: str) -> None:
    """Announce the box of what changed in a table with places."""
    rows = {"insert": "NEW TABLE AS new_rows", "delete": "OLD TABLE AS old_rows"}
    rows["update"] = f"{rows['delete']} {rows['insert']}"
    for event, transition in rows.items():
        op.execute(
            f"CREATE TRIGGER tell_{event} AFTER {event.upper()} ON {table} REFERENCING {transition} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION tell_{event}()"
        )
