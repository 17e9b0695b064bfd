"""Unseen cells 未巡查区: populated land that no patrol, in the air or on foot, has seen in the 24 hours before the moment."""

from datetime import timedelta
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from geodata.model import CellSeen, PatrolCell
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

PATIENCE = timedelta(hours=24)
LONG = timedelta(days=7)
BLOCKS = {8: 16, 9: 16, 10: 4, 11: 4}
"""How many cells wide a drawn square is from afar, by zoom; from zoom 12 on it is one cell."""
CELLS = Words("格", "cells")


def statement(view: View) -> Select[Any]:
    """Return the cells nobody has seen; from afar, squares of many cells of which most were not."""
    wide = BLOCKS.get(view.zoom, 1)
    return _near(_unseen(view)) if wide == 1 else _afar(_all(view, wide), view, wide)


def _near(cells: Subquery) -> Select[Any]:
    return select(
        cells.c.id,
        cells.c.geom,
        cells.c.area_id,
        cells.c.data_time,
        cells.c.since,
        cells.c.last_seen_at,
        literal(1).label("cells"),
        literal(1).label("unseen"),
    )


def _unseen(view: View) -> Subquery:
    cells = _all(view, 1)
    return select(cells).where(cells.c.unseen).subquery("unseen")


def _all(view: View, wide: int) -> Subquery:
    """Return the cells of the view, and of the whole squares that touch it, with when each was last seen."""
    seen, last = _last_seen(view)
    query = select(
        PatrolCell.id,
        PatrolCell.i,
        PatrolCell.j,
        PatrolCell.mercator.label("geom"),
        PatrolCell.area_id,
        last.label("last_seen_at"),
        # What is not known to have been seen is as true as the moment itself.
        view.at.label("data_time"),
        or_(last.is_(None), last < view.at - PATIENCE).label("unseen"),
        case((last >= view.at - LONG, "lapsed"), else_="long").label("since"),
    ).where(_covers(view, wide))
    return (query if seen is None else query.outerjoin(seen, true())).subquery("cells")


def _last_seen(view: View) -> tuple[FromClause | None, ColumnElement[Any] | InstrumentedAttribute[Any]]:
    """Return the column that says when a cell was last seen, and in the past what has to be joined for it."""
    if view.moment is None:
        return None, PatrolCell.last_seen_at
    seen = (
        select(func.least(CellSeen.last_at, view.at).label("at"))
        .where(CellSeen.cell_id == PatrolCell.id, CellSeen.first_at <= view.at, CellSeen.hour <= view.at)
        .order_by(CellSeen.hour.desc())
        .limit(1)
        .lateral("seen")
    )
    return seen, seen.c.at


def _covers(view: View, wide: int) -> ColumnElement[bool]:
    if view.box is None or wide == 1:
        return view.covers(PatrolCell.mercator)
    # A square at the edge must be whole, or the two tiles that share it would draw it differently.
    side = select(func.sqrt(func.ST_Area(PatrolCell.mercator))).limit(1).scalar_subquery()
    return PatrolCell.mercator.op("&&")(func.ST_Expand(view.box, side * wide))


def _afar(cells: Subquery, view: View, wide: int) -> Select[Any]:
    i, j = func.floor(cells.c.i / float(wide)), func.floor(cells.c.j / float(wide))
    unseen, last = func.count().filter(cells.c.unseen), func.max(cells.c.last_seen_at).filter(cells.c.unseen)
    blocks = (
        select(
            cast((i + 2**20) * 2**21 + j + 2**20, BigInteger).label("id"),
            func.ST_Envelope(func.ST_Collect(cells.c.geom), type_=Geometry).label("geom"),
            func.min(cells.c.area_id).label("area_id"),
            func.max(cells.c.data_time).label("data_time"),
            case((last >= view.at - LONG, "lapsed"), else_="long").label("since"),
            last.label("last_seen_at"),
            func.count().label("cells"),
            unseen.label("unseen"),
        )
        .group_by(i, j)
        .having(unseen * 2 > func.count())
        .subquery("blocks")
    )
    return select(blocks).where(view.covers(blocks.c.geom))


LAYER = Layer(
    id="unseen",
    title=Words("24 小时未巡查", "Unseen for 24 hours"),
    group="patrols",
    geometry="polygon",
    privacy=Privacy.INTERNAL,
    min_zoom=8,
    max_zoom=15,
    statement=statement,
    tables=("patrol_cell",),
    value="since",
    marks=(
        Mark(
            "lapsed", Words("超过 24 小时未巡", "Not for 24 hours"), DARK.warning, LIGHT.warning, "24", "diagonal", 1.2
        ),
        Mark(
            "long", Words("超过 7 天或从未巡到", "Not for 7 days, or never"), DARK.no_data, LIGHT.no_data, "7", "cross"
        ),
    ),
    fields=(
        Field("since", Words("巡查", "Patrols"), "mark"),
        Field("last_seen_at", Words("最后巡到", "Last seen"), "time"),
        Field("unseen", Words("未巡格", "Unseen"), "number", CELLS),
        Field("cells", Words("有人居住的格", "Populated"), "number", CELLS),
    ),
    radius=1,
    shown=False,
    stale_after=timedelta(minutes=5),
    order=35,
    note=Words(
        "一格边长约 250 米，其中心进入镜头视野或巡查队 60 米以内即为巡到。",
        "A cell is some 250 m wide, and seen when its middle is in a camera's footprint or within 60 m of a team.",
    ),
)
