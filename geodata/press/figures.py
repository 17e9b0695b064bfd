"""What pictures read: the protected figures of an hour, and which measures there are. Nothing else may be published."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.errors import BadValue
from geodata.press.declaration import Figure, PressMeasure, PressWords, Vintage
from geodata.press.homes import state_cell
from geodata.press.measures import measures
from geodata.press.vintages import ensure_vintage

__all__ = [
    "Figure",
    "PressMeasure",
    "PressWords",
    "Vintage",
    "ensure_vintage",
    "measure_of",
    "measures",
    "measures_here",
    "published",
]

STATE = state_cell("")
_FIGURES = text(
    "SELECT a.code, f.figures FROM area a LEFT JOIN published_figure f ON f.area_id = a.id AND f.vintage = :vintage "
    "WHERE a.code = ANY (:codes)"
)
_STATES = text("SELECT DISTINCT ON (code) code, zh, en FROM scheme_state ORDER BY code, id DESC")


async def published(
    connection: AsyncConnection, measure: str, vintage: datetime, codes: Sequence[str]
) -> dict[str, Figure]:
    """Return what may be shown of each area that the reader sees, by code. Raises BadValue for a measure there is none of.

    An hour that is not kept has no data; see `ensure_vintage`.
    """
    wanted = measure_of(measure)
    rows = await connection.execute(_FIGURES, {"vintage": vintage, "codes": list(codes)})
    return {row.code: shown(wanted, row.figures or {}) for row in rows}


def measure_of(measure: str) -> PressMeasure:
    """Return a measure by id; `state:<code>` is the count of one state of the scheme. Raises BadValue."""
    if measure.startswith(STATE) and len(measure) > len(STATE):
        code = measure.removeprefix(STATE)
        return PressMeasure(measure, PressWords(code, code), measures()["households"].unit, "count", cell=measure)
    if measure not in measures():
        raise BadValue(name="measure", value=measure, wanted=", ".join(measures()))
    return measures()[measure]


async def measures_here(connection: AsyncConnection) -> Mapping[str, PressMeasure]:
    """Return every measure, with one for each state of the city's scheme in the scheme's own words."""
    found = dict(measures())
    for row in await connection.execute(_STATES):
        cell, unit = state_cell(row.code), found["households"].unit
        found[cell] = PressMeasure(cell, PressWords(row.zh, row.en), unit, "count", cell=cell, order=100)
    return MappingProxyType(found)


def shown(measure: PressMeasure, figures: Mapping[str, int | None]) -> Figure:
    """Return what is shown of one area: a share only where both its counts are published."""
    cells = [measure.cell, *([measure.of] if measure.of else [])]
    if any(cell not in figures for cell in cells):
        return Figure("no_data")
    part, *whole = (figures[cell] for cell in cells)
    if part is None or (whole and whole[0] is None):
        return Figure("suppressed")
    if not whole:
        return Figure("value", float(part))
    return Figure("value", round(measure.per * part / whole[0], 1)) if whole[0] else Figure("no_data")
