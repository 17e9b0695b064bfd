"""Bring the demo city into a database, once; on later days keep it alive."""

import secrets
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from geodata import bulk
from geodata.database import Database
from geodata.demo import (
    alarms,
    cases,
    counts,
    economy,
    facts,
    fill,
    gates,
    homes_rows,
    names,
    offices,
    people,
    rounds,
    shops,
    villages,
)
from geodata.demo.divisions import CITY
from geodata.demo.people import accounts
from geodata.demo.plan import Plan, plan
from geodata.demo.population import Size
from geodata.demo.progress import Progress, label, silent
from geodata.demo.rules import checkpoints, foot, patrols
from geodata.demo.rules.states import DAYS, SCHEME, Clock, clock
from geodata.demo.standing import planned
from geodata.errors import WanggeError
from geodata.schemes import State, shipped

ZONE = "Asia/Shanghai"
PATROLLED_S = 3 * 86_400
"""How far back patrols go, so that some of what they saw has lapsed."""
_COUNTED = (
    "area",
    "building",
    "checkpoint",
    "hotel",
    "clinic",
    "shop",
    "drone",
    "flight",
    "colour_scheme",
    "scheme_state",
)


class NotADemo(WanggeError):
    """The database holds a city that is no demonstration; nothing of it was touched."""

    key = "error.not_a_demo"


@dataclass(frozen=True)
class Loaded:
    """What `ensure` did: whether the city is new, what size it is (not always the one asked for), and how long it took."""

    created: bool
    size: str
    households: int
    seconds: float


def ensure(database: Database, size: str, now: datetime, progress: Progress | None = None) -> Loaded:
    """Load the city if the database has none, else bring its times up to `now` (aware). Raises NotADemo, DatabaseAway.

    A demo that is there is kept, whatever its size. All happens in one transaction: what is interrupted leaves nothing.
    """
    began = time.perf_counter()
    tell = progress or silent
    with database.owner() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('wangge demo'))"))
        created = not _there(connection)
        if created:
            _load(connection, plan_with(Size(size), tell), clock(now, ZoneInfo(ZONE)), tell)
        changed = created or fill.catch_up(connection, now, tell)
        if changed:
            connection.execute(text("ANALYZE"))
        households = connection.scalar(text("SELECT coalesce(sum(households), 0) FROM grid_tally"))
        kept = fill.settings(connection)["size"]
    return Loaded(created, kept, int(households or 0), time.perf_counter() - began)


def _there(connection: Connection) -> bool:
    """Whether the demo city is there. Raises NotADemo where another city is."""
    city = connection.scalar(text("SELECT name FROM area ORDER BY nlevel(path), id LIMIT 1"))
    if city is not None and fill.settings(connection).get("demo") != "true":
        raise NotADemo(city=city)
    return city is not None


def plan_with(size: Size, tell: Progress) -> Plan:
    """Draw the city, telling so."""
    tell(label("polygons"), 0, 1)
    made = plan(size)
    tell(label("polygons"), 1, 1)
    return made


def _load(connection: Connection, city: Plan, at: Clock, tell: Progress) -> None:
    _settings(connection, city.size, at)
    _scheme(connection)
    _areas(connection, city, tell)
    _homes(connection, city, at, tell)
    gates.insert(connection, at)
    rounds.insert(connection, at)
    _posts(connection, city, at, tell)
    _care_and_patrols(connection, city, at, tell)
    villages.fill(connection, 0, at)
    counts.fill(connection, 0, at)
    cases.fill(connection, at)
    economy.fill(connection, 0, at)
    _sequences(connection)
    people.insert(connection)
    offices.insert(connection, at)
    shops.fill(connection, 0, at)
    connection.execute(text("SELECT fold_roll_ups(), fold_replay()"))
    alarms.insert(connection, at)


def _settings(connection: Connection, size: Size, at: Clock) -> None:
    made_at = datetime.fromtimestamp(at.now, UTC).isoformat()
    fill.remember(
        connection,
        city=CITY,
        time_zone=ZONE,
        demo="true",
        size=size.value,
        demo_made_at=made_at,
        demo_filled_at=made_at,
    )
    keep = "INSERT INTO setting VALUES ('secret', :value) ON CONFLICT DO NOTHING"
    connection.execute(text(keep), {"value": secrets.token_urlsafe(32)})


def _scheme(connection: Connection) -> None:
    """The colours; a state's id is its severity, so that what refers to it can be written before it is read."""
    scheme = shipped(SCHEME)
    connection.execute(
        text(
            "INSERT INTO colour_scheme (id, city_code, valid_from, name_zh, name_en) VALUES (1, :city, :day, :zh, :en)"
        ),
        {"city": CITY, "day": scheme.version, "zh": scheme.zh, "en": scheme.en},
    )
    columns = State.model_fields
    statement = (
        f"INSERT INTO scheme_state (id, scheme_id, {', '.join(columns)}) "  # noqa: S608 -- names of our own model
        f"VALUES (:severity, 1, {', '.join(f':{name}' for name in columns)})"
    )
    connection.execute(text(statement), [state.model_dump() for state in scheme.states])


def _areas(connection: Connection, city: Plan, tell: Progress) -> None:
    total = len(city.areas)
    with bulk.resting(connection, "area"):
        done = bulk.copy_rows(connection, "area", facts.AREA, facts.areas(city))
    words = names.vocabulary()["alias"]
    rows = [{"kind": kind, "alias": alias, "code": code} for kind in ("name", "code") for alias, code in words[kind]]
    statement = "INSERT INTO area_alias (alias, area_id, kind) SELECT :alias, id, :kind FROM area WHERE code = :code"
    connection.execute(text(statement), rows)
    tell(label("areas"), done, total)


def _homes(connection: Connection, city: Plan, at: Clock, tell: Progress) -> None:
    total, done = sum(site.households for site in city.sites), 0
    with ExitStack() as stack:
        for table in ("household_past", "household_finding", "household", "building"):
            stack.enter_context(bulk.resting(connection, table))
        for batch in homes_rows.batches(city, at):
            bulk.copy_rows(connection, "building", homes_rows.BUILDING, [batch.buildings])
            bulk.copy_rows(connection, "household", homes_rows.HOUSEHOLD, [batch.households])
            bulk.copy_rows(connection, "household_finding", homes_rows.FINDING, [batch.findings])
            bulk.copy_rows(connection, "household_past", homes_rows.PAST, [batch.past])
            done += batch.household_count
            tell(label("homes"), done, total)
        tell(label("indexes"), 0, 1)
    fill.recount(connection)
    tell(label("indexes"), 1, 1)


def _posts(connection: Connection, city: Plan, at: Clock, tell: Progress) -> None:
    total, begin = len(city.posts.code), at.now - 3600 * checkpoints.HOURS[city.size]
    fill.partitions(connection, at)
    with bulk.resting(connection, "checkpoint_hour"), bulk.resting(connection, "checkpoint"):
        bulk.copy_rows(connection, "checkpoint", facts.POST, [facts.posts(city)])
        for done, chunk in facts.hours(planned(city), begin, at):
            bulk.copy_rows(connection, "checkpoint_hour", facts.HOUR, [chunk])
            tell(label("posts"), done, total)


def _care_and_patrols(connection: Connection, city: Plan, at: Clock, tell: Progress) -> None:
    standing = planned(city)
    bulk.copy_rows(connection, "hotel", facts.HOTEL, [facts.hotels(city)])
    bulk.copy_rows(connection, "hotel_day", facts.NIGHT, [facts.nights(standing, at.today - DAYS, at)])
    bulk.copy_rows(connection, "clinic", facts.CLINIC, [facts.clinics(city, at)])
    bulk.copy_rows(connection, "shop", facts.SHOP, [facts.shops(city)])
    bulk.copy_rows(connection, "drone", facts.DRONE, [facts.drones(city)])
    flown = patrols.flights_between(standing.drones, at.now - PATROLLED_S, at.now)
    fill.fly(connection, facts.patrol(standing, flown, 1, at))
    fill.walk(connection, standing, foot.walks(standing.teams, at.now - PATROLLED_S, at.now), at)
    tell(label("care"), 1, 1)


def _sequences(connection: Connection) -> None:
    """Let the next row of each table get the next number."""
    for table in (*_COUNTED, "household"):
        connection.execute(
            text(f"SELECT setval('{table}_id_seq', (SELECT coalesce(max(id), 1) FROM {table}))")  # noqa: S608 -- our own names
        )


__all__ = ["Loaded", "NotADemo", "Progress", "accounts", "ensure"]
