"""Sheets made by hand and by chance, for the tests of what is released."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import shapely
from hypothesis import strategies as st
from sqlalchemy import text

from geodata.database import Database
from geodata.press import work
from geodata.press.figures import measure_of
from geodata.press.order import Order
from geodata.press.sheet import Cell, Outline, Sheet, Spot

CITY_TIME = timezone(timedelta(hours=8))
HOUR = datetime(2020, 2, 11, 17, tzinfo=CITY_TIME)
SQUARE = shapely.box(12_360_000.1, 4_030_000, 12_370_000, 4_040_000.3)


def sheet(**changes: Any) -> Sheet:
    """Return a county with a value, a withheld figure and one that is not known."""
    shown: tuple[tuple[str, Any, float | None], ...] = (
        ("411202001", "value", 120.0),
        ("411202002", "suppressed", None),
        ("411202003", "no_data", None),
    )
    given: dict[str, Any] = {
        "order": Order(area="411202", at=HOUR, measure="followed", title="湖滨区在管住户", days=3),
        "area": Outline("411202", "湖滨区", "county", SQUARE),
        "city": "三门峡市",
        "measure": measure_of("followed"),
        "cells": tuple(Cell(code, f"街道{code}", "township", SQUARE, what, value) for code, what, value in shown),
        "data_time": HOUR - timedelta(minutes=20),
        "vintage": HOUR,
        "zone": "Asia/Shanghai",
        "demo": True,
        "source": "指挥中心",
        "spots": {"hotels": (Spot(shapely.Point(12_365_000, 4_035_000), "宾馆", "open", "hotel"),)},
    }
    return Sheet(**{**given, **changes})


def drafted(database: Database, *codes: str, by: str = "somebody") -> None:
    """Leave a draft of somebody's with one file, and a template, in each of these areas."""
    with database.owner() as connection:
        for code in codes:
            facts = {"code": code, "by": by, "order": sheet().order.model_copy(update={"area": code}).model_dump_json()}
            connection.execute(
                text(
                    "INSERT INTO press_release (ordered, forms, paths, made_by, made_by_id, made_at, area_id) "
                    "SELECT CAST(:order AS jsonb), '{png}', path::text, :by, 0, now(), id FROM area WHERE code = :code"
                ),
                facts,
            )
            connection.execute(
                text(
                    "INSERT INTO press_template (name, ordered, forms, changed_by, changed_at, area_id) "
                    "SELECT code, CAST(:order AS jsonb), '{png}', :by, now(), id FROM area WHERE code = :code"
                ),
                facts,
            )
            job = work.claim(connection, HOUR)
            assert job is not None
            assert work.keep(connection, job, [sheet()], {"png": code.encode()}, "1")


offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.builds(datetime.fromtimestamp, st.floats(0, 7e9), offsets | st.just(UTC))
words = st.text(max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**40), 2**40)
places = st.tuples(st.floats(-2e7, 2e7), st.floats(-2e7, 2e7))
points = places.map(shapely.Point)
lines = st.lists(places, min_size=2, max_size=5).map(shapely.LineString)
boxes = st.tuples(places, places).map(lambda two: shapely.box(*two[0], *two[1]))
shapes = points | lines | boxes | st.lists(boxes, max_size=3).map(shapely.MultiPolygon)
outlines = st.builds(Outline, words, words, words, shapes)
cells = st.builds(
    Cell,
    words,
    words,
    words,
    st.none() | shapes,
    st.sampled_from(["value", "suppressed", "no_data"]),
    st.none() | numbers,
)
spots = st.builds(Spot, shapes, words, words, words)
orders = st.builds(
    Order,
    area=words,
    at=st.none() | moments,
    measure=words,
    parts=st.sampled_from([None, "county", "township", "village"]),
    layers=st.lists(words, max_size=3).map(tuple),
    title=words,
    note=words,
    language=st.sampled_from(["zh", "en", "both"]),
    size=st.sampled_from(["fhd", "a4", "640x480"]),
    days=st.integers(2, 31),
)
sheets = st.builds(
    Sheet,
    order=orders,
    area=outlines,
    city=words,
    cells=st.lists(cells, max_size=4).map(tuple),
    data_time=st.none() | moments,
    vintage=st.none() | moments,
    zone=words,
    demo=st.booleans(),
    source=words,
    around=st.lists(outlines, max_size=2).map(tuple),
    locator=st.lists(outlines, max_size=2).map(tuple),
    spots=st.dictionaries(words, st.lists(spots, max_size=2).map(tuple), max_size=3),
    number=words,
    withdrawn=st.booleans(),
)
