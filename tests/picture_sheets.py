"""Sheets made by hand: a county of nine square townships around 111° E 34° N, as the tests of pictures draw it."""

from datetime import UTC, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.press.figures import measure_of
from geodata.press.order import Order
from geodata.press.sheet import Cell, Outline, Sheet, Shown, Spot

WEST, SOUTH, SIDE = 12_356_463.0, 4_028_802.0, 6_000.0
AT = datetime(2020, 2, 11, 8, tzinfo=UTC)
NAMES = ("大王镇", "𠮷家乡", "㙍口镇", "张湾乡", "菜园乡", "店子乡", "宫前乡", "西李村乡", "观音堂镇")
VALUES = (12.0, 340.0, 55.0, 980.0, 1_210.0, 77.0, 560.0, 2_350.0, 18.0)


def square(column: float, row: float, side: float = 1.0) -> BaseGeometry:
    """Return a square of the county's grid, in EPSG:3857."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return shapely.MultiPolygon([shapely.box(west, south, west + side * SIDE, south + side * SIDE)])


def cells(shown: tuple[Shown, ...] = ("value",) * 9, values: tuple[float, ...] = VALUES) -> tuple[Cell, ...]:
    """Return the nine townships."""
    return tuple(
        Cell(
            f"99010000{i}",
            NAMES[i],
            "township",
            square(i % 3, i // 3),
            shown[i],
            values[i] if shown[i] == "value" else None,
        )
        for i in range(9)
    )


def sheet(*, order: dict[str, Any] | None = None, **parts: Any) -> Sheet:
    """Return a sheet; `order` and `parts` replace what they name."""
    asked = Order(**{"area": "990100", "measure": "households", "size": "fhd"} | (order or {}))
    usual: dict[str, Any] = {
        "order": asked,
        "area": Outline("990100", "陕州区", "county", square(0, 0, 3)),
        "city": "三门峡市",
        "measure": measure_of(asked.measure),
        "cells": cells(),
        "data_time": AT,
        "vintage": AT,
        "zone": "Asia/Shanghai",
        "demo": True,
        "source": "三门峡市",
        "around": (Outline("990200", "湖滨区", "county", square(3, 0, 2)),),
        "locator": (
            Outline("990100", "陕州区", "county", square(0, 0, 3)),
            Outline("990200", "湖滨区", "county", square(3, 0, 2)),
        ),
    }
    return Sheet(**usual | parts)


def spot(column: float, row: float, label: str, value: str, sign: str = "") -> Spot:
    """Return a point of the county's grid."""
    return Spot(shapely.Point(WEST + column * SIDE, SOUTH + row * SIDE), label, value, sign)
