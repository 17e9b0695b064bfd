"""Lines and polygons of delivered rows: GeoJSON from senders, shapely's own from files; mended where they cross themselves."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import shapely
from pydantic import BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema
from shapely import MultiPolygon, Polygon
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from geodata.feeds.floor.fields import fault

SHAPES = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
"""The configuration of rows that hold a shape."""
_SCHEMA = {"type": "object", "description": "A GeoJSON geometry in degrees, WGS 84."}


def _read(value: Any) -> BaseGeometry:
    if isinstance(value, BaseGeometry):
        return value
    if not isinstance(value, Mapping):
        raise fault("no_shape")
    try:
        return shape(value)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise fault("no_shape") from None


def _polygons(value: Any) -> MultiPolygon:
    found = _read(value)
    if not found.is_empty and not found.is_valid:
        found = shapely.make_valid(found)
    parts = [part for part in _parts(found) if isinstance(part, Polygon) and part.area > 0]
    if not parts or not _in_world(found):
        raise fault("no_polygon")
    return MultiPolygon([shapely.force_2d(part) for part in parts])


def _parts(place: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in getattr(place, "geoms", [place]):
        if hasattr(part, "geoms"):
            yield from _parts(part)
        else:
            yield part


def _in_world(place: BaseGeometry) -> bool:
    west, south, east, north = place.bounds
    return bool(-180 <= west <= east <= 180 and -85.06 <= south <= north <= 85.06)


def _largest(value: Any) -> Polygon:
    return max(_polygons(value).geoms, key=lambda part: part.area)


Polygons = Annotated[
    MultiPolygon, BeforeValidator(_polygons), PlainSerializer(mapping), WithJsonSchema({**_SCHEMA, "title": "Polygons"})
]
"""One or more polygons; what crosses itself is mended by the rule of ST_MakeValid."""
Footprint = Annotated[
    Polygon, BeforeValidator(_largest), PlainSerializer(mapping), WithJsonSchema({**_SCHEMA, "title": "Footprint"})
]
"""One polygon: of several the largest."""
