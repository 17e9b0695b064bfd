"""Good files by rule: the same rows in every form and encoding that is read.

A maker takes a path and good rows (`[{column: text}]`, with `lon` and `lat` where there are places) and writes one file.
"""

import json
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import geopandas
import openpyxl
import shapely
from shapely.geometry.base import BaseGeometry

from tests import old_excel

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
    if driver == "GPKG":
        options.setdefault("layer", "points")
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


GOOD: dict[str, tuple[str, Maker]] = {
    "utf8": (".csv", csv_in("utf-8")),
    "utf8_mark": (".csv", csv_in("utf-8-sig")),
    "gb18030": (".csv", csv_in("gb18030")),
    "utf16": (".csv", csv_in("utf-16")),
    "semicolons": (".csv", csv_in("utf-8", ";")),
    "tabs": (".txt", csv_in("gb18030", "\t")),
    "excel": (".xlsx", excel),
    "old_excel": (".xls", old_excel.write),
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
