"""Bad files by rule: one fault each, of the file as a whole, and the sentence that it must get.

`BAD[name].make(path, rows)` writes the file; `BAD[name].key` names the sentence in the catalogue.
"""

import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import openpyxl

from tests.good_files import Maker, Rows, csv_in, drawn, excel, frame, ndjson, shapes, table, zipped

TWO_MILLION = 2_000_000


class Bad(NamedTuple):
    """A fault of a file: what the file is called, who makes it, which sentence it gets."""

    suffix: str
    make: Maker
    key: str


def written(content: bytes) -> Maker:
    """Return who writes just this."""
    return lambda path, _rows: (path.write_bytes(content), None)[1]


def changed(make: Maker, change: Callable[[bytes], bytes]) -> Maker:
    """Return who makes a file and then changes its bytes."""

    def made(path: Path, rows: Rows) -> None:
        make(path, rows)
        path.write_bytes(change(path.read_bytes()))

    return made


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


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


def _nothing(path: Path, _rows: Rows) -> None:
    openpyxl.Workbook().save(path)


def _only_head(path: Path, rows: Rows) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    book.save(path)


BAD: dict[str, Bad] = {
    "empty": Bad(".csv", written(b""), "file.empty"),
    "blanks_only": Bad(".csv", written(b"\xef\xbb\xbf \r\n\r\n"), "file.empty"),
    "head_only": Bad(".csv", lambda path, rows: (path.write_text(",".join(rows[0]) + "\n"), None)[1], "file.no_rows"),
    "head_and_blanks": Bad(".csv", written(b"a,b,c\r\n,,\r\n\r\n"), "file.no_rows"),
    "head_only_excel": Bad(".xlsx", _only_head, "file.no_rows"),
    "empty_excel": Bad(".xlsx", _nothing, "file.no_head"),
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
