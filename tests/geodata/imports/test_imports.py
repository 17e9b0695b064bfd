import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geodata import schema
from geodata.database import Database
from geodata.errors import BadValue, RefusedRows
from geodata.imports import KINDS, take
from geodata.imports.rows import Report
from tests.places import CITY, EAST, GRIDS

GRID = GRIDS[EAST][0]
SQUARE = [[[111, 34], [111.01, 34], [111.01, 34.01], [111, 34.01], [111, 34]]]
BOW_TIE = [[[111, 34], [111.01, 34.01], [111.01, 34], [111, 34.01], [111, 34]]]
LINE = [[[111, 34], [111.01, 34.01], [111, 34]]]
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, words: str) -> Path:
        file = tmp_path / name
        file.write_text(words, encoding="utf-8")
        return file

    return written


def geojson(*features: tuple[dict[str, Any], dict[str, Any] | None]) -> str:
    made = [{"type": "Feature", "properties": properties, "geometry": place} for properties, place in features]
    return json.dumps({"type": "FeatureCollection", "features": made})


def bring(database: Database, kind: str, file: Path, crs: str | None = None) -> Report:
    with database.owner() as connection:
        return take(connection, kind, file, crs)


def refused(database: Database, kind: str, file: Path) -> list[dict[str, object]]:
    with pytest.raises(RefusedRows) as refusal:
        bring(database, kind, file)
    return refusal.value.rows


def one(database: Database, statement: str, **binds: object) -> Any:
    with database.owner() as connection:
        return connection.scalar(text(statement), binds)


AREAS = """code,name,level,parent_code
330105001,湖滨街道,township,330105
330100,杭州市,city,
330105,拱墅区,county,330100
"""


def test_a_tree_of_areas_in_any_order(empty_database: Database, write: Write) -> None:
    with empty_database.owner() as connection:
        schema.upgrade(connection)
    assert bring(empty_database, "areas", write("areas.csv", AREAS)).added == 3
    assert one(empty_database, "SELECT nlevel(path) FROM area WHERE code = '330105001'") == 3
    assert one(empty_database, "SELECT pinyin FROM area WHERE code = '330105001'") == "hubinjiedao hbjd"
    assert one(empty_database, "SELECT value FROM setting WHERE name = 'city'") == "330100"
    again = bring(empty_database, "areas", write("areas.csv", AREAS.replace("拱墅区", "新区")))
    assert (again.added, again.changed) == (0, 3)
    assert one(empty_database, "SELECT name FROM area WHERE code = '330105'") == "新区"


def test_an_area_whose_parent_is_missing_is_named_with_its_row(tiny_city: Database, write: Write) -> None:
    file = write("areas.csv", "code,name,level,parent_code\nA,甲,county,990000\nB,乙,township,nowhere\nC,丙,village,\n")
    rows = refused(tiny_city, "areas", file)
    assert [(row["row"], row["column"]) for row in rows] == [(2, "parent_code"), (3, "parent_code")]
    assert "nowhere" in str(rows[0]["reason"])
    assert one(tiny_city, "SELECT count(*) FROM area WHERE code = 'A'") == 0


def test_a_tree_cannot_stand_on_its_head(tiny_city: Database, write: Write) -> None:
    lines = ["A,甲,county,B", "B,乙,county,A", f"C,丙,township,{GRID}", "D,丁,city,990000", "D,丁,city,", "E,,x,990000"]
    rows = refused(tiny_city, "areas", write("areas.csv", "code,name,level,parent_code\n" + "\n".join(lines)))
    assert {row["row"] for row in rows} == {1, 2, 3, 4, 5, 6}


def test_an_invalid_polygon_is_mended_and_said_or_refused(tiny_city: Database, write: Write) -> None:
    new = {"code": "N", "name": "新区", "level": "county", "parent_code": CITY}
    report = bring(tiny_city, "areas", write("a.geojson", geojson((new, {"type": "Polygon", "coordinates": BOW_TIE}))))
    assert [(problem.row, problem.column) for problem in report.mended] == [(1, "place")]
    assert one(tiny_city, "SELECT ST_IsValid(place) AND ST_NumGeometries(place) = 2 FROM area WHERE code = 'N'")
    for bad in ({"type": "Polygon", "coordinates": LINE}, {"type": "Point", "coordinates": [111, 34]}):
        rows = refused(tiny_city, "areas", write("b.geojson", geojson(({**new, "code": "M"}, bad))))
        assert (rows[0]["row"], rows[0]["column"]) == (1, "place")
    bring(tiny_city, "areas", write("c.geojson", geojson(({**new, "code": "Z"}, None))))
    assert one(tiny_city, "SELECT place IS NULL FROM area WHERE code = 'Z'")


def test_a_named_coordinate_system_is_brought_to_ours(tiny_city: Database, write: Write) -> None:
    post = f"code,name,area_code,lon,lat\nP1,东门,{GRID},500000,3764000\n"
    bring(tiny_city, "checkpoints", write("p.csv", post), crs="EPSG:4546")
    found = one(tiny_city, "SELECT ST_X(place) || ' ' || ST_Y(place) FROM checkpoint WHERE code = 'P1'")
    lon, lat = map(float, found.split())
    assert (round(lon, 3), round(lat, 1)) == (111.0, 34.0)
    with pytest.raises(BadValue):
        bring(tiny_city, "checkpoints", write("p.csv", post), crs="EPSG:nonsense")
    assert {row["column"] for row in refused(tiny_city, "checkpoints", write("p.csv", post))} == {"place"}


def test_a_table_in_gbk_is_read(tiny_city: Database, tmp_path: Path) -> None:
    file = tmp_path / "hotels.csv"
    file.write_bytes(f"code,name,area_code,rooms,lon,lat\nH9,湖滨宾馆,{GRID},50,111,34\n".encode("gb18030"))
    bring(tiny_city, "hotels", file)
    assert one(tiny_city, "SELECT name FROM hotel WHERE code = 'H9'") == "湖滨宾馆"


def test_every_wrong_row_is_told_at_once(tiny_city: Database, write: Write) -> None:
    lines = ["H8,甲,nowhere,5,111,34", f"H9,乙,{GRID},many,111,34", f"H7,丙,{GRID},5,,", f"H6,丁,{GRID},5,511,34"]
    rows = refused(tiny_city, "hotels", write("h.csv", "code,name,area_code,rooms,lon,lat\n" + "\n".join(lines)))
    assert [(row["row"], row["column"]) for row in rows] == [(1, "area_code"), (2, "rooms"), (3, "place"), (4, "place")]
    assert all(row["reason"] and row["suggestion"] for row in rows)
    assert one(tiny_city, "SELECT count(*) FROM hotel WHERE code LIKE 'H_'") == 0


def test_homes_come_in_without_anybody_in_them(tiny_city: Database, write: Write) -> None:
    footprint = ({"area_code": GRID, "address": "新街1号", "floors": 6}, {"type": "Polygon", "coordinates": SQUARE})
    assert bring(tiny_city, "buildings", write("b.geojson", geojson(footprint))).added == 1
    assert bring(tiny_city, "buildings", write("b.geojson", geojson(footprint))).added == 0
    before = one(tiny_city, "SELECT sum(households) FROM grid_tally")
    doors = (
        "area_code,address,unit,floor,room,state,since,name,telephone,id_number\n"
        f"{GRID},新街1号,1,1,101,,,张三,13800000000,411202199001011234\n"
        f"{GRID},新街1号,1,1,102,wuhan,2026-01-05T08:00,李四,,\n"
    )
    assert bring(tiny_city, "households", write("h.csv", doors)).added == 2
    assert bring(tiny_city, "households", write("h.csv", doors)).added == 0
    assert one(tiny_city, "SELECT sum(households) FROM grid_tally") == before + 2
    asked = "SELECT s.code FROM household h JOIN scheme_state s ON s.id = h.state_id WHERE room = '101' AND h.unit = 1 "
    assert one(tiny_city, asked + "ORDER BY h.id DESC LIMIT 1") == "unsurveyed"
    due = "SELECT due_on::text FROM household ORDER BY id DESC LIMIT 1"
    assert one(tiny_city, due) == "2026-01-19"
    since = "SELECT began::text FROM household_finding ORDER BY household_id DESC LIMIT 1"
    assert one(tiny_city, since).startswith("2026-01-05 00:00:00"), "city time where no offset is given"
    everything = one(tiny_city, "SELECT string_agg(h::text, '') FROM household h")
    assert not any(personal in everything for personal in ("张三", "13800000000", "411202199001011234"))


def test_homes_without_a_building_or_a_state_are_refused(tiny_city: Database, write: Write) -> None:
    lines = f"{GRID},没有的街,1,1,101,\n{GRID},grid {GRID} 1号楼,1,1,901,purple\n"
    rows = refused(tiny_city, "households", write("h.csv", "area_code,address,unit,floor,room,state\n" + lines))
    assert [(row["row"], row["column"]) for row in rows] == [(1, "address"), (2, "state")]
    assert "wuhan" in str(rows[1]["suggestion"])


SCHEME = """code,severity,colour,letter,hatch,follow_days,clears_to,automatic,surveyed,zh,en
risk,1,#E5484D,R,,7,clear,true,true,重点,At risk
clear,2,#46A758,C,,,,false,true,正常,Clear
unknown,3,#6B7A8C,?,diagonal,,,false,false,未排查,Not surveyed
"""


def test_a_city_brings_its_own_meaning_of_colours(tiny_city: Database, write: Write) -> None:
    kept = refused(tiny_city, "scheme", write("s.csv", SCHEME))
    assert ["normal" in str(row["reason"]) for row in kept] == [True], "24 households are still normal"
    assert (
        bring(
            tiny_city, "scheme", write("s.csv", SCHEME.replace(",clear,", ",normal,").replace("\nclear,", "\nnormal,"))
        ).added
        == 3
    )
    for wrong, column in (
        (SCHEME.replace(",clear,true", ",gone,true"), "clears_to"),
        (SCHEME.replace("clear,2", "clear,1"), "severity"),
        (SCHEME.replace("false,false", "false,true"), "surveyed"),
        (SCHEME.replace("#46A758", "green"), "colour"),
    ):
        assert column in {row["column"] for row in refused(tiny_city, "scheme", write("s.csv", wrong))}


@pytest.mark.parametrize(
    ("name", "words"), [("x.csv", ""), ("x.csv", "code,name\n"), ("x.geojson", "{"), ("x.gpkg", "nonsense")]
)
def test_a_file_that_is_none_is_told_so(tiny_city: Database, write: Write, name: str, words: str) -> None:
    with pytest.raises(BadValue):
        bring(tiny_city, "areas", write(name, words))


def test_a_file_that_is_not_there_and_a_kind_that_does_not_exist(tiny_city: Database, write: Write) -> None:
    with pytest.raises(BadValue):
        bring(tiny_city, "areas", Path("/nowhere/x.csv"))
    with pytest.raises(BadValue):
        bring(tiny_city, "people", write("x.csv", AREAS))


def test_every_kind_names_its_columns() -> None:
    for kind in KINDS.values():
        assert kind.columns()
        assert kind.row.__doc__
    assert not [
        kind
        for kind in KINDS.values()
        if {"telephone", "name"} <= set(kind.row.model_fields) and "room" in kind.row.model_fields
    ]
