"""What a file looks like before it is taken: its first rows, columns, words for states, and where its places would lie."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from geodata.arrival.door import demand_right
from geodata.arrival.masking import kept
from geodata.arrival.secret import keyed_columns
from geodata.arrival.somebody import MASK
from geodata.database import Database
from geodata.feeds.floor.declaration import Feed
from geodata.feeds.floor.registry import get
from geodata.files import Book, Chunk, opened
from geodata.files.refusals import Several
from geodata.imports.heads import fields_of, missing
from geodata.imports.known import Known, known_of
from geodata.imports.mending import Mending
from geodata.imports.options import Options
from geodata.imports.placing import Placing
from geodata.imports.seen import Seen, seen
from geodata.imports.taking import WITH_PLACES
from geodata.model import SchemeState
from geodata.scope import Scope

LOOKED_AT = 20_000
"""Rows in which places are looked at; the import itself decides over all of them."""
SHOWN = 8
"""Rows that are shown as they were read."""
MOST_READ = 2_000_000
"""Rows in which words for states are looked for."""
MOST_WORDS = 60
PERSONAL = re.compile(
    r"姓名|名字|身份证|证件|电话|手机|联系方式|\bname$|phone|telephone|mobile|id_?card", re.IGNORECASE
)
"""Heads of columns whose cells are covered, whatever is in them."""


class Word(NamedTuple):
    """A word of a column that means nothing yet, and how many rows say it."""

    field: str
    word: str
    rows: int


@dataclass
class Preview:
    """A file as it would be understood. Nothing of it is written anywhere."""

    form: str
    encoding: str
    rows: int | None
    """About how many there are; none where that is not known beforehand."""
    heads: list[str]
    columns: dict[str, str]
    """The file's columns, and the field that each is taken for."""
    missing: list[str]
    """Fields that are needed and that no column holds."""
    sheets: tuple[str, ...]
    """Sheets, layers, folders or packed files with rows that there are to choose from."""
    sheet: str
    """Which of them this is; none where it is all of the file."""
    first: list[list[str]] = field(default_factory=list)
    """The first rows, cell by cell under `heads`; numbers of persons are covered."""
    places: Seen | None = None
    words: list[Word] = field(default_factory=list)
    """Words for a state or another choice that nobody has mapped yet."""
    states: list[SchemeState] = field(default_factory=list)
    """Of the scheme in force; none where no field is a state."""
    worded: list[str] = field(default_factory=list)
    """Fields of the file that hold a state or another choice."""
    names: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """What the codes of other choices are called, by field."""

    def said(self, language: str) -> dict[str, Any]:
        """Return it as JSON carries it, with sentences in `zh` or `en`."""
        return {
            "form": self.form,
            "encoding": self.encoding,
            "rows": self.rows,
            "heads": self.heads,
            "first": self.first,
            "columns": self.columns,
            "missing": self.missing,
            "sheets": self.sheets,
            "sheet": self.sheet,
            "places": None if self.places is None else self.places.said(language),
            "words": [word._asdict() for word in self.words],
            "choices": {name: self._choices(name) for name in self.worded},
            "states": self._states(),
        }

    def _choices(self, name: str) -> list[dict[str, str]]:
        """Return what a word of a column can mean."""
        if name not in self.names:
            return self._states()
        called = self.names[name].items()
        return [{"code": code, "zh": names[0], "en": code.replace("_", " "), "letter": ""} for code, names in called]

    def _states(self) -> list[dict[str, str]]:
        return [{"code": one.code, "zh": one.zh, "en": one.en, "letter": one.letter} for one in self.states]


async def preview(database: Database, scope: Scope, kind: str, path: Path, options: Options, *, sender: str) -> Preview:
    """Look at a file for a feed as `import_file` would understand it, by its first rows.

    Raises UnknownKind, NotAllowed, BadValue (a wrong call), UnreadableFile, DatabaseAway.
    """
    feed = get(kind)
    demand_right(feed, scope)
    async with database.scoped(scope) as connection:
        known = await known_of(connection, sender, kind)
    return await asyncio.to_thread(_look, feed, path, options, known)


def _look(feed: Feed[Any], path: Path, options: Options, known: Known) -> Preview:
    with _shown(path, options) as book:
        heads = list(book.columns)
        columns = fields_of(feed, heads, options.columns, known.columns)
        lacking = [fault.column for fault in missing(feed, columns, heads, placed=book.form in WITH_PLACES)]
        found = Preview(book.form, book.encoding, book.rows, heads, columns, lacking, book.sheets, book.sheet)
        mending = Mending(feed, known.saying({**known.words, **options.states}))
        _read(found, book, mending, options)
        return found


@contextmanager
def _shown(path: Path, options: Options) -> Iterator[Book]:
    """Open a file; of several tables of which nobody named one yet, the first is shown beside the names of all."""
    with ExitStack() as stack:
        open_as = partial(opened, path, encoding=options.encoding)
        try:
            book = stack.enter_context(open_as(sheet=options.sheet))
        except Several as several:
            book = stack.enter_context(open_as(sheet=several.names[0]))
        yield book


def _read(found: Preview, book: Book, mending: Mending, options: Options) -> None:
    """Read the first rows for what is shown, and further ones only where they may hold words for states."""
    fields = {name: head for head, name in found.columns.items()}
    chunks = book.chunks(LOOKED_AT)
    chunk = next(chunks, None)
    if chunk is None:
        return
    found.first = _first(mending.feed, chunk, found.columns)
    found.places = _places(book, chunk, mending, fields, options)
    found.names = mending.feed.paper.words
    if mending.feed.paper.state in fields:
        found.states = list(mending.known.states)
    found.worded = sorted(mending.worded & fields.keys())
    counted = _counted([fields[name] for name in found.worded], chunk, chunks) if found.worded else {}
    for name in found.worded:
        found.words += _unknown(name, counted[fields[name]], mending)


def _first(feed: Feed[Any], chunk: Chunk, columns: Mapping[str, str]) -> list[list[str]]:
    rows = chunk.table.slice(0, SHOWN).to_pydict()
    never = {*feed.cut, *keyed_columns(feed)}
    covered = {head for head in rows if columns.get(head, head) in never or PERSONAL.search(head)}
    cells = [
        ["" if cell is None else MASK if head in covered else str(kept(cell)) for cell in rows[head]] for head in rows
    ]
    return [list(row) for row in zip(*cells, strict=True)]


def _places(book: Book, chunk: Chunk, mending: Mending, fields: Mapping[str, str], options: Options) -> Seen | None:
    """Return where the chunk's rows lie, or nothing where the file brings no places for this feed."""
    placed = book.form in WITH_PLACES
    if not mending.feed.paper.place or not (placed or {"lon", "lat"} <= fields.keys() or "place" in fields):
        return None
    ordered = options.crs != "auto"
    placing = Placing(mending, fields, options.crs if ordered else book.crs, ordered)
    placing.look(chunk)
    placing.decide()
    return seen(placing, chunk.table.num_rows)


def _counted(heads: Sequence[str], chunk: Chunk, chunks: Iterator[Chunk]) -> dict[str, Counter[str]]:
    """Return every word of some columns with how often it stands there."""
    counted = {head: Counter[str]() for head in heads}
    for one in chain([chunk], chunks):
        if one.first > MOST_READ:
            break
        for head in heads:
            for pair in one.table[head].value_counts().to_pylist():
                if pair["values"] is not None:
                    counted[head][pair["values"]] += pair["counts"]
    return counted


def _unknown(name: str, counted: Counter[str], mending: Mending) -> list[Word]:
    """Return the words of a field that mean nothing yet, the most used first."""
    words = list(counted)
    column = mending.mended(name, pa.array(words, type=pa.string()), counted=False)
    unknown = [Word(name, words[place], counted[words[place]]) for place in column.wrong]
    return sorted(unknown, key=lambda word: -word.rows)[:MOST_WORDS]
