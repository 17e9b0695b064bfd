"""Where the rows of a file lie: one look over the whole of it, and then every place moved to WGS 84."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely


from geodata.doctor.decide import Diagnosis, diagnose, diagnosed
from geodata.doctor.naming import named
from geodata.doctor.outside import outside_of
from geodata.doctor.systems import SYSTEMS, System
from geodata.feeds.declaration import Feed
from geodata.feeds.refusal import WHOLE, Refusal
from geodata.files import Chunk
from geodata.imports.mending import Column, Mending

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Shapes = np.ndarray[Any, np.dtype[np.object_]]
X, Y = "lon", "lat"
"""The fields of a point's two numbers, in whatever system the file has them."""


@dataclass
class Part:
    """The places of one chunk as delivered: a point of each row (of a shape one inside it), NaN where it has none."""

    first: int
    x: Floats
    y: Floats
    area: Ints
    shapes: Shapes | None
    refusals: list[Refusal]


@dataclass
class Placing:
    """The places of one file, as its fields `lon` and `lat`, its field `place` or its geometries bring them."""

    mending: Mending
    fields: Mapping[str, str]
    """The file's column by field."""
    said: str | None
    """What somebody says, or else the file itself, about the coordinate system."""
    ordered: bool = False
    """Somebody said it, and need not be doubted."""
    parts: list[Part] = field(default_factory=list)
    diagnosis: Diagnosis | None = None

    @property
    def feed(self) -> Feed[Any]:
        """The feed that takes the rows."""
        return self.mending.feed

    def look(self, chunk: Chunk) -> None:
        """Take the places of a chunk."""
        refusals = list[Refusal]()
        shapes = self._shapes(chunk, refusals)
        if shapes is not None:
            inside = shapely.point_on_surface(shapes)
            x, y = shapely.get_x(inside), shapely.get_y(inside)
        else:
            x, y = (self._numbers(chunk, name, refusals) for name in (X, Y))
        self.parts.append(Part(chunk.first, x, y, self._areas(chunk), shapes, refusals))

    def decide(self) -> list[Refusal]:
        """Find the coordinate system over all that was looked at; return the question where nobody can be sure."""
        x, y, area = (np.concatenate([getattr(part, name) for part in self.parts]) for name in ("x", "y", "area"))
        if not np.isfinite(x).any():
            return []
        outside = outside_of(list(self.mending.known.areas.values()), area)
        if self.ordered:
            system = named(self.said)
            assert system is not None
            self.diagnosis = diagnosed(x, y, outside, system)
            return []
        self.diagnosis = found = diagnose(x, y, outside, said=self.said)
        if found.question:
            return [Refusal(WHOLE, "crs", found.question, {"rivals": _named(found)})]
        return []

    def placed(self, nth: int) -> tuple[Floats, Floats, Shapes | None]:
        """Return longitudes and latitudes of the nth chunk, and its shapes, in degrees of WGS 84."""
        part, lon, lat = self.parts[nth], np.full(0, np.nan), np.full(0, np.nan)
        lon, lat = np.full(len(part.x), np.nan), np.full(len(part.x), np.nan)
        shapes = None if part.shapes is None else part.shapes.copy()
        for system, rows in self._systems(nth):
            lon[rows], lat[rows] = system.to_wgs84(part.x[rows], part.y[rows])
            if shapes is not None:
                shapes[rows] = shapely.transform(shapes[rows], lambda xy, by=system: np.column_stack(by.to_wgs84(*xy.T)))
        return lon, lat, shapes

    def system_of(self, nth: int) -> str:
        """Return the ids of the systems in which the nth chunk was understood."""
        return " ".join(system.id for system, _ in self._systems(nth))

    def _systems(self, nth: int) -> Iterator[tuple[System, Ints]]:
        part, found = self.parts[nth], self.diagnosis
        if found is None or found.system is None:
            return
        start = sum(len(one.x) for one in self.parts[:nth])
        known = np.isfinite(part.x) & np.isfinite(part.y)
        if found.groups is None:
            yield SYSTEMS.get(found.system) or _named_system(found.system), np.flatnonzero(known)
            return
        group = found.groups[start : start + len(part.x)]
        for number, name in enumerate(found.systems):
            rows = np.flatnonzero(known & (group == number))
            if len(rows):
                yield SYSTEMS[name], rows

    def _areas(self, chunk: Chunk) -> Ints:
        """Return the place of each row's area among those that are known, -1 where it names none."""
        head = self.fields.get(self.feed.paper.area)
        if head is None:
            return np.full(chunk.table.num_rows, 0 if self.mending.known.areas else -1)
        column = self.mending.mended(self.feed.paper.area, chunk.table[head], counted=False)
        place = {code: nth for nth, code in enumerate(self.mending.known.areas)}
        distinct = np.array([*(place.get(value, -1) for value in column.values), -1], dtype=np.int64)
        return distinct[column.index]

    def _numbers(self, chunk: Chunk, name: str, refusals: list[Refusal]) -> Floats:
        head = self.fields.get(name)
        if head is None:
            return np.full(chunk.table.num_rows, np.nan)
        given = chunk.table[head]
        try:
            plain = pc.cast(given, pa.float64())
            return np.asarray(pc.fill_null(plain, np.nan).to_numpy(zero_copy_only=False), dtype=np.float64)
        except pa.ArrowInvalid:
            column = self.mending.mended(name, given)
            refusals += self.mending.refusals(name, column, chunk.first)
            return _floats(column)

    def _shapes(self, chunk: Chunk, refusals: list[Refusal]) -> Shapes | None:
        """Return the geometries of a chunk: the file's own, or those of its column for the field `place`."""
        if chunk.places is not None:
            return chunk.places
        head = self.fields.get("place")
        if head is None or not self.feed.paper.place:
            return None
        return _read(chunk.table[head].to_pylist(), chunk.first, refusals)


def _floats(column: Column) -> Floats:
    values = np.array([*(np.nan if value is None else float(value) for value in column.values), np.nan])
    return values[column.index]


def _read(texts: list[str | None], first: int, refusals: list[Refusal]) -> Shapes:
    """Return shapes written as WKT or GeoJSON."""
    found = np.full(len(texts), None, dtype=object)
    for row, text in enumerate(texts):
        if text is None:
            continue
        read = shapely.from_geojson if text.lstrip().startswith("{") else shapely.from_wkt
        found[row] = read(text, on_invalid="ignore")
        if found[row] is None:
            refusals.append(Refusal(first + row, "place", "no_shape"))
    return found


def _named_system(name: str) -> System:
    system = named(name)
    assert system is not None
    return system


def _named(found: Diagnosis) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in found.rivals[:4])


