"""Let plausible things happen in the demo city, told through the same door as real feeds; nothing is written past it."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Event
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import text

from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.demo import economy, fill, gates, live_reports, shops, villages
from geodata.demo.chance import Words
from geodata.demo.live_patrols import IN_THE_AIR, OUT_NOW, Afoot, Aloft, fly, flying, moment, walk, walking
from geodata.demo.rules import care, checkpoints
from geodata.demo.rules.states import Clock, clock
from geodata.demo.standing import Standing, found
from geodata.errors import DatabaseAway, RefusedRows, TooSlow
from geodata.model.people import Role
from geodata.scope import Scope

SENDER = "demo"
POSTS_AT_ONCE = 12
_PAUSE_S = 1.0
_AWAY_S = 5.0
_SOME_DOORS = text(
    "SELECT h.id, s.code AS state, h.since, h.due_on FROM household h JOIN scheme_state s ON s.id = h.state_id "
    "WHERE h.id >= :first ORDER BY h.id LIMIT 200"
)
_GRIDS = text("SELECT code FROM area WHERE level = 'grid' ORDER BY code")
log = logging.getLogger(__name__)


@dataclass
class Happenings:
    """What goes on: the city as it stands, who is in the air and on foot, and the dice."""

    database: Database
    scope: Scope
    zone: ZoneInfo
    standing: Standing
    post_codes: list[str]
    hotels: list[tuple[str, int]]
    clinics: list[str]
    households: int
    grids: list[str]
    aloft: list[Aloft]
    heard: int
    """Up to when villages, shops, posts and townships have reported (seconds since 1970)."""
    afoot: list[Afoot]
    counted: int
    """Up to when venues have counted who is inside (seconds since 1970)."""
    dice: np.random.Generator = field(default_factory=np.random.default_rng)

    async def tell(self, kind: str, rows: list[dict[str, object]]) -> None:
        """Deliver rows as a sender would."""
        if rows:
            await deliver(self.database, self.scope, kind, rows, SENDER, source="demo")


async def run(database: Database, stop: Event) -> None:
    """Let things happen until told to stop; a database that goes away is waited for."""
    happenings: Happenings | None = None
    turn = 0
    while not await asyncio.to_thread(stop.wait, _PAUSE_S):
        try:
            if happenings is None:
                happenings = await asyncio.to_thread(begin, database)
            await step(happenings, turn, datetime.now(UTC))
        except RefusedRows as refused:
            log.info("a real change was faster: %s", refused)
        except (DatabaseAway, TooSlow) as error:
            log.warning("waiting for the database: %s", error)
            await asyncio.to_thread(stop.wait, _AWAY_S)
        turn += 1
    await database.close()


def begin(database: Database) -> Happenings:
    """Look at what stands in the city and who is in the air."""
    with database.owner() as connection:
        standing = found(connection)
        known = fill.settings(connection)
        in_the_air = connection.execute(IN_THE_AIR).all()
        codes = {row.id: row.code for row in connection.execute(text("SELECT id::text, code FROM checkpoint"))}
        return Happenings(
            database=database,
            scope=Scope(Role.COMMAND, (standing.city[1],)),
            zone=ZoneInfo(known["time_zone"]),
            standing=standing,
            post_codes=[codes[number] for number in standing.post_ids],
            hotels=[
                (row.code, row.rooms) for row in connection.execute(text("SELECT code, rooms FROM hotel ORDER BY id"))
            ],
            clinics=list(connection.scalars(text("SELECT code FROM clinic ORDER BY id"))),
            households=connection.scalar(text("SELECT max(id) FROM household")) or 0,
            grids=list(connection.scalars(_GRIDS)),
            heard=int(datetime.fromisoformat(known["demo_filled_at"]).timestamp()),
            counted=int(datetime.fromisoformat(known["demo_filled_at"]).timestamp()),
            aloft=[one for row in in_the_air if (one := flying(standing, row)) is not None],
            afoot=[out for row in connection.execute(OUT_NOW) if (out := walking(standing, row)) is not None],
        )


async def step(city: Happenings, turn: int, now: datetime) -> None:
    """What happens in one turn of about a second."""
    at = clock(now, city.zone)
    await city.tell("passages", passages(city, at))
    if turn % 2 == 0:
        await city.tell("survey", await survey(city, now))
        await fly(city, at)
    if turn % 5 == 1:
        await walk(city, at)
    if turn % 30 == 5:
        await city.tell("occupancy", occupancy(city, at))
    if turn % 10 == 3:
        for kind, rows in (await asyncio.to_thread(daily, city, at)).items():
            await city.tell(kind, rows)
    if turn % 30 == 17:
        await city.tell("venue_counts", await asyncio.to_thread(venue_counts, city, at))
    if turn % 20 == 9:
        await gates.turn_one(city.database, city.scope, city.dice, now)
    await live_reports.report(city, turn, now)
    if turn % 60 == 15 and city.clinics:
        clinic, status = str(city.dice.choice(city.clinics)), str(city.dice.choice(["open", "open", "open", "full"]))
        await city.tell("clinic_status", [{"clinic": clinic, "status": status, "reported_at": now.isoformat()}])


def daily(city: Happenings, at: Clock) -> dict[str, list[dict[str, object]]]:
    """What villages, shops, posts and townships have to say in a day, since they were last heard."""
    with city.database.owner() as connection:
        rows = {
            "village_report": villages.told(connection, city.heard, at),
            "shop_prices": shops.told(connection, city.heard, at),
            "staffing": shops.shifts(connection, city.heard, at),
        }
    rows |= live_reports.offices(city, city.heard, at)
    city.heard = at.now
    return rows


def venue_counts(city: Happenings, at: Clock) -> list[dict[str, object]]:
    """How many are inside venues that have counted since they were last heard."""
    with city.database.owner() as connection:
        rows = economy.counts(connection, city.counted, at)
    city.counted = at.now
    return rows


def passages(city: Happenings, at: Clock) -> list[dict[str, object]]:
    """What some staffed posts have counted in this hour so far: the hour's figures, as far as the hour has gone."""
    duty = city.standing.duty
    if not len(duty.words):
        return []
    hour = at.now // 3600 * 3600
    local = np.array([(hour - at.midnight) // 3600 % 24])
    posts = np.unique(city.dice.integers(0, len(duty.words), POSTS_AT_ONCE))
    posts = posts[checkpoints.staffed(duty.shift[posts], np.repeat(local, len(posts)))]
    hours = np.full(len(posts), hour)
    counts = checkpoints.outcomes(duty.words[posts], duty.kind[posts], hours, np.repeat(local, len(posts)))
    share = (at.now - hour) / 3600
    names = ("passed", "home_quarantine", "central_quarantine", "turned_back", "seconds")
    return [
        {"checkpoint": city.post_codes[post], "hour": moment(hour), "reported_at": moment(at.now)}
        | {name: int(count * share) for name, count in zip(names, row, strict=True)}
        for post, *row in zip(posts.tolist(), *(column.tolist() for column in counts), strict=True)
    ]


async def survey(city: Happenings, now: datetime) -> list[dict[str, object]]:
    """One change at one door: somebody who is due is cleared, somebody is asked, comes back, moves in or out."""
    first = int(city.dice.integers(1, max(city.households, 2)))
    async with city.database.scoped(city.scope) as connection:
        doors = (await connection.execute(_SOME_DOORS, {"first": first})).all()
    today = now.astimezone(city.zone).date()
    for wanted in city.dice.permutation(["due", "unsurveyed", "normal", "vacant"]).tolist():
        fitting = [door for door in doors if _fits(door, wanted, today) and door.since < now]
        if fitting:
            door = fitting[int(city.dice.integers(len(fitting)))]
            state, reason = _becomes(city, wanted)
            row = {"household": door.id, "state": state, "reason": reason, "since": now.isoformat()}
            return [row | {"client_id": str(uuid4())}]
    return []


def _fits(door: Any, wanted: str, today: date) -> bool:
    if wanted == "due":
        return door.due_on is not None and door.due_on <= today
    return bool(door.state == wanted)


def _becomes(city: Happenings, was: str) -> tuple[str, str]:
    """What a household of this kind turns into, and why."""
    if was == "normal" and city.dice.random() < 0.7:
        return str(city.dice.choice(["wuhan", "hubei", "other_city"], p=[0.1, 0.25, 0.65])), "returned"
    return {"due": ("normal", "cleared"), "unsurveyed": ("normal", "survey"), "normal": ("vacant", "moved")}.get(
        was, ("normal", "moved")
    )


def occupancy(city: Happenings, at: Clock) -> list[dict[str, object]]:
    """Today's rooms of one hotel, a few up or down from what the rule says."""
    if not city.hotels:
        return []
    index = int(city.dice.integers(len(city.hotels)))
    code, rooms = city.hotels[index]
    chance: Words = care.chance_of([code])
    usual = care.nights(chance, np.array([rooms]), at.today - 1, at).occupied[0]
    occupied = int(np.clip(usual + city.dice.integers(-3, 4), 0, rooms))
    today = at_day(at)
    return [{"hotel": code, "day": today, "occupied": occupied, "reported_at": moment(at.now)}]


def at_day(at: Clock) -> str:
    """Today as a sender writes it."""
    return str(np.datetime64(at.today, "D"))
