"""What a reader may choose for a picture: areas, and from which day on there can be figures."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code

PARTS = {
    "city": ("county", "township", "village"),
    "county": ("township", "village"),
    "township": ("village",),
}
"""Level of the frame -> levels of the areas that can be coloured inside it."""
_AREAS = text(
    "SELECT a.code, a.name, a.level, a.pinyin FROM area a WHERE a.level = ANY (:levels) "
    "AND (CAST(:code AS text) IS NULL OR a.path <@ (SELECT path FROM area WHERE code = :code)) ORDER BY a.path"
)
USUAL_THRESHOLD = 5
_THRESHOLD = text("SELECT value FROM setting WHERE name = 'press_threshold'")
_FIRST = text("SELECT min(valid_from) FROM colour_scheme WHERE city_code = :city")


async def areas(connection: AsyncConnection, code: str | None = None) -> list[dict[str, Any]]:
    """Return the reader's areas that fit into a frame, from the top down, or those at and below one. Raises UnknownArea."""
    below = None if code is None else await current_code(connection, code)
    rows = (await connection.execute(_AREAS, {"levels": list(PARTS), "code": below})).mappings()
    return [{**row, "parts": list(PARTS[row["level"]])} for row in rows]


async def first_day(connection: AsyncConnection, city_code: str) -> date | None:
    """Return the day of the city's first colour scheme, before which nothing was counted; none without one."""
    found: date | None = await connection.scalar(_FIRST, {"city": city_code})
    return found


async def threshold(gate: AsyncConnection) -> int:
    """Return the count below which figures are withheld, read through the gate."""
    return int(await gate.scalar(_THRESHOLD) or USUAL_THRESHOLD)
