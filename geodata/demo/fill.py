"""Keep the demo city alive: move what happened to homes along with the calendar, and report what is missing up to now."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from geodata import bulk
from geodata.database import Database
from geodata.demo import facts
from geodata.demo.population import Size
from geodata.demo.rules import checkpoints, patrols
from geodata.demo.rules.states import DAYS, Clock, clock, day_of
from geodata.demo.standing import Standing, found
from geodata.words import say


def recount(connection: Connection) -> None:
    """Count households per grid anew, with the time of the newest change as the time of the count."""
    connection.execute(text("TRUNCATE grid_tally"))
    connection.execute(
        text(
            "INSERT INTO grid_tally (area_id, state_id, path, households, changed_at) "
            "SELECT area_id, state_id, path, count(*), max(since) FROM household GROUP BY area_id, state_id, path"
        )
    )


def partitions(connection: Connection, at: Clock) -> None:
    """Have partitions ready for what the demo holds and for the next days."""
    connection.execute(
        text("SELECT ensure_partitions(:first, :last)"), {"first": day_of(at.today - 4), "last": day_of(at.today + 7)}
    )


def fly(connection: Connection, flown: facts.Patrols) -> None:
    """Insert flights with what they saw."""
    bulk.copy_rows(connection, "flight", facts.FLIGHT, [flown.flights])
    bulk.copy_rows(connection, "track_point", facts.POINT, [flown.points])
    bulk.copy_rows(connection, "patrol_event", facts.EVENT, [flown.events])


def catch_up(database: Database, now: datetime, tell: Callable[[str, int, int], None]) -> None:
    pass
