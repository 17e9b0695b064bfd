"""The numbers of patrols counted anew out of what was delivered, at any moment: no kept look, no kept total."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

_BELOW = "path <@ (SELECT path FROM area WHERE code = :code)"
_DAY = "CAST(:at AS timestamptz) - interval '24 hours'"
_UNDER_WAY = "(ended_at IS NULL OR ended_at > :at) AND started_at > CAST(:at AS timestamptz) - interval '12 hours'"
_LATELY = f"started_at <= :at AND greatest(started_at, ended_at) > {_DAY} AND {_BELOW}"
_FLIGHTS = text(f"SELECT count(*), count(*) FILTER (WHERE {_UNDER_WAY}) FROM flight WHERE {_LATELY}")
_WALKS = text(f"SELECT count(*), count(*) FILTER (WHERE {_UNDER_WAY}) FROM ground_patrol WHERE {_LATELY}")
_EVENTS = text(f"SELECT count(*) FROM patrol_event WHERE at <= :at AND at > {_DAY} AND {_BELOW}")
_CELLS = text(
    f"""WITH look AS (
            SELECT camera_footprint(p.mercator, p.height_m, d.camera_degrees) AS ground
            FROM track_point p JOIN flight f ON f.id = p.flight_id JOIN drone d ON d.id = f.drone_id
            WHERE p.at <= :at AND p.at >= {_DAY}
            UNION ALL
            SELECT ST_Buffer(mercator, 60 * mercator_units_a_metre(ST_Y(mercator)), 'quad_segs=12')
            FROM ground_point WHERE at <= :at AND at >= {_DAY}
        ), seen AS (
            SELECT DISTINCT c.id FROM patrol_cell c JOIN look l ON ST_Covers(l.ground, c.centre))
        SELECT count(*), count(*) FILTER (WHERE s.id IS NULL) FROM patrol_cell c LEFT JOIN seen s ON s.id = c.id
        WHERE c.{_BELOW}"""
)


def patrols(connection: Connection, code: str, at: datetime) -> dict[str, Any]:
    """Return the numbers of an area's patrols at a moment; what nobody reported is left out."""
    binds = {"code": code, "at": at}
    flights, in_air = connection.execute(_FLIGHTS, binds).one()
    walks, on_foot = connection.execute(_WALKS, binds).one()
    events = connection.scalar(_EVENTS, binds)
    cells, unseen = connection.execute(_CELLS, binds).one()
    flown = {"in_air": in_air, "flights_24h": flights, "events_24h": events} if flights or events else {}
    return {
        **flown,
        **({"on_foot": on_foot} if walks else {}),
        "cells": cells,
        **({"unseen": unseen} if cells else {}),
    }
