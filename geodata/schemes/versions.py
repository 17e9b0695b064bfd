"""The versions of a city's scheme in the database: which one holds on a day, what is drawn then, and how one is added.

Households keep the state they were given, with the id of the version it was given under: nothing is rewritten when a
new version comes into force, and due days that were promised stay. What is drawn, named and ranked goes by the state's
code through the version in force. So a code keeps its kind (asked or not, followed or not) for good, a new version
keeps every code that households carry, and counts, which add up by code, are right under either.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, and_, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from geodata.areas import statement
from geodata.errors import BadScheme
from geodata.model import ColourScheme, SchemeState
from geodata.schemes.check import Fault, Refused, faults
from geodata.schemes.files import Scheme


async def drawn_states(connection: AsyncConnection, city_code: str, day: date) -> tuple[SchemeState, ...]:
    """Return the states to draw on a day, most severe first, so that nothing is without colour. Raises BadScheme.

    The version in force on that day, and whatever households still carry of an earlier one and it lacks. What may be
    entered is `geodata.installation.current_scheme`.
    """
    rows = (await connection.execute(statement("drawn_states"), {"city": city_code, "day": day})).mappings().all()
    if not rows:
        raise BadScheme(state="")
    return tuple(SchemeState(**row) for row in rows)


async def begins(connection: AsyncConnection, city_code: str, day: date) -> bool:
    """Say whether a version of the city's scheme begins on this very day."""
    asked = select(ColourScheme.id).where(ColourScheme.city_code == city_code, ColourScheme.valid_from == day)
    return (await connection.execute(asked)).first() is not None


def ranked_states(day: ColumnElement[date]) -> CTE:
    """Return (id, code, follow_days, rank) of all states: `rank` puts them in the order of the version in force on a day.

    Two states have the same rank where they are one code of two versions; 1 must be seen first.
    """
    version = (
        select(ColourScheme.id)
        .where(ColourScheme.valid_from <= day)
        .order_by(ColourScheme.valid_from.desc(), ColourScheme.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    present = aliased(SchemeState)
    severity = func.coalesce(present.severity, SchemeState.severity)
    rank = func.dense_rank().over(order_by=(severity, present.code.is_(None), SchemeState.code))
    same = and_(present.scheme_id == version, present.code == SchemeState.code)
    return (
        select(SchemeState.id, SchemeState.code, SchemeState.follow_days, rank.label("rank"))
        .outerjoin(present, same)
        .cte("ranked")
    )


_VERSIONS = text(
    """SELECT c.id, c.city_code, c.valid_from, c.name_zh, c.name_en, c.valid_from > local_day(now()) AS planned,
              (SELECT coalesce(sum(t.households), 0) FROM tally_below t JOIN scheme_state s ON s.id = t.state_id
               JOIN area a ON a.id = t.area_id AND a.parent_id IS NULL WHERE s.scheme_id = c.id) AS households
       FROM colour_scheme c ORDER BY c.valid_from, c.id"""
)
_STATES = text("SELECT * FROM scheme_state WHERE scheme_id = :scheme ORDER BY severity")


def versions(connection: Connection) -> list[Any]:
    """Return (id, city_code, valid_from, name_zh, name_en, planned, households) of every version, oldest first."""
    return list(connection.execute(_VERSIONS))


def states_of(connection: Connection, version: int) -> tuple[SchemeState, ...]:
    """Return the states of one version, most severe first."""
    return tuple(SchemeState(**row) for row in connection.execute(_STATES, {"scheme": version}).mappings())


def in_force(connection: Connection) -> Any | None:
    """Return the version in force today, or none where a city has not brought one yet."""
    return next((version for version in reversed(versions(connection)) if not version.planned), None)


def faults_of(connection: Connection, version: Any | None) -> list[Fault]:
    """Return what is wrong with a version: one that came in before the check knew a rule is kept, and told of."""
    return [] if version is None else faults(states_of(connection, version.id))


_CITY = text("SELECT (SELECT value FROM setting WHERE name = 'city') AS city, local_day(now()) AS today")
_CARRIED = text(
    """SELECT s.code, sum(t.households) AS households FROM tally_below t JOIN scheme_state s ON s.id = t.state_id
       JOIN area a ON a.id = t.area_id AND a.parent_id IS NULL GROUP BY s.code HAVING sum(t.households) > 0 ORDER BY s.code"""
)
_KINDS = text(
    """SELECT DISTINCT ON (code) code, surveyed, follow_days IS NOT NULL AS followed FROM scheme_state
       ORDER BY code, scheme_id DESC"""
)
_INSERT_VERSION = text(
    "INSERT INTO colour_scheme (city_code, valid_from, name_zh, name_en) VALUES (:city, :day, :zh, :en) RETURNING id"
)
_INSERT_STATE = text(
    "INSERT INTO scheme_state (scheme_id, code, severity, colour, letter, hatch, follow_days, clears_to, automatic, "
    "surveyed, zh, en) VALUES (:scheme, :code, :severity, :colour, :letter, :hatch, :follow_days, :clears_to, :automatic, "
    ":surveyed, :zh, :en)"
)


def add(connection: Connection, scheme: Scheme, begin: date | None = None) -> date:
    """Bring in a version for the installation's city, from `begin` (none: today); return the day. Raises Refused.

    One from the same day that nothing refers to yet is replaced, so that a slip can be mended at once.
    """
    city, today = connection.execute(_CITY).one()
    day = begin or today
    found = [*faults(scheme.states), *([] if city else [Fault("no_city")])]
    if not found:
        connection.execute(text("LOCK TABLE colour_scheme IN EXCLUSIVE MODE"))
        _forget_unused(connection, day)
        found = [*_order(connection, day), *_kept(connection, scheme, day, today)]
    if found:
        raise Refused(found)
    binds = {"city": city, "day": day, "zh": scheme.zh, "en": scheme.en}
    version = connection.scalar(_INSERT_VERSION, binds)
    connection.execute(_INSERT_STATE, [{**state.model_dump(), "scheme": version} for state in scheme.states])
    return day


def _forget_unused(connection: Connection, day: date) -> None:
    """Take away a version from this very day, if nothing refers to it."""
    try:
        with connection.begin_nested():
            same = {"day": day}
            connection.execute(
                text(
                    "DELETE FROM scheme_state s USING colour_scheme c WHERE c.id = s.scheme_id AND c.valid_from = :day"
                ),
                same,
            )
            connection.execute(text("DELETE FROM colour_scheme WHERE valid_from = :day"), same)
    except IntegrityError:
        return


def _order(connection: Connection, day: date) -> Iterator[Fault]:
    """Versions follow each other."""
    last = connection.scalar(text("SELECT max(valid_from) FROM colour_scheme"))
    if last is not None and day <= last:
        yield Fault("not_after", column="version", facts={"last": last, "day": day})


def _kept(connection: Connection, scheme: Scheme, day: date, today: date) -> Iterator[Fault]:
    """What households carry, or may come to carry before the version begins, is in it; a code keeps its kind."""
    known = scheme.by_code()
    carried = {row.code: int(row.households) for row in connection.execute(_CARRIED)}
    for code, count in carried.items():
        if code not in known:
            yield Fault("carried", code, "code", {"count": f"{count:,}"})
    until = _codes_until(connection) if day > today else set()
    for code in sorted(until - known.keys() - carried.keys()):
        yield Fault("needed_until", code, "code", {"day": day})
    for code, surveyed, followed in connection.execute(_KINDS):
        new = known.get(code)
        if new is not None and (new.surveyed, new.follow_days is not None) != (surveyed, followed):
            yield Fault("other_kind", code, "code")


def _codes_until(connection: Connection) -> set[str]:
    """Return the codes of the version in force and of those that are planned."""
    present = in_force(connection)
    waiting = [version for version in versions(connection) if version.planned or version == present]
    return {state.code for version in waiting for state in states_of(connection, version.id)}
