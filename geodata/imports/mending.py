"""Columns of text made into what their fields want. Each distinct value is looked at once, however many rows have it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import TypeAdapter, ValidationError

from geodata.doctor import booleans, codes, days, degrees, moments, numbers, times, words
from geodata.doctor.found import Found, each
from geodata.feeds.arrow import arrow_type, kind_of
from geodata.feeds.declaration import Feed
from geodata.feeds.refusal import Refusal, explained
from geodata.imports.known import Known

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mend = Callable[[Sequence[str]], list[Found]]
DEGREES = ("lon", "lat")


@dataclass
class Column:
    """A mended column: the distinct values as their field takes them, and which of them each row has (-1: none)."""

    values: list[Any]
    index: Ints
    wrong: dict[int, Found | ValidationError] = field(default_factory=dict)
    """Distinct values that cannot be mended, or that their field does not take."""

    @property
    def refused(self) -> Ints:
        """Return the places of the rows that are refused because of it."""
        if not self.wrong:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(np.isin(self.index, list(self.wrong)))

    def listed(self) -> list[Any]:
        """Return the value of each row, none where it has none."""
        values = [*self.values, None]
        return [values[place] for place in self.index.tolist()]


@dataclass
class Mending:
    """The menders of one feed's fields; counts what they mend."""

    feed: Feed[Any]
    known: Known
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Choose a mender for each field."""
        self._menders: dict[str, Mend] = {name: self._mender(name) for name in self.feed.row.model_fields}
        self._adapters: dict[str, TypeAdapter[Any]] = {}

    def mended(self, name: str, given: pa.Array, *, counted: bool = True) -> Column:
        """Return the column of a field; nothing of it is checked against the field yet."""
        coded = given.dictionary_encode()
        texts = coded.dictionary.to_pylist()
        index = np.asarray(pc.fill_null(coded.indices, -1).cast(pa.int64()))
        found = self._menders[name](texts)
        if counted:
            self._count(found, index)
        column = Column([None] * len(found), index)
        for place, one in enumerate(found):
            if one.why:
                column.wrong[place] = one
            elif one.value is not None:
                column.values[place] = _python(kind_of(self.feed.row, name), one.value)
        return column

    def array(self, name: str, column: Column) -> pa.Array:
        """Return a mended column as its field's type, each distinct value checked by the field; adds what it refuses."""
        adapter, values = self._adapter(name), list[Any]()
        for place, value in enumerate(column.values):
            try:
                values.append(None if value is None else adapter.validate_python(value))
            except ValidationError as error:
                values.append(None)
                column.wrong[place] = error
        distinct = pa.array([*values, None], type=arrow_type(self.feed.row, name))
        return distinct.take(pa.array(np.where(column.index < 0, len(values), column.index)))

    def refusals(self, name: str, column: Column, first: int) -> list[Refusal]:
        """Return what is refused of a column, with the numbers of its rows from `first` on."""
        told = {place: self._told(name, wrong) for place, wrong in column.wrong.items()}
        return [
            Refusal(first + int(row), name, *told[int(column.index[row])])
            for row in column.refused
        ]  # fmt: skip

    def _told(self, name: str, wrong: Found | ValidationError) -> tuple[str, Mapping[str, object]]:
        if isinstance(wrong, Found):
            return wrong.why, wrong.facts
        refusal = explained(wrong, self.feed.row.model_fields, 1)[0]
        return refusal.why, {**refusal.facts, "column": name}

    def _count(self, found: Sequence[Found], index: Ints) -> None:
        rows = np.bincount(index[index >= 0], minlength=len(found))
        for place, one in enumerate(found):
            for mend in one.mends:
                self.counted[mend] += int(rows[place])

    def _adapter(self, name: str) -> TypeAdapter[Any]:
        if name not in self._adapters:
            whole = self.feed.row.__pydantic_fields__[name]
            annotated: Any = whole.annotation
            for more in whole.metadata:
                annotated = _annotated(annotated, more)
            self._adapters[name] = TypeAdapter(annotated)
        return self._adapters[name]

    def _mender(self, name: str) -> Mend:
        if name == self.feed.paper.state:
            return lambda values: words.mend(values, self.known.states, self.known.words)
        if name in DEGREES:
            return degrees.mend
        if name in (self.feed.paper.area, "area"):
            return lambda values: codes.mend(values, self.known.areas, self.known.aliases)
        if name.endswith("code") or name in self.feed.key:
            return self._of_key(name)
        return self._of_kind(kind_of(self.feed.row, name))

    def _of_key(self, name: str) -> Mend:
        """Return the mender of what a row is found by: a number that a spreadsheet made of a code becomes one again."""
        kind = kind_of(self.feed.row, name)
        return self._of_kind(kind) if kind is not str else lambda values: codes.mend(values, (), {})

    def _of_kind(self, kind: type) -> Mend:
        menders: dict[type, Mend] = {
            int: lambda values: numbers.mend(values, whole=True),
            float: numbers.mend,
            bool: booleans.mend,
            date: days.mend,
            datetime: lambda values: moments.mend(values, self.known.zone),
            time: times.mend,
        }
        mender: Mend = menders.get(kind, _text)
        return mender


def _text(values: Sequence[str]) -> list[Found]:
    return each(values, Found)


def _python(kind: type, value: str) -> Any:
    """Return a mended text as the strict fields take it."""
    if kind is int:
        return int(value)
    if kind is float:
        return float(value)
    return value == "true" if kind is bool else value


def _annotated(annotation: Any, more: Any) -> Any:
    return Annotated[annotation, more]
