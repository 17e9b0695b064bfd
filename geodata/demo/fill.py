"""Keep the demo city alive: move what happened to homes along with the calendar, and report what is missing up to now."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from geodata import bulk
from geodata.demo import calendar, cases, counts, economy, facts, offices, rounds, shops, villages
from geodata.demo.population import Size
from geodata.demo.progress import Progress, label
from geodata.demo.rules import checkpoints, foot, patrols
from geodata.demo.rules.states import DAYS, Clock, clock, day_of
from geodata.demo.standing import Standing, found

FRESH_S = 20 * 60
"""A demo that was filled this recently is left as it is."""


def catch_up(connection: Connection, now: datetime, tell: Progress) -> bool:
    """Bring the demo that is there up to `now` (aware), in the caller's transaction; say whether anything was to do."""
    known = settings(connection)
    made_at = datetime.fromisoformat(known["demo_made_at"])
    filled_at = datetime.fromisoformat(known.get("demo_filled_at", known["demo_made_at"]))
    if (now - filled_at).total_seconds() < FRESH_S:
        return False
    tell(label("calendar"), 0, 3)
    zone = ZoneInfo(known["time_zone"])
    at, then = clock(now, zone), clock(made_at, zone)
    if at.today > then.today:
        made_at = calendar.move(connection, then, at)
        rounds.move(connection, at.today - then.today)
        recount(connection)
    tell(label("calendar"), 1, 3)
    _report(connection, found(connection), Size(known["size"]), clock(filled_at, zone), at)
    tell(label("calendar"), 2, 3)
    remember(connection, demo_made_at=made_at.isoformat(), demo_filled_at=now.astimezone(UTC).isoformat())
    connection.execute(text("SELECT fold_roll_ups(), fold_replay()"))
    tell(label("calendar"), 3, 3)
    return True


def settings(connection: Connection) -> dict[str, str]:
    """What is known of this installation."""
    return {row.name: row.value for row in connection.execute(text("SELECT name, value FROM setting"))}


def remember(connection: Connection, **known: str) -> None:
    """Keep facts about this installation."""
    put = "INSERT INTO setting VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    connection.execute(text(put), [{"name": name, "value": value} for name, value in known.items()])


def _report(connection: Connection, standing: Standing, size: Size, since: Clock, at: Clock) -> None:
    """What posts, hotels, clinics and drones have to say of the time since they last did."""
    partitions(connection, at)
    begin = max(since.now, at.now - 3600 * checkpoints.HOURS[size])
    chunks = (chunk for _, chunk in facts.hours(standing, begin - 7200, at, told_after=begin))
    _add_newer(connection, "checkpoint_hour", facts.HOUR, chunks)
    _add_newer(connection, "hotel_day", facts.NIGHT, [facts.nights(standing, max(since.today, at.today - DAYS), at)])
    connection.execute(
        text(
            "UPDATE clinic SET reported_at = CAST(:now AS timestamptz) - make_interval(mins => 5 + (id * 37) % 170) "
            "WHERE reported_at < CAST(:now AS timestamptz) - interval '3 hours'"
        ),
        {"now": datetime.fromtimestamp(at.now, UTC)},
    )
    _patrol(connection, standing, begin, at)
    villages.fill(connection, since.now, at)
    counts.fill(connection, since.now, at)
    cases.fill(connection, at)
    economy.fill(connection, since.now, at)
    shops.fill(connection, since.now, at)
    offices.fill(connection, at)
    _walk(connection, standing, begin, at)


def _walk(connection: Connection, standing: Standing, begin: int, at: Clock) -> None:
    """Let teams that are out come back where they were last seen, and others walk up to now."""
    connection.execute(
        text(
            "UPDATE ground_patrol g SET ended_at = greatest(started_at, coalesce((SELECT max(at) FROM ground_point p "
            "WHERE p.patrol_id = g.id), started_at)) WHERE ended_at IS NULL"
        )
    )
    last = connection.scalar(text("SELECT extract(epoch FROM max(ended_at))::bigint FROM ground_patrol"))
    out = foot.walks(standing.teams, max(begin, (last or 0) + 1, at.now - 86_400), at.now)
    if standing.grounds.polygons:
        walk(connection, standing, out, at)


def _patrol(connection: Connection, standing: Standing, begin: int, at: Clock) -> None:
    """Let whatever is in the air land where it was last seen, and others fly up to now."""
    connection.execute(
        text(
            "UPDATE flight f SET ended_at = greatest(started_at, coalesce((SELECT max(at) FROM track_point p "
            "WHERE p.flight_id = f.id), started_at)) WHERE ended_at IS NULL"
        )
    )
    last = connection.scalar(text("SELECT extract(epoch FROM max(ended_at))::bigint FROM flight"))
    flown = patrols.flights_between(standing.drones, max(begin, (last or 0) + 1, at.now - 86_400), at.now)
    if not standing.grounds.polygons:
        return
    first = connection.scalar(text("SELECT nextval('flight_id_seq')")) or 1
    fly(connection, facts.patrol(standing, flown, first, at))
    connection.execute(text("SELECT setval('flight_id_seq', :last)"), {"last": first + len(flown)})


def _add_newer(connection: Connection, table: str, columns: Sequence[str], chunks: Iterable[str]) -> None:
    """Add rows whose first two columns are their key; what was reported later than such a row stays."""
    names, new = ", ".join(columns), f"new_{table}"
    connection.execute(text(f"CREATE TEMP TABLE {new} ON COMMIT DROP AS SELECT {names} FROM {table} LIMIT 0"))  # noqa: S608 -- our own names
    bulk.copy_rows(connection, new, columns, chunks)
    taken = ", ".join(f"{name} = excluded.{name}" for name in columns[2:])
    connection.execute(
        text(
            f"INSERT INTO {table} AS t ({names}) SELECT {names} FROM {new} ORDER BY 1, 2 "  # noqa: S608 -- our own names
            f"ON CONFLICT ({columns[0]}, {columns[1]}) DO UPDATE SET {taken} WHERE excluded.reported_at > t.reported_at"
        )
    )


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
        text("SELECT ensure_partitions(:first, :last), ensure_ground_partitions(:first, :last)"),
        {"first": day_of(at.today - 4), "last": day_of(at.today + 7)},
    )


def fly(connection: Connection, flown: facts.Patrols) -> None:
    """Insert flights with what they saw."""
    bulk.copy_rows(connection, "flight", facts.FLIGHT, [flown.flights])
    bulk.copy_rows(connection, "track_point", facts.POINT, [flown.points])
    bulk.copy_rows(connection, "patrol_event", facts.EVENT, [flown.events])


def walk(connection: Connection, standing: Standing, walks: Sequence[foot.Walk], at: Clock) -> None:
    """Insert patrols on foot with where they were."""
    if not walks:
        return
    first = connection.scalar(text("SELECT nextval('ground_patrol_id_seq')")) or 1
    told = facts.walked(standing, walks, first, at)
    bulk.copy_rows(connection, "ground_patrol", facts.WALK, [told.walks])
    bulk.copy_rows(connection, "ground_point", facts.STEP, [told.steps])
    connection.execute(text("SELECT setval('ground_patrol_id_seq', :last)"), {"last": first + len(walks)})
