"""Duty programmes 值班巡屏: tours of a wall's map as data. Some ship with the product; a city adds its own."""

import tomllib
from collections.abc import Sequence
from datetime import time
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, WithJsonSchema, model_validator
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.errors import BadValue, UnknownArea, UnknownProgramme

FOLDER = Path(__file__).parent
OWN = "own"
"""A stop in the display's own area, whichever that is."""
RELATIVE = r"^(own|worst:[1-9][0-9]?|[0-9A-Za-z]{1,30})$"
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=60)]


Hour = Annotated[time, WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d(:\d\d)?$"})]
"""An hour of the city's day, which has no offset: the schema's own format `time` asks for one."""


class Stop(BaseModel):
    """One stop: where, with which layers and colours, for how long, at which hours of the day.

    `area` is a code, `own`, or `worst:n`, the n-th of the areas below as the wall ranks them. Without layers those show
    that a map begins with. `panel` puts the numbers of feeds in the place of the trends. `from_` and `to` may reach over
    midnight.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True)

    area: Annotated[str, StringConstraints(pattern=RELATIVE)] = OWN
    layers: tuple[Id, ...] | None = None
    measure: Id | None = None
    panel: Literal["numbers"] | None = None
    seconds: Annotated[int, Field(ge=5, le=3600)] = 30
    from_: Annotated[Hour | None, Field(alias="from")] = None
    to: Hour | None = None

    @model_validator(mode="after")
    def _hours_are_a_pair(self) -> Self:
        if (self.from_ is None) != (self.to is None):
            raise ValueError("from and to belong together")
        return self


class Programme(BaseModel):
    """A tour: its stops, one after the other and again; how long a new severe alert and a touch hold it up."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: Id
    zh: Words
    en: Words
    alert_seconds: Annotated[int, Field(ge=5, le=600)] = 30
    touch_seconds: Annotated[int, Field(ge=10, le=3600)] = 120
    stops: Annotated[tuple[Stop, ...], Field(min_length=1, max_length=100)]


def parsed(content: str, name: str) -> Programme:
    """Read a programme as TOML. Raises BadValue with what is wrong where."""
    try:
        return Programme.model_validate(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise BadValue(name=name, value="TOML", wanted=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadValue(name=f"{name}: {where}", value=str(first.get("input"))[:60], wanted=first["msg"]) from error


@cache
def shipped() -> dict[str, Programme]:
    """Return the programmes that come with the product, by id. Raises BadValue."""
    found = [parsed(file.read_text(encoding="utf-8"), file.name) for file in sorted(FOLDER.glob("*.toml"))]
    return {programme.id: programme for programme in found}


async def listed(connection: AsyncConnection) -> list[Programme]:
    """Return every programme that the reader may run, by id; a city's own goes before a shipped one of its name."""
    rows = await connection.execute(text("SELECT content FROM programme ORDER BY id"))
    own = {found.id: found for found in (Programme.model_validate(row.content) for row in rows)}
    every = sorted((shipped() | own).values(), key=lambda programme: programme.id)
    seen = await _seen(connection, every)
    return [_within(programme, seen) for programme in every]


async def one(connection: AsyncConnection, name: str) -> Programme:
    """Return one programme, without the stops that the reader does not see. Raises UnknownProgramme."""
    for programme in await listed(connection):
        if programme.id == name:
            return programme
    raise UnknownProgramme(name=name[:40])


def _codes(programmes: Sequence[Programme]) -> set[str]:
    return {stop.area for programme in programmes for stop in programme.stops if not _relative(stop.area)}


def _relative(area: str) -> bool:
    return area == OWN or ":" in area


async def _seen(connection: AsyncConnection, programmes: Sequence[Programme]) -> set[str]:
    found = await connection.execute(
        text("SELECT code FROM area WHERE code = ANY (:codes)"), {"codes": sorted(_codes(programmes))}
    )
    return {str(code) for code in found.scalars()}


def _within(programme: Programme, seen: set[str]) -> Programme:
    """Return a programme with the stops that lie within what is seen; where none does, its own area alone."""
    kept = tuple(stop for stop in programme.stops if _relative(stop.area) or stop.area in seen)
    return programme.model_copy(update={"stops": kept or (Stop(),)})


# ── keeping them: the command line's, as owner ───────────────────────────────────────────────────────────────────────


def keep(connection: Connection, programme: Programme, area: str) -> None:
    """Add a programme for the displays of an area and below it, or replace the one of its name. Raises UnknownArea."""
    known = set(
        connection.execute(
            text("SELECT code FROM area WHERE code = ANY (:codes)"), {"codes": [area, *_codes([programme])]}
        )
        .scalars()
        .all()
    )
    for code in (area, *sorted(_codes([programme]))):
        if code not in known:
            raise UnknownArea(code=code)
    content = programme.model_dump_json(by_alias=True)
    connection.execute(
        text(
            "INSERT INTO programme (id, content, area_id, path) "
            "SELECT :id, CAST(:content AS jsonb), a.id, a.path FROM area a WHERE a.code = :area "
            "ON CONFLICT (id) DO UPDATE SET content = excluded.content, area_id = excluded.area_id, path = excluded.path, "
            "changed_at = now()"
        ),
        {"id": programme.id, "content": content, "area": area},
    )


def drop(connection: Connection, name: str) -> None:
    """Take a city's own programme away. Raises UnknownProgramme."""
    if not connection.execute(text("DELETE FROM programme WHERE id = :id"), {"id": name}).rowcount:
        raise UnknownProgramme(name=name[:40])


def kept(connection: Connection) -> list[dict[str, Any]]:
    """Return a city's own programmes with their areas."""
    rows = connection.execute(
        text(
            "SELECT p.id, a.code AS area, p.content, p.changed_at FROM programme p JOIN area a ON a.id = p.area_id ORDER BY 1"
        )
    )
    return [dict(row) for row in rows.mappings()]
