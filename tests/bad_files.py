"""Files by rule: good ones in every form, odd ones that open, and bad ones with the sentence that each must get.

A maker takes a path and good rows (`[{column: text}]`, with `lon` and `lat` where there are places) and writes one file.
`BAD[name].key` names the sentence in the catalogue; `ODD` are files whose rows are bad and not the file.
"""

import json
import math
import random
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import geopandas
import openpyxl
import shapely
from shapely.geometry.base import BaseGeometry

Rows = Sequence[Mapping[str, str]]
Maker = Callable[[Path, Rows], None]
SHAPES = "ESRI Shapefile"
WGS84 = "EPSG:4326"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
ODS = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{OASIS}:office:1.0" '
    f'xmlns:text="{OASIS}:text:1.0" xmlns:table="{OASIS}:table:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="a">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)
TWO_MILLION = 2_000_000
ROWS: Rows = [
    {
        "区划代码": f"41120200{n:04d}",
        "名称": f"湖滨区第{n}检测点，东门" if n % 2 else f"陕州区㐀村{n}",
        "备注": "" if n % 3 else '他说"可以"\n第二行',
        "rooms": str(n),
        "lon": f"{111.1 + n / 1000:.6f}",
        "lat": f"{34.7 + n / 1000:.6f}",
    }
    for n in range(1, 8)
]
"""Good rows: a code, Chinese with a four-byte character, a quoted cell of two lines, an empty one, a number, a point."""


class Bad(NamedTuple):
    """A fault of a file: what the file is called, who makes it, which sentence it gets."""

    suffix: str
    make: Maker
    key: str


def table(rows: Rows, delimiter: str = ",") -> str:
    """Return rows as CSV with a head, every cell quoted where it must be."""
    heads = list(rows[0])
    lines = [heads, *([row.get(head, "") for head in heads] for row in rows)]
    return "".join(delimiter.join(_quoted(cell, delimiter) for cell in line) + "\r\n" for line in lines)


def _quoted(cell: str, delimiter: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & {delimiter, '"', "\n", "\r"} else cell


def frame(rows: Rows, places: Sequence[BaseGeometry | None] | None = None) -> geopandas.GeoDataFrame:
    """Return rows with their points, or with the places given."""
    drawn = places or [shapely.Point(float(row["lon"]), float(row["lat"])) for row in rows]
    columns = {name: [row.get(name) or None for row in rows] for name in rows[0]}
    return geopandas.GeoDataFrame(columns, geometry=list(drawn), crs=WGS84)


def save(found: geopandas.GeoDataFrame, path: Path, driver: str, **options: str) -> None:
    """Write places through GDAL, which warns of names that a shapefile has no room for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found.to_file(path, driver=driver, **options)


def csv_in(encoding: str, delimiter: str = ",") -> Maker:
    """Return who writes a table in an encoding."""
    return lambda path, rows: (path.write_bytes(table(rows, delimiter).encode(encoding)), None)[1]


def excel(path: Path, rows: Rows) -> None:
    """Write a sheet with a merged title above the head."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["三门峡市检测点登记表"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(rows[0]))
    for line in (list(rows[0]), *([row[name] for name in rows[0]] for row in rows)):
        sheet.append(line)
    book.save(path)


def ods(path: Path, rows: Rows) -> None:
    """Write an OpenDocument sheet."""
    lines = [list(rows[0]), *([row[name] for name in rows[0]] for row in rows)]
    cell = '<table:table-cell office:value-type="string">{}</table:table-cell>'
    inner = "".join(
        f"<table:table-row>{''.join(cell.format(_paragraphs(text)) for text in line)}</table:table-row>"
        for line in lines
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    listed = f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"/>'.encode()
    zipped(("mimetype", kind), ("content.xml", ODS.format(inner).encode()), ("META-INF/manifest.xml", listed))(
        path, rows
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))


def ndjson(path: Path, rows: Rows) -> None:
    """Write one object a line."""
    path.write_text("".join(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def drawn(driver: str, encoding: str | None = None) -> Maker:
    """Return who writes places through GDAL."""
    extra = {"encoding": encoding} if encoding else {}
    return lambda path, rows: save(frame(rows), path, driver, **extra)


def shapes(path: Path, rows: Rows, *, encoding: str = "GB18030", without: Sequence[str] = (), prefix: str = "") -> None:
    """Write a zipped shapefile, with its parts but for those in `without`."""
    folder = path.parent / f"{path.stem}-parts"
    folder.mkdir()
    save(frame(rows), folder / "点位.shp", SHAPES, encoding=encoding)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(folder.iterdir()):
            if part.suffix not in without:
                packed.write(part, prefix + part.name)


def zipped(*files: tuple[str, bytes]) -> Maker:
    """Return who packs these files."""

    def make(path: Path, rows: Rows) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in files:
                packed.writestr(name, content)

    return make


def written(content: bytes) -> Maker:
    """Return who writes just this."""
    return lambda path, rows: (path.write_bytes(content), None)[1]


def changed(make: Maker, change: Callable[[bytes], bytes]) -> Maker:
    """Return who makes a file and then changes its bytes."""

    def made(path: Path, rows: Rows) -> None:
        make(path, rows)
        path.write_bytes(change(path.read_bytes()))

    return made


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _line(rows: Rows, number: int) -> int:
    """Return where a line of the table begins that is not within quotation marks, in characters."""
    return sum(len(line) for line in table(rows[:number]).splitlines(keepends=True))


def mixed(first: str, then: str) -> Maker:
    """Return who pastes rows in another encoding below those of the first."""

    def make(path: Path, rows: Rows) -> None:
        half = len(rows) // 2
        below = table(rows[half:]).split("\r\n", 1)[1]
        path.write_bytes(table(rows[:half]).encode(first) + below.encode(then))

    return make


def _ragged(path: Path, rows: Rows) -> None:
    path.write_text(table(rows) + "a,b\r\n", encoding="utf-8")


def _wide(path: Path, rows: Rows) -> None:
    path.write_text(",".join(f"c{n}" for n in range(TWO_MILLION)) + "\n" + "," * (TWO_MILLION - 1) + "\n")


def _unclosed(path: Path, rows: Rows) -> None:
    """An open quotation mark swallows all that follows: here more than a cell may hold."""
    path.write_text('a,b\n1,"2' + "\n3,4" * 4_000 + '"\n', encoding="utf-8")


def _lying(path: Path, rows: Rows) -> None:
    """An archive whose one entry is said to unpack to a hundred bytes, and unpacks to 200 MB."""
    zipped(("a.csv", b"a,b\n" + b"0" * 200_000_000))(path, rows)
    content = bytearray(path.read_bytes())
    size = struct.pack("<I", 200_000_004)
    path.write_bytes(bytes(content).replace(size, struct.pack("<I", 100)))


def _far_cell(path: Path, rows: Rows) -> None:
    book = openpyxl.Workbook()
    for cell, value in (("A1", "code"), ("B1", "name"), ("A2", "1"), ("XFD1048576", "x")):
        book.active[cell] = value
    book.save(path)


def _swollen(path: Path, rows: Rows) -> None:
    """A workbook whose sheet is 200 MB of blanks when unpacked."""
    plain = path.with_suffix(".plain")
    excel(plain, rows)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            blanks = b" " * 200_000_000 if entry.filename.endswith("sheet1.xml") else b""
            new.writestr(entry.filename, content.replace(b"<sheetData>", b"<sheetData>" + blanks))


def _locked(path: Path, rows: Rows) -> None:
    zipped(("a.csv", b"a,b\n1,2\n"))(path, rows)
    content = path.read_bytes()
    local, central = content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8
    marked = bytearray(content)
    marked[local] |= 1
    marked[central] |= 1
    path.write_bytes(bytes(marked))


def _two_layers(path: Path, rows: Rows) -> None:
    frame(rows).to_file(path, driver="GPKG", layer="one")
    frame(rows).to_file(path, driver="GPKG", layer="two")


def _uneven(path: Path, rows: Rows) -> None:
    """The attributes of another file beside the shapes."""
    shapes(path, rows)
    other = path.parent / "other"
    other.mkdir()
    shapes(other / "other.zip", list(rows)[1:])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other / "other.zip") as strange:
        parts = {name: (strange if name.endswith(".dbf") else old).read(name) for name in old.namelist()}
    zipped(*parts.items())(path, rows)


def _cut_part(suffix: str) -> Maker:
    """Return who packs a shapefile of which one part is cut off."""

    def make(path: Path, rows: Rows) -> None:
        shapes(path, rows)
        with zipfile.ZipFile(path) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        zipped(*((name, _half(part) if name.endswith(suffix) else part) for name, part in parts.items()))(path, rows)

    return make


KML = (
    '<?xml version="1.0" encoding="{}"?>\n{}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>\n'
)


def placemark(name: str, more: str = "") -> str:
    """Return one placemark."""
    return f"<Placemark><name>{name}</name>{more}<Point><coordinates>111.2,34.7</coordinates></Point></Placemark>"


LAUGHS = '<!DOCTYPE kml [<!ENTITY a "{}">{}]>'.format(
    "ha" * 50, "".join(f'<!ENTITY {y} "{f"&{x};" * 20}">' for x, y in zip("abcdefgh", "bcdefghi", strict=True))
)
OUTSIDE = '<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
STREAMED = {
    "type": "gdal_streamed_alg",
    "command_line": "gdal vector pipeline ! read /vsicurl/http://127.0.0.1:9/a ! write b",
}
NOISE = random.Random(6).randbytes(5_000)

BAD: dict[str, Bad] = {
    "empty": Bad(".csv", written(b""), "file.empty"),
    "blanks_only": Bad(".csv", written(b"\xef\xbb\xbf \r\n\r\n"), "file.empty"),
    "head_only": Bad(".csv", lambda path, rows: (path.write_text(",".join(rows[0]) + "\n"), None)[1], "file.no_rows"),
    "head_and_blanks": Bad(".csv", written(b"a,b,c\r\n,,\r\n\r\n"), "file.no_rows"),
    "head_only_excel": Bad(".xlsx", lambda path, rows: _only_head(path, rows), "file.no_rows"),
    "empty_excel": Bad(".xlsx", lambda path, rows: openpyxl.Workbook().save(path), "file.no_head"),
    "head_only_geojson": Bad(".geojson", written(b'{"type":"FeatureCollection","features":[]}'), "file.no_rows"),
    "two_million_columns": Bad(".csv", _wide, "file.too_many_columns"),
    "501_columns": Bad(".csv", written(b",".join([b"c"] * 501) + b"\n" + b"," * 500 + b"1\n"), "file.too_many_columns"),
    "long_head": Bad(".csv", written(b"a," + b"x" * 500 + b"\n1,2\n"), "file.too_long_head"),
    "long_cell": Bad(".csv", written(b"a,b\n1,2\n3," + b"x" * 10_001 + b"\n"), "file.too_long_cell"),
    "endless_line": Bad(".csv", written(b"a,b\n1," + b"x" * 3_000_000 + b"\n"), "file.too_long_line"),
    "ragged": Bad(".csv", _ragged, "file.ragged"),
    "unclosed_quote": Bad(".csv", _unclosed, "file.too_long_cell"),
    "unclosed_quote_large": Bad(".csv", written(b'a,b\n1,"2\n' + b"3,4\n" * 600_000), "file.bad_quotes"),
    "mixed_utf8_then_gb": Bad(".csv", mixed("utf-8", "gb18030"), "file.mixed_encodings"),
    "mixed_gb_then_utf8": Bad(".csv", mixed("gb18030", "utf-8"), "file.mixed_encodings"),
    "mixed_after_mark": Bad(".csv", mixed("utf-8-sig", "gb18030"), "file.mixed_encodings"),
    "no_encoding": Bad(".csv", written(b"a,b\n1,2\n3,\xff\xff\n4,5\n"), "file.unknown_encoding"),
    "cut_in_character": Bad(
        ".csv", changed(csv_in("utf-8"), lambda content: content + "湖滨".encode()[:-1]), "file.cut_off"
    ),
    "picture": Bad(".csv", written(b"\x89PNG\r\n\x1a\n\x00\x00" + NOISE), "file.unknown_form"),
    "noughts": Bad(".csv", written(b"a,b\n1,\x00\n"), "file.unknown_form"),
    "web_page": Bad(".xls", written(b"<html><table><tr><td>a</td></tr></table></html>"), "file.web_page"),
    "cut_excel": Bad(".xlsx", changed(excel, _half), "file.damaged"),
    "no_old_excel": Bad(".xls", written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE), "file.damaged"),
    "far_cell": Bad(".xlsx", _far_cell, "file.too_large_sheet"),
    "swollen_excel": Bad(".xlsx", _swollen, "file.zip_bomb"),
    "cut_ndjson": Bad(".ndjson", changed(ndjson, lambda content: content[:-20]), "file.cut_off"),
    "array_for_ndjson": Bad(".json", written(b'[{"a": 1},\n {"a": 2}]\n'), "file.not_an_object"),
    "bad_ndjson": Bad(".ndjson", written(b'{"a": 1}\n{"a": 2,}\n{"a": 3}\n'), "file.not_an_object"),
    "deep_ndjson": Bad(
        ".ndjson", written(b'{"a": 1}\n{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"), "file.not_an_object"
    ),
    "cut_geojson": Bad(".geojson", changed(drawn("GeoJSON"), _half), "file.cut_off"),
    "cut_geojson_at_feature": Bad(
        ".geojson",
        changed(drawn("GeoJSON"), lambda content: content[: content.rindex(b"}", 0, -10) + 1]),
        "file.damaged",
    ),
    "orders_for_gdal": Bad(".geojson", written(json.dumps({**STREAMED, "features": []}).encode()), "file.unknown_form"),
    "other_xml": Bad(
        ".kml", written(b'<OGRVRTDataSource><OGRVRTLayer name="a"/></OGRVRTDataSource>'), "file.unknown_form"
    ),
    "entities": Bad(".kml", written(KML.format("UTF-8", LAUGHS, placemark("&i;")).encode()), "file.entities"),
    "outside_entity": Bad(".kml", written(KML.format("UTF-8", OUTSIDE, placemark("&a;")).encode()), "file.entities"),
    "entities_in_utf16": Bad(
        ".kml", written(KML.format("UTF-16", OUTSIDE, placemark("&a;")).encode("utf-16")), "file.entities"
    ),
    "strange_declaration": Bad(
        ".kml", written(KML.format("UTF-7", "", placemark("a")).encode()), "file.no_such_encoding"
    ),
    "cut_kml": Bad(".kml", changed(drawn("KML"), _half), "file.cut_off"),
    "broken_kml": Bad(".kml", written(KML.format("UTF-8", "", "<Placemark><name>a</Name>").encode()), "file.damaged"),
    "cut_gpkg": Bad(".gpkg", changed(drawn("GPKG"), _half), "file.cut_off"),
    "two_layers": Bad(".gpkg", _two_layers, "file.several_layers"),
    "no_gpkg": Bad(".gpkg", written(b"SQLite format 3\x00" + b"\x00" * 200), "file.unknown_form"),
    "shapes_without_dbf": Bad(".zip", lambda path, rows: shapes(path, rows, without=[".dbf"]), "file.no_attributes"),
    "dbf_alone": Bad(".zip", lambda path, rows: shapes(path, rows, without=[".shp"]), "file.part_of_shapefile"),
    "cut_shp": Bad(".zip", _cut_part(".shp"), "file.cut_off"),
    "cut_dbf": Bad(".zip", _cut_part(".dbf"), "file.cut_off"),
    "uneven_shapes": Bad(".zip", _uneven, "file.uneven"),
    "zip_bomb": Bad(".zip", zipped(("a.csv", b"a,b\n" + b"0" * 200_000_000)), "file.zip_bomb"),
    "lying_zip": Bad(".zip", _lying, "file.zip_bomb"),
    "zip_in_zip": Bad(".zip", zipped(("a.csv", b"a,b\n1,2\n"), ("b.zip", b"PK")), "file.zip_in_zip"),
    "path_in_zip": Bad(".zip", zipped(("../../a.csv", b"a,b\n1,2\n")), "file.zip_path"),
    "absolute_path_in_zip": Bad(".zip", zipped(("/etc/a.csv", b"a,b\n1,2\n")), "file.zip_path"),
    "windows_path_in_zip": Bad(".zip", zipped(("..\\a.csv", b"a,b\n1,2\n")), "file.zip_path"),
    "drive_in_zip": Bad(".zip", zipped(("C:\\a.csv", b"a,b\n1,2\n")), "file.zip_path"),
    "many_in_zip": Bad(".zip", zipped(*((f"{n}.csv", b"a\n1\n") for n in range(1_001))), "file.zip_entries"),
    "two_in_zip": Bad(".zip", zipped(("a.csv", b"a\n1\n"), ("b.csv", b"a\n1\n")), "file.zip_several"),
    "nothing_in_zip": Bad(".zip", zipped(("readme.pdf", b"%PDF")), "file.zip_empty"),
    "cut_zip": Bad(".zip", changed(shapes, _half), "file.damaged"),
    "locked_zip": Bad(".zip", _locked, "file.locked"),
}


def _only_head(path: Path, rows: Rows) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    book.save(path)


GOOD: dict[str, tuple[str, Maker]] = {
    "utf8": (".csv", csv_in("utf-8")),
    "utf8_mark": (".csv", csv_in("utf-8-sig")),
    "gb18030": (".csv", csv_in("gb18030")),
    "utf16": (".csv", csv_in("utf-16")),
    "semicolons": (".csv", csv_in("utf-8", ";")),
    "tabs": (".txt", csv_in("gb18030", "\t")),
    "excel": (".xlsx", excel),
    "ods": (".ods", ods),
    "ndjson": (".ndjson", ndjson),
    "geojson": (".geojson", drawn("GeoJSON")),
    "gpkg": (".gpkg", drawn("GPKG")),
    "kml": (".kml", drawn("KML")),
    "shapes_gb18030": (".zip", shapes),
    "shapes_utf8": (".zip", lambda path, rows: shapes(path, rows, encoding="UTF-8")),
    "shapes_without_cpg": (".zip", lambda path, rows: shapes(path, rows, without=[".cpg"])),
    "shapes_without_prj": (".zip", lambda path, rows: shapes(path, rows, without=[".prj"])),
    "shapes_without_shx": (".zip", lambda path, rows: shapes(path, rows, without=[".shx"])),
    "shapes_in_folder": (".zip", lambda path, rows: shapes(path, rows, prefix="数据/点位/")),
    "csv_in_zip": (".zip", lambda path, rows: zipped(("a.csv", table(rows).encode()))(path, rows)),
}
"""The same rows in every form and encoding that is read."""

CROSSED = shapely.Polygon([(111.2, 34.7), (111.3, 34.8), (111.3, 34.7), (111.2, 34.8)])
ELSEWHERE = shapely.box(116.3, 39.8, 116.5, 40.0)
_NAN, _ENDLESS = float("nan"), float("inf")
PLACES: dict[str, BaseGeometry | None] = {
    "nan": shapely.Point(_NAN, 34.7),
    "endless": shapely.Point(_ENDLESS, 34.7),
    "null_island": shapely.Point(0, 0),
    "empty": shapely.Point(),
    "none": None,
    "crossed": CROSSED,
    "elsewhere": ELSEWHERE,
}


def _patched(path: Path, rows: Rows, x: float) -> None:
    """GDAL writes no endless coordinate into a shapefile: other programs do."""
    save(frame([{**rows[0], "lon": "123.456"}, *rows[1:]]), path, SHAPES)
    path.write_bytes(path.read_bytes().replace(struct.pack("<d", 123.456), struct.pack("<d", x)))


def odd_places(driver: str, place: BaseGeometry | None) -> Maker:
    """Return who writes rows of which the first has an odd place."""

    def make(path: Path, rows: Rows) -> None:
        if driver == SHAPES and isinstance(place, shapely.Point) and not place.is_empty and not math.isfinite(place.x):
            _patched(path, rows, place.x)
            return
        usual = [shapely.Point(float(row["lon"]), float(row["lat"])) for row in rows]
        kind = (lambda point: point.buffer(0.001)) if isinstance(place, shapely.Polygon) else (lambda point: point)
        save(frame(rows, [place, *map(kind, usual[1:])]), path, driver)

    return make


ODD: dict[str, tuple[str, Maker]] = {
    f"{name}_{driver.lower()}": (suffix, odd_places(driver, place))
    for name, place in PLACES.items()
    for driver, suffix in (("GPKG", ".gpkg"), (SHAPES, ".shp"))
} | {
    f"{name}_csv": (
        ".csv",
        lambda path, rows, x=x, y=y: csv_in("utf-8")(path, [{**rows[0], "lon": x, "lat": y}, *rows[1:]]),
    )
    for name, x, y in (("nan", "NaN", "34.7"), ("endless", "inf", "34.7"), ("null_island", "0", "0"), ("none", "", ""))
}
"""Files that open and whose first row has a place that is none, or none here."""
