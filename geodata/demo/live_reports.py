"""What citizens and offices report in the living demo: returns, tip-offs, fevers, hotline cases, health codes.

Whatever the dice say, as many reports are answered as come in, so that a demo that runs for days stays as calm as it began.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import numpy as np
from sqlalchemy import text

from geodata.database import Database
from geodata.demo import counts
from geodata.demo.rules.states import Clock
from geodata.scope import Scope


@dataclass(frozen=True)
class Citizens:
    """One kind of report, the table that it goes to, and what a new and an answered one is called."""

    kind: str
    table: str
    letter: str
    """What its codes begin with."""
    waits: str
    answered: str
    facts: tuple[str, ...] = ()
    """Columns that every report of the kind names again."""


RETURNS = Citizens(
    "return_registrations", "return_registration", "R", "registered", "met", ("origin", "arrives_on::text")
)
TIPS = Citizens("tip_offs", "tip_off", "T", "open", "followed_up", ("kind",))
FEVERS = Citizens("fever_report", "fever_report", "F", "open", "followed_up")
TURNS = {RETURNS: (45, 20), TIPS: (60, 35), FEVERS: (90, 25)}
"""Every how many turns one is reported, and in which of them."""
ORIGINS = ("420100", "420900", "421100", "440300", "330300", "310100")
TIPPED = ("gathering", "returned_unreported", "gathering", "price", "other")
_CODES = text(
    "SELECT a.code AS area, h.day::text, h.green, h.yellow, h.red, h.registered, h.population FROM health_code_day h "
    "JOIN area a ON a.id = h.area_id WHERE h.day = (SELECT local_day(:now)) AND h.reported_at < :now ORDER BY a.code"
)


class City(Protocol):
    """What these need of the city that lives."""

    database: Database
    scope: Scope
    grids: list[str]
    dice: np.random.Generator

    async def tell(self, kind: str, rows: list[dict[str, object]]) -> None:
        """Deliver rows as a sender would."""


async def report(city: City, turn: int, now: datetime) -> None:
    """What citizens and townships have to say in one turn."""
    for what, (turns, nth) in TURNS.items():
        if turn % turns == nth:
            await city.tell(what.kind, await citizens(city, what, now))
    if turn % 30 == 27:
        await city.tell("health_codes", await recounted(city, now))


async def citizens(city: City, what: Citizens, now: datetime) -> list[dict[str, object]]:
    """Somebody reports something, and the report that has waited longest is answered."""
    said: dict[str, object] = {"reported_at": now.isoformat()}
    async with city.database.scoped(city.scope) as connection:
        waiting = (await connection.execute(_waiting(what))).mappings().all()
    rows = [{**row, "at": row["at"].isoformat(), "status": what.answered, **said} for row in waiting]
    if city.grids:
        grid = city.grids[int(city.dice.integers(len(city.grids)))]
        code = f"{what.letter}{now:%Y%m%d}-L{city.dice.bytes(5).hex()}"
        report = {"code": code, "area": grid, "at": now.isoformat(), "status": what.waits}
        rows.append(report | _facts(city.dice, what, now) | said)
    return rows


def _waiting(what: Citizens) -> Any:
    facts = "".join(f", r.{name}" for name in what.facts)
    return text(
        f"SELECT r.code, a.code AS area, r.at{facts} FROM {what.table} r "  # noqa: S608 -- our own names
        f"JOIN area a ON a.id = r.area_id WHERE r.status = '{what.waits}' ORDER BY r.at, r.id LIMIT 1"
    )


def _facts(dice: np.random.Generator, what: Citizens, now: datetime) -> dict[str, object]:
    if what is RETURNS:
        day = now.date() + timedelta(days=int(dice.integers(0, 3)))
        return {"origin": str(dice.choice(ORIGINS)), "arrives_on": day.isoformat()}
    return {"kind": str(dice.choice(TIPPED))} if what is TIPS else {}


async def recounted(city: City, now: datetime) -> list[dict[str, object]]:
    """A township that has counted its health codes today counts again: a few codes have changed colour."""
    async with city.database.scoped(city.scope) as connection:
        told = (await connection.execute(_CODES, {"now": now})).mappings().all()
    if not told:
        return []
    row = dict(told[int(city.dice.integers(len(told)))])
    for colour, most in (("yellow", 4), ("red", 1)):
        change = int(np.clip(city.dice.integers(-most, most + 1), -row[colour], row["green"]))
        row |= {colour: row[colour] + change, "green": row["green"] - change}
    return [row | {"reported_at": now.isoformat()}]


def offices(city: City, since: int, at: Clock) -> dict[str, list[dict[str, object]]]:
    """What townships have counted since they were last heard: health codes in the morning, hotline cases as they come in."""
    with city.database.owner() as connection:
        return {"health_codes": counts.codes(connection, since, at), "hotline": counts.calls(connection, since, at)}
