"""What writers of several feeds share: partitions made in time, turns taken, the newest of several rows kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.refusal import Refusal, stop

RECENT = timedelta(days=62)
TURNS = 256
"""Writers of two areas wait for each other where these share a turn; few enough for the server's table of locks."""

T = TypeVar("T")
_MAKE_PARTITIONS = text(
    """SELECT ensure_partitions(min(day), max(day)) FROM unnest(CAST(:days AS date[])) AS d(day)
       WHERE to_regclass(CAST(:name AS text) || '_' || to_char(day, :form)) IS NULL
         AND day >= CAST(kept_since(CAST(:name AS text)) AT TIME ZONE 'UTC' AS date) HAVING count(*) > 0"""
)
_MAKE_GROUND_PARTITIONS = text(
    """SELECT ensure_ground_partitions(min(day), max(day)) FROM unnest(CAST(:days AS date[])) AS d(day)
       WHERE to_regclass('ground_point_' || to_char(day, 'YYYYMMDD')) IS NULL
         AND day >= CAST(kept_since('ground_point') AT TIME ZONE 'UTC' AS date) HAVING count(*) > 0"""
)
_KEPT_SINCE = text("SELECT kept_since(:table)")
_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtext(:what), turn) FROM unnest(CAST(:turns AS int[])) AS t(turn)")


async def partitions_by_month(connection: AsyncConnection, table: str, moments: Iterable[datetime]) -> None:
    """Make the monthly partitions that rows of these moments need; call it before the transaction touches the table."""
    oldest = _oldest()
    days = {_day(moment) for moment in moments}
    days = {max(day, oldest) for day in days if (day.year, day.month) >= (oldest.year, oldest.month)}
    await connection.execute(_MAKE_PARTITIONS, {"days": sorted(days), "name": table, "form": "YYYYMM"})


async def partitions_by_day(connection: AsyncConnection, table: str, moments: Iterable[datetime]) -> None:
    """Make the daily partitions that rows of these moments need; call it before the transaction touches the table."""
    days = _recent(moments)
    await connection.execute(_MAKE_PARTITIONS, {"days": days, "name": table, "form": "YYYYMMDD"})


async def ground_partitions_by_day(connection: AsyncConnection, moments: Iterable[datetime]) -> None:
    """Make the daily partitions of walked positions; call it before the transaction touches the table."""
    await connection.execute(_MAKE_GROUND_PARTITIONS, {"days": _recent(moments)})


async def refuse_left(
    connection: AsyncConnection, table: str, moments: Sequence[datetime], column: str = "at", why: str = "gone"
) -> None:
    """Raise Refused where the day of a row has left the table: it was counted, and would be counted once more, or leave again.

    Call it after the partitions are made. No day leaves between this and the end of the transaction.
    """
    await connection.execute(text(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE"))
    since = await connection.scalar(_KEPT_SINCE, {"table": table})
    stop([Refusal(number, column, why) for number, at in enumerate(moments, 1) if at < since])


def _recent(moments: Iterable[datetime]) -> list[date]:
    return sorted({day for moment in moments if (day := _day(moment)) >= _oldest()})


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _oldest() -> date:
    # What is older goes to the default partition: one delivery of old days must not make a hundred tables. Since this
    # day only moves on, no partition is made later for a day whose rows lie in the default one.
    return datetime.now(UTC).date() - RECENT


async def take_turns(connection: AsyncConnection, what: str, areas: Iterable[int]) -> None:
    """Wait for other writers of the same areas until the transaction ends; all wait in one order, so none deadlock."""
    await connection.execute(_TAKE_TURNS, {"what": f"wangge {what}", "turns": sorted({area % TURNS for area in areas})})


def newer(*columns: str, row: str = "excluded", more: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the condition that what was delivered (`row`) is a newer word than what the table `t` holds.

    That is one reported later, or a correction: of the same moment and with other values. Of such two the last one stands.
    `more` is SQL of what is held and what is said where columns of one name do not hold it.
    """
    held = ", ".join([*(f"t.{name}" for name in columns), *more])
    said = ", ".join([*(f"{row}.{name}" for name in columns), *more.values()])
    same = f"{row}.reported_at = t.reported_at AND ({said}) IS DISTINCT FROM ({held})"
    return f"({row}.reported_at > t.reported_at OR {same})"


def newest_word(rows: Sequence[T], *key: str) -> list[T]:
    """Return the newest report of every key.

    Raises Refused where two of one moment say different things: one of them would vanish, and it is rather of somebody else.
    """
    first, twice = dict[Any, tuple[int, T]](), list[Refusal]()
    of, at = attrgetter(*key), attrgetter("reported_at")
    for number, row in enumerate(rows, 1):
        before, same = first.setdefault((of(row), at(row)), (number, row))
        if row != same:
            twice.append(Refusal(number, "reported_at", "said_twice", {"first": before}))
    stop(twice)
    return newest(rows, of, at)


def newest(rows: Sequence[T], key: Callable[[T], Any], at: Callable[[T], datetime]) -> list[T]:
    """Return one row a key, the one reported last, in the order of the keys; of two equally new ones the first."""
    kept: dict[Any, T] = {}
    for row in rows:
        held = kept.get(key(row))
        if held is None or at(row) > at(held):
            kept[key(row)] = row
    return [kept[name] for name in sorted(kept)]
