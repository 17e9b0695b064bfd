"""Spreadsheets (.xlsx, .xls, .ods), read by a process of their own that may neither take all memory nor time.

A single cell at the far corner makes the reader of spreadsheets ask for half a terabyte, and it cannot be told to refuse:
it ends its process. So the process is not ours.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from geodata.files import refusals
from geodata.files.book import Book, Piece
from geodata.files.limits import SHEET_SECONDS

PROJECT = Path(__file__).parents[2]


def book(path: Path, folder: Path, sheet: str | None) -> Book:
    """Open the sheet that is named, else the first that has a head.

    Raises NoSuchSheet, Locked, Damaged, TooLargeSheet, NoHead, NoRows and those of a head.
    """
    made = folder / "sheet.arrow"
    said = _read(path, made, sheet or "")
    if "refused" in said:
        raise getattr(refusals, said["refused"])(**said["facts"])
    mended = Counter[str](said["mended"])
    return Book(
        "excel",
        tuple(said["columns"]),
        "utf-8",
        None,
        said["rows"],
        partial(_pieces, made),
        mended,
        sheets=tuple(said["sheets"]),
        sheet=said["sheet"],
    )


def _read(path: Path, made: Path, sheet: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "geodata.files.sheet_reader", str(path.absolute()), str(made), sheet]
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, timeout=SHEET_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise refusals.TooLargeSheet from None
    if done.returncode:
        raise refusals.TooLargeSheet
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _pieces(made: Path, _counted: Counter[str]) -> Iterator[Piece]:
    """Read what was written; what was mended was counted as the file was opened."""
    with pa.memory_map(str(made)) as mapped, pa.ipc.open_file(mapped) as file:
        for at in range(file.num_record_batches):
            yield Piece(file.get_batch(at))
