"""What must be true of a demo city at a moment, counted anew from its rows."""

from datetime import datetime

from sqlalchemy import Connection, text

from tests.geodata.counting import of_grids

_TALLIES = {
    "grid_tally": (
        "SELECT area_id, state_id AS key, count(*) AS n FROM household GROUP BY 1, 2",
        f"SELECT area_id, state_id AS key, households AS n FROM ({of_grids('grid_tally', 'state_id')}) g",
    ),
    "grid_due": (
        "SELECT area_id, due_on AS key, count(*) AS n FROM household WHERE due_on IS NOT NULL GROUP BY 1, 2",
        f"SELECT area_id, due_on AS key, households AS n FROM ({of_grids('grid_due', 'due_on')}) g",
    ),
    "grid_begun": (
        "SELECT area_id, (local_day(lower(valid)), state_id)::text AS key, count(*) AS n FROM household_state GROUP BY 1, 2",
        f"SELECT area_id, (day, state_id)::text AS key, households AS n FROM ({of_grids('grid_begun', 'day, state_id')}) g",
    ),
    "grid_passages": (
        "SELECT area_id, local_day(hour) AS key, sum(passed) * 1000000 + sum(seconds) AS n FROM checkpoint_hour GROUP BY 1, 2",
        "SELECT area_id, day AS key, passed * 1000000::bigint + seconds AS n FROM grid_passages",
    ),
    "grid_posts": (
        "SELECT area_id, (staffed_from, staffed_to)::text AS key, count(*) AS n FROM checkpoint GROUP BY 1, 2",
        "SELECT area_id, (staffed_from, staffed_to)::text AS key, posts AS n FROM grid_posts",
    ),
    "area_tally": (
        "SELECT a.id AS area_id, h.state_id AS key, count(*) AS n FROM household h "
        "JOIN area a ON h.path <@ a.path AND a.id <> h.area_id GROUP BY 1, 2",
        "SELECT area_id, state_id AS key, sum(households) AS n FROM tally_below "
        "WHERE area_id NOT IN (SELECT id FROM area WHERE level = 'grid') GROUP BY 1, 2",
    ),
}
_FUTURE = {
    "household": "since",
    "household_past": "upper(valid)",
    "household_finding": "greatest(began, entered_at)",
    "checkpoint": "reported_at",
    "checkpoint_hour": "reported_at",
    "hotel_day": "reported_at",
    "clinic": "reported_at",
    "flight": "greatest(started_at, ended_at)",
    "track_point": "at",
    "ground_patrol": "greatest(started_at, ended_at)",
    "ground_point": "at",
    "patrol_cell": "last_seen_at",
    "patrol_event": "at",
    "grid_tally": "changed_at",
    "area_tally": "changed_at",
}


def miscounted(connection: Connection) -> dict[str, int]:
    """Say of each kept count how many of its rows differ from a recount."""
    return {
        table: connection.scalar(
            text(
                f"SELECT count(*) FROM ({counted}) a FULL JOIN ({kept}) b USING (area_id, key) "
                "WHERE coalesce(a.n, 0) <> coalesce(b.n, 0)"
            )
        )
        or 0
        for table, (counted, kept) in _TALLIES.items()
    }


def ahead(connection: Connection, now: datetime) -> dict[str, int]:
    """Say of each table how many of its rows lie in the future."""
    return {
        table: connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {moment} > :now"), {"now": now}) or 0
        for table, moment in _FUTURE.items()
    }


def number(connection: Connection, query: str, **values: object) -> int:
    """Return the one number that a query asks for."""
    return int(connection.scalar(text(query), values) or 0)


def due(connection: Connection, now: datetime) -> tuple[int, int, int]:
    """Count households that are due on the city's day of `now`, overdue, and changed that day."""
    row = connection.execute(
        text(
            "SELECT count(*) FILTER (WHERE due_on = local_day(:now)), count(*) FILTER (WHERE due_on < local_day(:now)), "
            "count(*) FILTER (WHERE local_day(since) = local_day(:now)) FROM household"
        ),
        {"now": now},
    ).one()
    return tuple(row)
