"""A process that reads one spreadsheet and writes it as text for Arrow: `python -m geodata.files.sheet_reader FILE MADE SHEET`.

SHEET may be empty. It says on its standard output, as JSON, what it found: {columns, rows, mended, sheets, sheet}, or
{refused, facts}.
"""

import json
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from geodata.files import cells, heads
from geodata.files.limits import SHEET_MEMORY, SHEET_SECONDS, TITLE_ROWS
from geodata.files.refusals import Damaged, Locked, NoHead, NoRows, NoSuchSheet, UnreadableFile, demand_one_of

BATCH = 50_000


def read(path: Path, made: Path, wanted: str) -> dict[str, Any]:
    """Write a sheet to `made`, without a name the first with a head; return its columns, number of rows, what was mended.

    Sheets that nobody asked about and that are not read are counted. Raises UnreadableFile, NoSuchSheet.
    """
    try:
        with CalamineWorkbook.from_path(path) as book:
            sheets = _sheets(book)
            demand_one_of(list(sheets), wanted)
            name = wanted or next(iter(sheets))
            said = _written(sheets[name], made)
            said["mended"]["sheets"] = 0 if wanted else len(sheets) - 1
            return said | {"sheets": list(sheets), "sheet": name}
    except PasswordError:
        raise Locked from None
    except CalamineError as error:
        raise Damaged(why=str(error)[:200]) from error


def _sheets(book: CalamineWorkbook) -> dict[str, CalamineSheet]:
    """Return the sheets that can have a head and a row, hidden ones last, else the first with anything."""
    seen = {one.name: one.visible is SheetVisibleEnum.Visible for one in book.sheets_metadata}
    names = sorted(book.sheet_names, key=lambda name: not seen.get(name, True))
    found = {name: sheet for name in names if (sheet := book.get_sheet_by_name(name)).height}
    if not found:
        raise NoHead
    tables = {name: sheet for name, sheet in found.items() if sheet.width > 1 and sheet.height > 1}
    return tables or dict(islice(found.items(), 1))


def _written(sheet: CalamineSheet, made: Path) -> dict[str, Any]:
    mended: Counter[str] = Counter()
    rows = iter(sheet.iter_rows())
    raw = list(islice(rows, TITLE_ROWS))
    first = [[cells.text(cell, Counter()) for cell in row] for row in raw]
    head = heads.head_of(first, mended)
    width = max(n for n, cell in enumerate(head.names, 1) if cell and cell.strip())
    columns = heads.cleaned(head.names[:width], mended)
    count = _write(chain(raw[head.below :], rows), columns, made, mended)
    return {"columns": columns, "rows": count, "mended": mended}


def _write(rows: Iterator[list[Any]], columns: Sequence[str], made: Path, mended: Counter[str]) -> int:
    schema = pa.schema([(name, pa.string()) for name in columns])
    count = filled = 0
    with pa.OSFile(str(made), "wb") as out, pa.ipc.new_file(out, schema) as file:
        while batch := [_texts(row, len(columns), mended) for row in islice(rows, BATCH)]:
            arrays = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
            file.write_batch(pa.record_batch(arrays, schema=schema))
            count, filled = count + len(batch), filled + sum(any(row) for row in batch)
    if not filled:
        raise NoRows
    return count


def _texts(row: list[Any], width: int, mended: Counter[str]) -> list[str | None]:
    """Return the cells below the head as text; what stands beside the table is counted as `beside`."""
    if len(row) > width:
        mended["beside"] += sum(cell != "" for cell in row[width:])
    return [cells.text(cell, mended) for cell in row[:width]] + [None] * (width - len(row))


def main(path: str, made: str, sheet: str) -> dict[str, Any]:
    """Return what is said about a file."""
    resource.setrlimit(resource.RLIMIT_AS, (SHEET_MEMORY, SHEET_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SHEET_SECONDS, SHEET_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        return read(Path(path), Path(made), sheet)
    except (UnreadableFile, NoSuchSheet) as refusal:
        return {"refused": type(refusal).__name__, "facts": refusal.facts}


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)
