"""The same rows come out of every form and encoding; what is odd in a row stays visible."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import shapely

import geodata.files
from geodata.files import Book, opened
from geodata.words import catalogue
from tests.bad_files import KML, placemark
from tests.good_files import GOOD, ROWS, shapes
from tests.odd_files import CROSSED, ELSEWHERE, ODD

FORMS = {
    "csv": "utf8 utf8_mark gb18030 utf16 semicolons tabs csv_in_zip",
    "excel": "excel old_excel ods",
    "ndjson": "ndjson",
    "geojson": "geojson",
    "gpkg": "gpkg",
    "kml": "kml",
    "shapefile": "shapes_gb18030 shapes_utf8 shapes_without_cpg shapes_without_prj shapes_without_shx shapes_in_folder",
}
SHORTENED = {"区划代码": "区划代"}
"""A shapefile's names have ten bytes: in UTF-8 the fourth character is cut, and left out."""


def rows_of(book: Book) -> list[Mapping[str, str | None]]:
    return [row for chunk in book.chunks() for row in chunk.table.to_pylist()]


@pytest.mark.parametrize("name", GOOD)
def test_every_form_gives_the_same_rows(name: str, tmp_path: Path) -> None:
    suffix, make = GOOD[name]
    path = tmp_path / f"点位{suffix}"
    make(path, ROWS)
    with opened(path) as book:
        assert name in FORMS[book.form].split()
        rows = rows_of(book)
        assert rows == rows_of(book), "a book is read twice"
        names = SHORTENED if name == "shapes_utf8" else {}
        assert [{key: row[names.get(key, key)] or "" for key in ROWS[0]} for row in rows] == ROWS
        assert book.rows in {None, len(ROWS)}
        places = [chunk.places for chunk in book.chunks()]
        assert book.crs == ("EPSG:4326" if places[0] is not None and name != "shapes_without_prj" else None)
    if places[0] is not None:
        wanted = [shapely.Point(float(row["lon"]), float(row["lat"])) for row in ROWS]
        assert shapely.equals_exact(np.concatenate(places), wanted, 1e-9).all()


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("utf8", "utf-8"),
        ("utf8_mark", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf16", "utf-16"),
        ("tabs", "gb18030"),
        ("shapes_gb18030", "gb18030"),
        ("shapes_utf8", "utf-8"),
        ("shapes_without_cpg", "gb18030"),
    ],
)
def test_the_encoding_is_said(name: str, encoding: str, tmp_path: Path) -> None:
    suffix, make = GOOD[name]
    make(tmp_path / f"a{suffix}", ROWS)
    with opened(tmp_path / f"a{suffix}") as book:
        assert book.encoding == encoding


def test_a_shapefile_beside_its_parts_is_read_with_its_own_system_and_nothing_is_written_there(tmp_path: Path) -> None:
    shapes(tmp_path / "a.zip", ROWS)
    folder = tmp_path / "a-parts"
    for part in sorted(folder.iterdir()):
        part.rename(folder / f"POINTS{part.suffix.upper()}")
    (folder / "POINTS.SHX").unlink()
    before = sorted(folder.iterdir())
    with opened(folder / "POINTS.SHP") as book:
        assert len(rows_of(book)) == len(ROWS)
        assert (book.form, book.crs, book.mended["shx"]) == ("shapefile", "EPSG:4326", 1)
    assert sorted(folder.iterdir()) == before


def test_a_wrong_cpg_is_set_aside_and_counted(tmp_path: Path) -> None:
    shapes(tmp_path / "a.zip", ROWS)
    folder = tmp_path / "a-parts"
    (folder / "点位.cpg").write_text("UTF-8")
    with opened(folder / "点位.shp") as book:
        assert rows_of(book)[0]["名称"] == ROWS[0]["名称"]
        assert (book.encoding, book.mended["cpg"]) == ("gb18030", 1)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_place_stays_visible(name: str, tmp_path: Path) -> None:
    suffix, make = ODD[name]
    make(tmp_path / f"a{suffix}", ROWS)
    with opened(tmp_path / f"a{suffix}") as book:
        chunks = list(book.chunks())
    assert sum(chunk.table.num_rows for chunk in chunks) == len(ROWS)
    if chunks[0].places is None:
        assert chunks[0].table.to_pylist()[0]["lon"] in {"NaN", "inf", "0", None}
    else:
        assert _as_it_was(name.partition("_")[0], chunks[0].places[0])


def _as_it_was(name: str, place: shapely.geometry.base.BaseGeometry | None) -> bool:
    if name in {"none", "empty"} or place is None or place.is_empty:
        return name in {"none", "empty", "nan"}
    if name == "null":
        return place.equals(shapely.Point(0, 0))
    if name in {"crossed", "elsewhere"}:
        wanted = CROSSED if name == "crossed" else ELSEWHERE
        return bool(wanted.hausdorff_distance(place) < 1e-9) and place.is_valid == wanted.is_valid
    return not np.isfinite(place.x)


def test_the_folders_of_a_globe_are_one_file(tmp_path: Path) -> None:
    folders = "".join(f"<Folder><name>同名</name>{placemark(f'点{n}')}</Folder>" for n in range(1_000))
    (tmp_path / "a.kml").write_bytes(KML.format("GB2312", "", folders).encode("gb2312"))
    with opened(tmp_path / "a.kml") as book:
        chunks = list(book.chunks())
        assert (book.encoding, book.rows, len(chunks)) == ("gb18030", 1_000, 1)
    assert [row["Name"] for row in chunks[0].table.to_pylist()] == [f"点{n}" for n in range(1_000)]


def test_features_one_a_line_are_rows_with_places(tmp_path: Path) -> None:
    line = '{"type":"Feature","properties":{"code":411202001001.0,"n":%d},"geometry":%s}\n'
    place = '{"type":"Point","coordinates":[111.2,34.7]}'
    (tmp_path / "a.ndjson").write_text(line % (1, place) + "\n" + line % (2, "null") + line % (3, '{"type":"Point"}'))
    with opened(tmp_path / "a.ndjson") as book:
        (chunk,) = book.chunks()
        assert (book.form, book.rows, book.crs) == ("ndjson", 3, "EPSG:4326")
    assert chunk.table.to_pylist()[1] == {"code": "411202001001.0", "n": "2"}
    assert [place is None for place in chunk.places] == [False, True, True]


def test_a_system_named_in_chinese_is_understood_and_a_broken_one_is_none(tmp_path: Path) -> None:
    shapes(tmp_path / "a.zip", ROWS)
    said = (tmp_path / "a-parts" / "点位.prj").read_text()
    for content, crs in ((said.replace("GCS_WGS_1984", "大地坐标系").encode("gbk"), True), (b"EPSG:?\xb6", False)):
        (tmp_path / "a-parts" / "点位.prj").write_bytes(content)
        with opened(tmp_path / "a-parts" / "点位.shp") as book:
            assert len(rows_of(book)) == len(ROWS)
            assert (book.crs is not None) == crs


def test_whatever_is_noticed_has_its_words() -> None:
    """What files count as mended is said in both languages."""
    source = "\n".join(file.read_text(encoding="utf-8") for file in Path(geodata.files.__file__).parent.glob("*.py"))
    noticed = set(re.findall(r'(?:counted|found|mended)\["(\w+)"\]', source))
    assert {"title", "blank", "formula"} <= noticed
    assert {f"mended.{name}" for name in noticed - {"geometry"}} <= set(catalogue()), "a feature's geometry is no mend"
