"""Features of any layer as GeoJSON in EPSG:4326: what the API answers and cards are filled from."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.errors import BadValue, UnknownFeature
from geodata.model import Area
from layers.declaration import Layer, View

USUAL, MOST = 1_000, 5_000
DIGITS = 6
"""Decimals of a degree: about a decimetre."""
BIGGEST_ID = 2**63 - 1


async def features(connection: AsyncConnection, layer: Layer, view: View, limit: int = USUAL) -> dict[str, Any]:
    """Return a FeatureCollection of what the reader sees in the view's box, by id; `more` tells of a cut.

    Raises BadValue where `limit` is not 1–5000.
    """
    if not 1 <= limit <= MOST:
        raise BadValue(name="limit", value=limit, wanted=f"1–{MOST}")
    query = _query(layer, view).limit(limit + 1)
    rows = (await connection.execute(query)).all()
    found = [_feature(row) for row in rows[:limit]]
    return {"type": "FeatureCollection", "features": found, "more": len(rows) > limit}


async def feature(connection: AsyncConnection, layer: Layer, feature_id: int, view: View) -> dict[str, Any]:
    """Return one feature. Raises UnknownFeature where there is none, or none that the reader sees."""
    row = None
    if 0 <= feature_id <= BIGGEST_ID:
        row = (await connection.execute(_query(layer, view, feature_id))).first()
    if row is None:
        raise UnknownFeature(layer=layer.id, id=feature_id)
    return _feature(row)


def _query(layer: Layer, view: View, feature_id: int | None = None) -> Select[Any]:
    found = layer.statement(view).subquery("s")
    columns = [column for column in found.c if column.name not in ("id", "geom")]
    place = func.ST_AsGeoJSON(func.ST_Transform(found.c.geom, 4326), DIGITS)
    query = (
        select(found.c.id, place.label("geom"), Area.code.label("area_code"), *columns)
        .join(Area, Area.id == found.c.area_id)
        .where(view.covers(found.c.geom))
    )
    return query.order_by(found.c.id) if feature_id is None else query.where(found.c.id == feature_id)


def _feature(row: Row[Any]) -> dict[str, Any]:
    values = {name: _json(value) for name, value in row._mapping.items()}  # noqa: SLF001 - SQLAlchemy's public name
    place: Any = values.pop("geom")
    return {
        "type": "Feature",
        "id": values.pop("id"),
        "geometry": json.loads(place) if place else None,
        "properties": values,
    }


def _json(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
