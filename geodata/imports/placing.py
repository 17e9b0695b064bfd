"""Where the rows of a file lie: one look over the whole of it, and then every place moved to WGS 84."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geodata.doctor.decide import Diagnosis, as_told, diagnose
from geodata.doctor.naming import named
from geodata.doctor.outside import outside_of
from geodata.doctor.shapes import middles, to_wgs84
from geodata.doctor.systems import SYSTEMS
from geodata.feeds.floor.declaration import Feed
from geodata.feeds.floor.refusal import WHOLE, Refusal
from geodata.feeds.floor.things import NEAR_KM
from geodata.files import Chunk
from geodata.imports.mending import Column, Mending

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Shapes = np.ndarray[Any, np.dtype[np.object_]]
KM_PER_DEGREE = 111.32
WIDEST_KM = 1
"""What spans more than this is no place that one point could stand for."""
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
            x, y = middles(shapes)
        else:
            x, y = (self._numbers(chunk, name, refusals) for name in (X, Y))
        self.parts.append(Part(chunk.first, x, y, self._areas(chunk), shapes, refusals))

    def decide(self) -> list[Refusal]:
        """Find the coordinate system over all that was looked at; return the question where nobody can be sure."""
        x, y, area = (np.concatenate([getattr(part, name) for part in self.parts]) for name in ("x", "y", "area"))
        if not np.isfinite(x).any():
            return []
        outside = outside_of(list(self.mending.known.areas.values()), area)
        if self.ordered and (system := named(self.said)) is not None:
            self.diagnosis = as_told(x, y, outside, system)
            return []
        self.diagnosis = found = diagnose(x, y, outside, said=self.said)
        return [Refusal(WHOLE, "crs", found.question, found.facts)] if found.question else []

    def placed(self, nth: int) -> tuple[Floats, Floats, Shapes | None]:
        """Return longitudes and latitudes of the nth chunk, and its shapes, in degrees of WGS 84."""
        part, rows = self.parts[nth], self._rows(nth)
        if self.diagnosis is None:
            return part.x, part.y, part.shapes
        lon, lat = self.diagnosis.lon[rows], self.diagnosis.lat[rows]
        return lon, lat, None if part.shapes is None else self._moved(part.shapes, nth)

    def doubtful(self, nth: int) -> list[Refusal]:
        """Return the rows of the nth chunk that have numbers, but no place: impossible ones, and those that stayed open."""
        part = self.parts[nth]
        if self.diagnosis is None:
            return part.refusals
        rows = self._rows(nth)
        given = np.isfinite(part.x) | np.isfinite(part.y)
        lost = np.flatnonzero(given & ~np.isfinite(self.diagnosis.lon[rows]))
        column, bad = X if part.shapes is None else "place", self.diagnosis.bad[rows]
        whys = ("no_place" if bad[row] else "open_system" for row in lost)
        found = [Refusal(part.first + int(row), column, why) for row, why in zip(lost, whys, strict=True)]
        far = [Refusal(part.first + int(row), column, "far_from_area", {"km": NEAR_KM}) for row in self._far(nth)]
        wide = [
            Refusal(part.first + int(row), "place", "spans_far", {"km": WIDEST_KM})
            for row in np.flatnonzero(self._spans_km(nth) > WIDEST_KM)
        ]
        return [*part.refusals, *found, *far, *wide]

    def middled(self, nth: int) -> int:
        """Return how many rows of the nth chunk get the middle of a shape for their point."""
        spans = self._spans_km(nth)
        return int(np.count_nonzero((spans > 0) & (spans <= WIDEST_KM)))

    def _spans_km(self, nth: int) -> Floats:
        """Return what each shape of a chunk spans, corner to corner, where its feed wants a point; 0 of a point."""
        shapes, spans = self.parts[nth].shapes, np.zeros(len(self.parts[nth].x))
        if shapes is None or self.diagnosis is None or self.feed.paper.place != "point":
            return spans
        rows = np.flatnonzero(shapely.get_type_id(shapes) > 0)
        if len(rows):
            moved = self.placed(nth)[2]
            west, south, east, north = shapely.bounds(np.asarray(moved)[rows]).T
            aside = (east - west) * np.cos(np.radians((south + north) / 2))
            spans[rows] = np.nan_to_num(np.hypot(aside, north - south) * KM_PER_DEGREE)
        return spans

    def _far(self, nth: int) -> Ints:
        """Return the rows of a chunk that lie farther than NEAR_KM from all of what their area spans."""
        if self.fields.get(self.feed.paper.area) is None or self.diagnosis is None:
            return np.empty(0, dtype=np.int64)
        lon, lat = self.diagnosis.lon[self._rows(nth)], self.diagnosis.lat[self._rows(nth)]
        west, south, east, north = self._spans[:, self.parts[nth].area]
        up = NEAR_KM / KM_PER_DEGREE
        aside = up / np.cos(np.radians(lat))
        with np.errstate(invalid="ignore"):
            return np.flatnonzero((lon < west - aside) | (lon > east + aside) | (lat < south - up) | (lat > north + up))

    @cached_property
    def _spans(self) -> Floats:
        """West, south, east and north (4, areas + 1) of every area, NaN where it has no polygon; the last one is none."""
        spans = shapely.bounds(np.array([*self.mending.known.areas.values(), None], dtype=object))
        return np.ascontiguousarray(spans.T)

    def systems_of(self, nth: int) -> str:
        """Return the ids of the systems in which the nth chunk was understood."""
        return " ".join(system for system, _ in self._systems(nth))

    def _rows(self, nth: int) -> slice:
        start = sum(len(part.x) for part in self.parts[:nth])
        return slice(start, start + len(self.parts[nth].x))

    def _moved(self, shapes: Shapes, nth: int) -> Shapes:
        moved = np.full(len(shapes), None, dtype=object)
        for name, rows in self._systems(nth):
            system = SYSTEMS.get(name) or named(name)
            assert system is not None
            moved[rows] = to_wgs84(shapes[rows], system)
        return moved

    def _systems(self, nth: int) -> Iterator[tuple[str, Ints]]:
        """Yield each system of a chunk with its rows."""
        found, part = self.diagnosis, self.parts[nth]
        if found is None or found.system is None:
            return
        known = np.isfinite(part.x) & np.isfinite(part.y)
        group = np.zeros(len(part.x), dtype=np.int64) if found.groups is None else found.groups[self._rows(nth)]
        for number, name in enumerate(found.systems or (found.system,)):
            rows = np.flatnonzero(known & (group == number))
            if len(rows):
                yield name, rows

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
