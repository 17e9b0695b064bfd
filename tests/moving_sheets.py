"""Sheets made by hand: nine townships of one county, with values, one withheld, one unknown, two hotels."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry import Point, box

from geodata.press.figures import measure_of
from geodata.press.order import Order
from geodata.press.sheet import Cell, Outline, Sheet, Shown, Spot

ZONE = ZoneInfo("Asia/Shanghai")
VINTAGE = datetime(2020, 2, 14, 8, tzinfo=ZONE)
WEST, SOUTH, STEP = 12_360_000.0, 4_030_000.0, 6_000.0
VALUES = (12.0, 40.0, 75.0, 130.0, 210.0, 480.0, 900.0)


def cells(values: tuple[float, ...] = VALUES, shown: Shown | None = None) -> tuple[Cell, ...]:
    """Return nine townships: seven values, one withheld, one without data; or all of them `shown` alike."""
    found = []
    for n in range(9):
        x, y = WEST + n % 3 * STEP, SOUTH + n // 3 * STEP
        kind: Shown = shown or ("value" if n < 7 else "suppressed" if n == 7 else "no_data")
        value = values[n] if kind == "value" else None
        found.append(Cell(f"41120200{n}", f"第{n}街道", "township", box(x, y, x + STEP, y + STEP), kind, value))
    return tuple(found)


def sheet(*, shown: Shown | None = None, values: tuple[float, ...] = VALUES, **other: Any) -> Sheet:
    """Return a sheet; what is given by name replaces a part of it, or of its order."""
    order = Order(area="411202", at=VINTAGE, measure="followed", size="fhd", layers=("hotels",))
    own = {name: other.pop(name) for name in list(other) if name in Order.model_fields}
    whole = box(WEST, SOUTH, WEST + 3 * STEP, SOUTH + 3 * STEP)
    middle = Point(WEST + 1.5 * STEP, SOUTH + 0.5 * STEP), Point(WEST + 2.5 * STEP, SOUTH + 2.5 * STEP)
    order = order.model_copy(update=own)
    found = Sheet(
        order=order,
        measure=measure_of(order.measure),
        area=Outline("411202", "湖滨区", "county", whole),
        city="三门峡市",
        cells=cells(values, shown),
        data_time=VINTAGE - timedelta(minutes=12),
        vintage=VINTAGE,
        zone="Asia/Shanghai",
        demo=True,
        source="三门峡市疫情防控指挥部",
        around=(Outline("411203", "陕州区", "county", box(WEST + 3 * STEP, SOUTH, WEST + 5 * STEP, SOUTH + 3 * STEP)),),
        spots={"hotels": (Spot(middle[0], "第一宾馆", "full"), Spot(middle[1], "第二宾馆", "free"))},
    )
    return replace(found, **other)


def week(days: int = 4, **other: Any) -> list[Sheet]:
    """Return one sheet a day, oldest first, each day's figures a third of the next one's; the second day has none."""
    found = []
    for n in range(days):
        at = VINTAGE - timedelta(days=days - 1 - n)
        values = tuple(round(value / 3 ** (days - 1 - n)) + 1.0 for value in VALUES)
        bare = n == 1
        one = sheet(values=values, at=at, vintage=at, shown="no_data" if bare else None, **other)
        found.append(replace(one, data_time=None) if bare else one)
    return found
