"""Counts that are kept, against a recount of what they count."""

from sqlalchemy import Connection, text

CHANGED = {"grid_tally": "changed_tally", "grid_due": "changed_due", "grid_begun": "changed_begun"}
"""What changes added since they were last folded into a count."""
COUNTED = {
    "grid_tally": ("state_id", "SELECT area_id, state_id, count(*)::int FROM household GROUP BY 1, 2"),
    "grid_due": (
        "due_on",
        "SELECT area_id, due_on, count(*)::int FROM household WHERE due_on IS NOT NULL GROUP BY 1, 2",
    ),
    "grid_begun": (
        "day, state_id",
        "SELECT area_id, local_day(lower(valid)), state_id, count(*)::int FROM household_state GROUP BY 1, 2, 3",
    ),
}
ROLLED = {
    "tally_below": ("grid_tally", "state_id"),
    "due_below": ("grid_due", "due_on"),
    "begun_below": ("grid_begun", "day, state_id"),
}


def of_grids(table: str, keys: str) -> str:
    """Return the query of one kept count of every grid, with what was not folded yet."""
    together = " UNION ALL ".join(f"SELECT area_id, {keys}, households FROM {t}" for t in (table, CHANGED[table]))
    return (
        f"SELECT area_id, {keys}, sum(households)::int AS households FROM ({together}) c "
        f"JOIN area a ON a.id = c.area_id AND a.level = 'grid' GROUP BY area_id, {keys} HAVING sum(households) <> 0"
    )


def recount(connection: Connection) -> list[str]:
    """Return the tables of counts per grid that differ from a recount: none, if all is well."""
    asked = {table: f"({of_grids(table, keys)})" for table, (keys, _) in COUNTED.items()}
    return [
        table
        for table, (_, again) in COUNTED.items()
        if connection.scalar(
            text(f"SELECT count(*) FROM (({asked[table]} EXCEPT ({again})) UNION (({again}) EXCEPT {asked[table]})) d")
        )
    ]


def rolled_up(connection: Connection) -> list[str]:
    """Return the sums of areas that differ from what lies below them: none, if all is well."""
    wrong = []
    for target, (source, keys) in ROLLED.items():
        below = f"""SELECT a.id, {keys}, sum(s.households) FROM area a JOIN area g ON g.path <@ a.path AND g.id <> a.id
            JOIN ({of_grids(source, keys)}) s ON s.area_id = g.id
            GROUP BY a.id, {keys} HAVING sum(s.households) <> 0"""
        kept = f"SELECT area_id, {keys}, sum(households) FROM {target} "
        kept += f"WHERE area_id NOT IN (SELECT id FROM area WHERE level = 'grid') GROUP BY area_id, {keys} "
        kept += "HAVING sum(households) <> 0"
        differ = connection.scalar(
            text(f"SELECT count(*) FROM (({below} EXCEPT {kept}) UNION ({kept} EXCEPT {below})) d")
        )
        wrong += [target] if differ else []
    return wrong
