"""Areas 区划 coloured by one figure: counties on the whole city, townships closer, villages close by.

The figure is summed over everything below an area. Where no home is loaded, or the reader may see none, it is missing:
such an area is hatched and never gets the colour of zero.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy import CTE, ColumnElement, Float, Select, case, cast, func, select

from geodata import figures
from geodata.model import Area, Clinic, Level
from layers.declaration import Field, Layer, Measure, Privacy, View, Words

MAX_ZOOM = 13
Columns = tuple[ColumnElement[Any], ColumnElement[Any]]
"""A figure, and how old it is."""

HOUSEHOLDS = Words("户", "households")
PERCENT = Words("%", "%")
MEASURES = (
    Measure("overdue", Words("逾期未销号", "Overdue"), (1, 10, 50, 200, 500), HOUSEHOLDS, whole=True),
    Measure("due_today", Words("今日到期", "Due today"), (1, 10, 50, 200, 500), HOUSEHOLDS, whole=True),
    Measure("followed", Words("每千户在管", "Followed per 1,000"), (5, 10, 20, 40), Words("‰", "‰")),
    Measure("unsurveyed", Words("未排查比例", "Not surveyed"), (1, 5, 10, 25), PERCENT),
    Measure("total", Words("住户总数", "Households"), (300, 1_000, 5_000, 20_000, 100_000), HOUSEHOLDS, whole=True),
    Measure("rooms", Words("定点宾馆入住率", "Hotel rooms occupied"), (25, 50, 75, 90), PERCENT),
    Measure(
        "clinics", Words("开放医疗点", "Clinics open"), (1, 2, 4, 8), Words("家", "clinics"), whole=True, homes=False
    ),
)


def levels(zoom: int) -> tuple[Level, ...]:
    """Return which areas are drawn at a zoom; beyond the tiles' own range, every level that is ever drawn."""
    if zoom > MAX_ZOOM:
        return (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
    return (Level.COUNTY if zoom <= 9 else Level.TOWNSHIP if zoom <= 11 else Level.VILLAGE,)


def statement(view: View) -> Select[Any]:
    """Return areas with the asked figure as `value`; beyond the tiles' zooms, with every figure for the card."""
    shown = (
        select(Area.id, Area.code, Area.name, Area.level, Area.mercator.label("geom"))
        .where(view.covers(Area.mercator), Area.mercator.is_not(None), figures.at_levels(levels(view.zoom)))
        .cte("shown")
    )
    parts = _Parts(shown, view)
    value, data_time = FIGURES.get(view.measure, _overdue)(parts)
    query = select(shown, shown.c.id.label("area_id"), value.label("value"), data_time.label("data_time"))
    if view.zoom > MAX_ZOOM:
        query = query.add_columns(*(figure(parts)[0].label(name) for name, figure in FIGURES.items()))
    return parts.joined(query.select_from(shown))


class _Parts:
    """The sums below the shown areas, each made only if a figure asks for it."""

    def __init__(self, shown: CTE, view: View) -> None:
        self.shown = shown
        self.view = view
        self.below = figures.subtree(shown)
        self.used: list[CTE] = []

    @cached_property
    def changes(self) -> CTE | None:
        return None if self.view.moment is None else figures.since(self.below, self.view.at)

    @cached_property
    def homes(self) -> CTE:
        return self._use(figures.homes(self.shown, self.changes))

    @cached_property
    def due(self) -> CTE:
        return self._use(figures.due(self.shown, self.view.day, self.changes))

    def homes_time(self) -> ColumnElement[Any]:
        """Return when the homes' figures were last true: the kept counts' own time, or the asked moment itself."""
        then = self.homes.c.changed_at if self.view.moment is None else self.view.at
        return case((self.homes.c.total > 0, then))

    @cached_property
    def rooms(self) -> CTE:
        return self._use(figures.rooms(self.below, self.view.at, self.view.day))

    @cached_property
    def clinics(self) -> CTE:
        return self._use(figures.clinics(self.below, self.view.at))

    def joined(self, query: Select[Any]) -> Select[Any]:
        for part in self.used:
            query = query.outerjoin(part, part.c.top == self.shown.c.id)
        return query

    def _use(self, part: CTE) -> CTE:
        self.used.append(part)
        return part


def _overdue(parts: _Parts) -> Columns:
    return _due(parts, "overdue")


def _due_today(parts: _Parts) -> Columns:
    return _due(parts, "due_today")


def _due(parts: _Parts, name: str) -> Columns:
    homes = parts.homes.c
    known = case((homes.total > 0, func.coalesce(parts.due.c[name], 0)))
    return known, parts.homes_time()


def _followed(parts: _Parts) -> Columns:
    homes = parts.homes.c
    return cast(figures.share(homes.followed, homes.total, 1000), Float), parts.homes_time()


def _unsurveyed(parts: _Parts) -> Columns:
    homes = parts.homes.c
    return cast(figures.share(homes.unsurveyed, homes.total), Float), parts.homes_time()


def _households(parts: _Parts) -> Columns:
    homes = parts.homes.c
    return func.nullif(homes.total, 0), parts.homes_time()


def _rooms(parts: _Parts) -> Columns:
    rooms = parts.rooms.c
    return cast(figures.share(rooms.occupied, rooms.rooms), Float), rooms.reported_at


def _clinics(parts: _Parts) -> Columns:
    clinics = parts.clinics.c
    loaded = select(Clinic.id).exists()
    return case((clinics.clinics > 0, clinics.open), (loaded, 0)), clinics.reported_at


FIGURES: dict[str, Callable[[_Parts], Columns]] = {
    "overdue": _overdue,
    "due_today": _due_today,
    "followed": _followed,
    "unsurveyed": _unsurveyed,
    "total": _households,
    "rooms": _rooms,
    "clinics": _clinics,
}

LAYER = Layer(
    id="areas",
    title=Words("区划", "Areas"),
    group="areas",
    geometry="polygon",
    privacy=Privacy.PUBLIC,
    min_zoom=5,
    max_zoom=MAX_ZOOM,
    statement=statement,
    tables=("area", "household", "hotel", "hotel_day", "clinic", "scheme_state"),
    value="value",
    measures=MEASURES,
    tile_columns=("code", "name", "level"),
    title_column="name",
    fields=(
        Field("overdue", MEASURES[0].words, "number", HOUSEHOLDS),
        Field("due_today", MEASURES[1].words, "number", HOUSEHOLDS),
        Field("followed", MEASURES[2].words, "number", MEASURES[2].unit),
        Field("unsurveyed", MEASURES[3].words, "percent"),
        Field("total", MEASURES[4].words, "number", HOUSEHOLDS),
        Field("rooms", MEASURES[5].words, "percent"),
        Field("clinics", MEASURES[6].words, "number", MEASURES[6].unit),
    ),
    order=10,
)
