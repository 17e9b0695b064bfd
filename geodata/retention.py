"""What leaves after a while: passages and positions by whole days (UTC), shifts at checkpoints, deliveries that are settled.

What was counted of them stays, and so does a refused row that still waits.
First the database notes from when on a table still holds its rows (`kept_since`), while nobody writes to it: what is older
is refused from then on, so that nothing can be counted twice or leave unseen. Then its days go, each in a transaction of its own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from psycopg import errors
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from geodata.database import Database
from geodata.errors import DatabaseAway

PASSAGES = ("passage",)
TELEMETRY = ("track_point", "ground_point")
STAFFING = ("checkpoint_staffing",)
ARRIVALS = ("refused_row", "delivery")
"""Nobody delivers a row of these, so that nothing of them can come again. A delivery goes after the rows that point to it."""
_OLD = {
    "checkpoint_staffing": "checkpoint_staffing WHERE day < :day",
    "refused_row": "refused_row WHERE state <> 'open' AND settled_at < :since",
    # Places as they were delivered, and rows that wait, are still somebody's: their delivery says whose.
    "delivery": (
        "delivery d WHERE day < :day AND NOT EXISTS (SELECT FROM refused_row r WHERE r.delivery_id = d.id) "
        "AND NOT EXISTS (SELECT FROM delivered_place p WHERE p.delivery_id = d.id)"
    ),
}
"""What is old of tables without partitions; of the others that is what lies in the default one."""
CHUNK = 10_000
"""Rows that one transaction deletes."""
PATIENCE_S = 2
"""Seconds that a day waits for those who write to or read its table; then it stays until the next time."""
_DAYS = text(
    """SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = to_regclass(:table) AND c.relname ~ ('^' || :table || '_[0-9]{8}$')
         AND right(c.relname, 8) < to_char(CAST(:first AS date), 'YYYYMMDD') ORDER BY 1"""
)
_NOTE = text(
    """INSERT INTO setting (name, value) VALUES ('kept_since_' || CAST(:table AS text), :since)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value
       WHERE CAST(excluded.value AS timestamptz) > CAST(setting.value AS timestamptz)"""
)
_TELL = text("SELECT pg_notify('wangge', json_build_object('table', CAST(:table AS text), 'box', NULL)::text)")
_TURN = text("SELECT pg_try_advisory_xact_lock(hashtext('wangge retention'))")


@dataclass(frozen=True, slots=True)
class Left:
    """What left one table, or would: its partitions, and rows that lay in none of a day."""

    table: str
    first: date
    """The first day (UTC) that stays."""
    days: tuple[str, ...]
    rows: int


def leave(database: Database, keep: dict[str, int], *, now: datetime, dry: bool = False) -> list[Left]:
    """Drop what is older than so many days, by table; 0 keeps everything. `dry` only says what would go.

    Several processes may do it at once: whoever finds another at it leaves it to that one. Raises DatabaseAway.
    """
    found = []
    for table, days in keep.items():
        if days:
            first = now.astimezone(UTC).date() - timedelta(days=days)
            found.append(_would(database, table, first) if dry else _leave(database, table, first))
    return found


def _would(database: Database, table: str, first: date) -> Left:
    with database.owner() as connection:
        days = tuple(connection.scalars(_DAYS, {"table": table, "first": first}))
        rows = connection.scalar(
            text(f"SELECT count(*) FROM {_old(table)}"),  # noqa: S608 -- our own names
            {"day": first, "since": _midnight(first)},
        )
        return Left(table, first, days, int(rows or 0))


def _leave(database: Database, table: str, first: date) -> Left:
    would = _would(database, table, first)
    if not (would.days or would.rows) or not (table in ARRIVALS or _note(database, table, first)):
        return Left(table, first, (), 0)
    dropped = tuple(day for day in would.days if _in_turn(database, table, _dropping(day)))
    rows = sum(_old_rows(database, table, first)) if would.rows else 0
    if dropped or rows:
        with database.owner() as connection:
            connection.execute(_TELL, {"table": table})
    return Left(table, first, dropped, rows)


def _note(database: Database, table: str, first: date) -> bool:
    """Note from when on a table holds its rows, while nobody writes to it; say whether that could be done now."""
    note = {"table": table, "since": _midnight(first).isoformat()}
    return _in_turn(database, table, lambda connection: connection.execute(_NOTE, note))


def _old_rows(database: Database, table: str, first: date) -> Iterator[int]:
    """Delete old rows that lie in no partition of a day, some at a time; yield how many each time."""
    old = _old(table)
    some = text(
        f"DELETE FROM {old.partition(' ')[0]} WHERE ctid = ANY (ARRAY("  # noqa: S608 -- our own names
        f"SELECT ctid FROM {old} LIMIT {CHUNK}))"
    )
    while True:
        with database.owner() as connection:
            gone = connection.execute(some, {"day": first, "since": _midnight(first)}).rowcount
        yield gone
        if gone < CHUNK:
            return


def _in_turn(database: Database, table: str, do: Callable[[Connection], object]) -> bool:
    """Do something to a table in a transaction that alone may touch it; say whether its turn came soon enough."""
    try:
        with database.owner() as connection:
            if not connection.scalar(_TURN):
                return False
            connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_S}s'"))
            connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
            do(connection)
    except (DBAPIError, DatabaseAway) as error:
        cause = error if isinstance(error, DBAPIError) else error.__cause__
        if isinstance(getattr(cause, "orig", None), errors.LockNotAvailable | errors.DeadlockDetected):
            return False
        raise
    return True


def _dropping(day: str) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(text(f"DROP TABLE IF EXISTS {day}"))


def _old(table: str) -> str:
    return _OLD.get(table, f"{table}_other WHERE at < :since")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
