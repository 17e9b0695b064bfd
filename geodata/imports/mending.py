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

from geodata.doctor import booleans, codes, days, degrees, moments, numbers, words
from geodata.doctor.found import Found, each
from geodata.feeds.floor.arrow import arrow_type, kind_of
from geodata.feeds.floor.declaration import Feed
from geodata.feeds.floor.fields import CODE, WHOLE_HOUR
from geodata.feeds.floor.refusal import Refusal, explained
from geodata.imports.known import Known

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mend = Callable[[Sequence[str]], list[Found]]
DEGREES = ("lon", "lat")
_PLAIN: dict[type, str] = {
    str: "^[0-9A-Za-z\u4e00-\u9fff#-]+( [0-9A-Za-z\u4e00-\u9fff#-]+)*$",
    date: days.CLEAN,
    datetime: moments.CLEAN,
}
"""What no mender of a kind would change, and nobody need look at."""


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
        columns = self.feed.row.model_json_schema()["properties"]
        self.worded = {self.feed.paper.state, *self.feed.paper.words} & set(self.feed.row.model_fields)
        """Fields for which departments have words of their own."""
        self._codes = {name for name, said in columns.items() if repr(CODE) in str(said)}
        self._menders: dict[str, Mend] = {name: self._mender(name) for name in self.feed.row.model_fields}
        self._adapters: dict[str, TypeAdapter[Any]] = {}
        self._lists: dict[str, TypeAdapter[Any]] = {}

    def mended(self, name: str, given: pa.Array, *, counted: bool = True) -> Column:
        """Return the column of a field; nothing of it is checked against the field yet."""
        coded = given.dictionary_encode()
        column = Column(coded.dictionary.to_pylist(), np.asarray(pc.fill_null(coded.indices, -1).cast(pa.int64())))
        doubtful = self._doubtful(name, coded.dictionary)
        found = self._menders[name]([column.values[place] for place in doubtful])
        kind = kind_of(self.feed.row, name)
        for place, one in zip(doubtful, found, strict=True):
            column.values[place] = None if one.value is None else _python(kind, one.value)
            if one.why:
                column.wrong[place] = one
        if counted:
            self._count(found, doubtful, column.index)
        return column

    def _doubtful(self, name: str, distinct: pa.Array) -> list[int]:
        """Return the places of the values that a mender must look at: of texts, those that are not plain already."""
        plain = _PLAIN.get(kind_of(self.feed.row, name)) if name not in self.worded else None
        if plain is None or name in self._codes:
            return list(range(len(distinct)))
        return np.flatnonzero(~np.asarray(pc.match_substring_regex(distinct, plain))).tolist()

    def array(self, name: str, column: Column) -> pa.Array:
        """Return a mended column as its field's type, each distinct value checked by the field; adds what it refuses."""
        adapter = self._adapter(name)
        try:
            values = self._every(name).validate_python(column.values)
        except ValidationError:
            values = [self._one(adapter, column, place) for place in range(len(column.values))]
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

    def _one(self, adapter: TypeAdapter[Any], column: Column, place: int) -> Any:
        """Return one distinct value as its field takes it, none where it does not."""
        try:
            value = column.values[place]
            return None if value is None else adapter.validate_python(value)
        except ValidationError as error:
            column.wrong[place] = error
            return None

    def _count(self, found: Sequence[Found], places: Sequence[int], index: Ints) -> None:
        if not any(one.what for one in found):
            return
        rows = np.bincount(index[index >= 0], minlength=max(places) + 1)
        for place, one in zip(places, found, strict=True):
            for mend in one.mends:
                self.counted[mend] += int(rows[place])

    def _every(self, name: str) -> TypeAdapter[Any]:
        """Return who checks all distinct values of a column in one go."""
        if name not in self._lists:
            self._lists[name] = TypeAdapter(list[self._annotation(name) | None])  # type: ignore[arg-type, misc]
        return self._lists[name]

    def _adapter(self, name: str) -> TypeAdapter[Any]:
        if name not in self._adapters:
            self._adapters[name] = TypeAdapter(self._annotation(name))
        return self._adapters[name]

    def _annotation(self, name: str) -> Any:
        field = self.feed.row.model_fields[name]
        annotation: Any = field.annotation
        for more in field.metadata:
            annotation = Annotated[annotation, more]
        return annotation

    def _mender(self, name: str) -> Mend:
        if name in self.worded:
            return lambda values: self._chosen(name, values)
        if name in DEGREES:
            return degrees.mend
        if name in (self.feed.paper.area, "area"):
            return lambda values: codes.mend(values, self.known.areas, self.known.aliases)
        if name in self._codes:
            return lambda values: codes.mend(values, (), {})
        if WHOLE_HOUR in self.feed.row.model_fields[name].metadata:
            return lambda values: moments.hours(values, self.known.zone)
        return self._of_kind(kind_of(self.feed.row, name))

    def _chosen(self, name: str, values: Sequence[str]) -> list[Found]:
        """Return a state or another choice by its code; a yes or no may also be ticked."""
        if name == self.feed.paper.state:
            return words.mend(values, self.known.states, self.known.words)
        found = words.choose(values, self.feed.paper.words[name], self.known.words)
        if kind_of(self.feed.row, name) is not bool:
            return found
        ticked = booleans.mend(values)
        return [other if one.why else one for one, other in zip(ticked, found, strict=True)]

    def _of_kind(self, kind: type) -> Mend:
        menders: dict[type, Mend] = {
            int: lambda values: numbers.mend(values, whole=True),
            float: numbers.mend,
            bool: booleans.mend,
            date: days.mend,
            datetime: self._moments,
            time: moments.clocks,
        }
        mender: Mend = menders.get(kind, _text)
        return mender

    def _moments(self, values: Sequence[str]) -> list[Found]:
        """Return moments; where a column says the day alone it is meant from that day's beginning on."""
        found = moments.mend(values, self.known.zone)
        alone = [place for place, one in enumerate(found) if one.why == "moment_without_time"]
        for place, begun in zip(
            alone, moments.begins((values[place] for place in alone), self.known.zone), strict=True
        ):
            # What is no day either keeps the reason that it had.
            found[place] = found[place] if begun.value is None else begun
        return found


def _text(values: Sequence[str]) -> list[Found]:
    return each(values, Found)


def _python(kind: type, value: str) -> Any:
    """Return a mended text as the strict fields take it."""
    if kind is int:
        return int(value)
    if kind is float:
        return float(value)
    return value == "true" if kind is bool else value
