"""Places that cannot be true, one among many good ones: that row is refused, and says why."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geodata.database import Database
from tests.geodata.feeds.counting import one
from tests.geodata.imports.conftest import Bring, Cells, table
from tests.places import EAST, GRIDS

GRID = GRIDS[EAST][0]
WEST, SOUTH = 111.001, 34.001


@pytest.mark.parametrize(
    ("lon", "lat", "why"),
    [
        ("nan", "34.005", "number_unread"),
        ("inf", "34.005", "number_unread"),
        ("0", "0", "no_place"),
        ("-73.9", "40.7", "no_place"),
        ("116.39", "39.91", "far_from_area"),
        ("111.005", "", "no_place"),
    ],
)
async def test_a_door_that_lies_nowhere(
    city: Database, bring: Bring, doors: Callable[[int], list[Cells]], tmp_path: Path, lon: str, lat: str, why: str
) -> None:
    """Not a number, endless, null island, another continent, another province, half a place."""
    rows = doors(200)
    rows[50] |= {"经度": lon, "纬度": lat}
    report = await bring("households", table(tmp_path / "h.csv", rows), partial=True)
    assert report.crs == "wgs84"
    assert {(refusal.row, refusal.column in ("lon", "lat")) for refusal in report.refused} == {(51, True)}
    assert why in {refusal.why for refusal in report.refused} or why == "number_unread"
    assert (report.accepted, one(city, "SELECT count(*) FROM household WHERE unit = 7")) == (199, 199)


def square(west: float, south: float, *, crossed: bool = False) -> dict[str, Any]:
    side = 0.0002
    corners = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    if crossed:
        corners[1], corners[2] = corners[2], corners[1]
    return {"type": "Polygon", "coordinates": [corners]}


async def test_footprints(city: Database, bring: Bring, tmp_path: Path) -> None:
    """One that crosses itself is mended; one of another province is refused, and so is a line."""
    places = [square(WEST + n * 0.0003, SOUTH + n * 0.0002) for n in range(25)]
    places[3] = square(WEST, SOUTH, crossed=True)
    places[7] = square(116.39, 39.91)
    places[9] = {"type": "LineString", "coordinates": [[WEST, SOUTH], [WEST + 0.001, SOUTH]]}
    rows = [
        {"type": "Feature", "properties": {"网格编码": GRID, "地址": f"新街{n}号"}, "geometry": place}
        for n, place in enumerate(places)
    ]
    file = tmp_path / "b.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    report = await bring("buildings", file, partial=True, crs="wgs84")
    assert {(refusal.row, refusal.why) for refusal in report.refused} == {(8, "far_from_area"), (10, "no_polygon")}
    assert report.accepted == 23
    assert one(city, "SELECT bool_and(ST_IsValid(place)) FROM building")


async def test_what_is_no_point_where_one_is_wanted(city: Database, bring: Bring, tmp_path: Path) -> None:
    """A shape as large as a house or a square is taken by its middle, and that is told; one of kilometres is refused."""
    lon, lat = WEST + 0.002, SOUTH + 0.002
    places: list[dict[str, Any]] = [{"type": "Point", "coordinates": [lon, lat]} for _ in range(20)]
    places[2] = {"type": "MultiPoint", "coordinates": [[lon, lat]]}
    places[4] = {"type": "MultiPoint", "coordinates": [[lon, lat], [lon + 0.001, lat]]}
    places[6] = square(lon, lat)
    places[8] = {"type": "MultiPoint", "coordinates": [[lon - 0.02, lat], [lon + 0.02, lat]]}
    rows = [
        {
            "type": "Feature",
            "properties": {"编号": f"S{n}", "网格代码": GRID, "名称": f"超市{n}", "类型": "超市"},
            "geometry": place,
        }
        for n, place in enumerate(places)
    ]
    file = tmp_path / "s.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    report = await bring("shops", file, partial=True, crs="wgs84")
    assert [(refusal.row, refusal.why) for refusal in report.refused] == [(9, "spans_far")]
    assert (report.accepted, report.mended["middles"]) == (19, 2)
