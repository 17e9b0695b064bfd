"""CSV: every cell as text, streamed by Arrow."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from functools import partial

import pyarrow as pa
import pyarrow.csv as arrow

from geodata.files import heads
from geodata.files.book import Book, Piece
from geodata.files.encodings import Text
from geodata.files.limits import COLUMNS, FIRST_BYTES, TITLE_ROWS
from geodata.files.refusals import BadQuotes, NoRows, Ragged, TooLongLine

DELIMITERS = ",;\t"
BLOCK = 1024**2
MOST_CELLS = COLUMNS * 20


def book(text: Text) -> Book:
    """Open a table. Raises UnreadableFile where there is no head, no row, or more columns than may be."""
    found: Counter[str] = Counter()
    lines, ends = _first(text)
    delimiter = _delimiter(lines)
    rows = [_cells(line, delimiter) for line in lines]
    head = heads.head_of(rows, found)
    columns = heads.cleaned([*head.names, *[None] * (len(rows[head.below - 1]) - len(head.names))], found)
    start = ends[head.below - 1]
    _demand_rows(text, start, delimiter)
    count = None if text.quoted else text.lines - head.below
    source = partial(_pieces, text, start, columns, delimiter)
    return Book("csv", columns, text.encoding, None, count, source, found)


def _first(text: Text) -> tuple[list[str], list[int]]:
    """Return the first records and where each ends, in bytes. A record goes on while a quotation mark is open."""
    records: list[str] = []
    ends: list[int] = []
    with text.path.open("rb") as file:
        file.seek(text.start)
        block = _one_kind_of_end(file.read(FIRST_BYTES))
    start = at = marks = 0
    for line in io.BytesIO(block):
        at, marks = at + len(line), marks + line.count(b'"')
        if marks % 2 == 0 or at == len(block):
            records.append(block[start:at].decode("utf-8", "replace"))
            ends.append(text.start + at)
            start = at
        if len(records) == TITLE_ROWS:
            break
    return records, ends


def _one_kind_of_end(block: bytes) -> bytes:
    """Old spreadsheets end lines with a carriage return alone."""
    return block if b"\n" in block else block.replace(b"\r", b"\n")


def _delimiter(lines: list[str]) -> str:
    """Return the sign that cuts most of the first records into equally many cells, more than one."""

    def fit(delimiter: str) -> tuple[int, int]:
        counted = Counter(len(_cells(line, delimiter)) for line in lines if line.strip())
        width, times = max(counted.items(), key=lambda pair: (pair[0] > 1, pair[1], pair[0]), default=(0, 0))
        return (times, width) if width > 1 else (0, 0)

    return max(DELIMITERS, key=fit)


def _cells(line: str, delimiter: str) -> list[str]:
    """Return the cells of a record; of far too many just so many that they are too many."""
    if line.count(delimiter) > MOST_CELLS:
        return line.split(delimiter, MOST_CELLS)
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _demand_rows(text: Text, start: int, delimiter: str) -> None:
    """Raise NoRows where nothing but blanks and delimiters follows the head."""
    empty = f'{delimiter}\r\n \t"'.encode()
    with text.path.open("rb") as file:
        file.seek(start)
        while block := file.read(BLOCK):
            if block.strip(empty):
                return
    raise NoRows


def _pieces(
    text: Text, start: int, columns: tuple[str, ...], delimiter: str, _counted: Counter[str]
) -> Iterator[Piece]:
    """Read the rows. Nothing is mended: text is taken as it stands."""
    uneven: list[arrow.InvalidRow] = []

    def note(row: arrow.InvalidRow) -> str:
        uneven.append(row)
        return "error"

    read = 0
    with text.path.open("rb") as file:
        file.seek(start)
        try:
            for batch in _stream(file, columns, delimiter, text.quoted, note):
                yield Piece(batch)
                read += batch.num_rows
        except pa.ArrowInvalid:
            if uneven:
                row = uneven[0]
                raise Ragged(row=row.number, found=row.actual_columns, wanted=row.expected_columns) from None
            raise BadQuotes(row=read) if text.quoted else TooLongLine(line=read + 1) from None


def _stream(
    file: io.BufferedReader, columns: tuple[str, ...], delimiter: str, quoted: bool, note: object
) -> Iterator[pa.RecordBatch]:
    yield from arrow.open_csv(
        file,
        read_options=arrow.ReadOptions(column_names=list(columns), use_threads=False, block_size=BLOCK),
        parse_options=arrow.ParseOptions(
            delimiter=delimiter, ignore_empty_lines=False, newlines_in_values=quoted, invalid_row_handler=note
        ),
        convert_options=arrow.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )
