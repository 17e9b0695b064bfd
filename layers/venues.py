"""Venues 公共场所 by how many are inside: over capacity first; one that has not counted for two hours says so."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Float, Select, case, cast, or_, select, true

from geodata.figures import share
from geodata.model import Venue, VenueHour
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

STALE_AFTER = timedelta(hours=2)
NEARLY = 90
"""Percent of its capacity from which a venue is nearly full."""
PEOPLE = Words("人", "people")


def statement(view: View) -> Select[Any]:
    """Return venues with the newest count until the shown moment."""
    newest = (
        select(VenueHour.headcount, VenueHour.at)
        .where(VenueHour.venue_id == Venue.id, VenueHour.at <= view.known)
        .order_by(VenueHour.hour.desc())
        .limit(1)
        .lateral("newest")
    )
    state = case(
        (or_(newest.c.at.is_(None), view.at - newest.c.at > STALE_AFTER), "stale"),
        (newest.c.headcount > Venue.capacity, "over"),
        (newest.c.headcount * 100 >= Venue.capacity * NEARLY, "nearly_full"),
        else_="free",
    )
    query: Select[Any] = select(
        Venue.id,
        Venue.mercator.label("geom"),
        Venue.area_id,
        newest.c.at.label("data_time"),
        state.label("state"),
        Venue.kind,
        Venue.code,
        Venue.name,
        Venue.capacity,
        newest.c.headcount,
        cast(share(newest.c.headcount, Venue.capacity), Float).label("percent"),
    )
    return query.where(view.covers(Venue.mercator)).outerjoin(newest, true())


LAYER = Layer(
    id="venues",
    title=Words("公共场所在场人数", "Venues"),
    group="reports",
    geometry="point",
    privacy=Privacy.INTERNAL,
    min_zoom=8,
    max_zoom=15,
    statement=statement,
    tables=("venue", "venue_hour"),
    value="state",
    marks=(
        Mark("over", Words("超出核定人数", "Over capacity"), DARK.severe, LIGHT.severe, letter="!", radius=1.3),
        Mark("nearly_full", Words("将满（90% 以上）", "Nearly full (90% or more)"), DARK.warning, LIGHT.warning, "≥"),
        Mark("stale", Words("2 小时未上报", "No count for 2 hours"), DARK.no_data, LIGHT.no_data, "?", "diagonal", 0.8),
        Mark("free", Words("未满", "Room left"), DARK.good, LIGHT.good, letter="✓", radius=0.8),
    ),
    sign="kind",
    signs=(
        Mark("mall", Words("商场", "Mall"), DARK.text, LIGHT.text, letter="M"),
        Mark("market", Words("市场", "Market"), DARK.text, LIGHT.text, letter="K"),
        Mark("park", Words("公园", "Park"), DARK.text, LIGHT.text, letter="P"),
        Mark("station", Words("车站", "Station"), DARK.text, LIGHT.text, letter="S"),
        Mark("library", Words("图书馆", "Library"), DARK.text, LIGHT.text, letter="L"),
        Mark("cinema", Words("影院", "Cinema"), DARK.text, LIGHT.text, letter="C"),
        Mark("other", Words("其他", "Other"), DARK.text, LIGHT.text, letter="O"),
    ),
    label="name",
    title_column="name",
    fields=(
        Field("state", Words("状态", "State"), "mark"),
        Field("kind", Words("类型", "Kind"), "mark"),
        Field("headcount", Words("在场", "Inside"), "number", PEOPLE),
        Field("capacity", Words("核定", "Capacity"), "number", PEOPLE),
        Field("percent", Words("占核定", "Of capacity"), "percent"),
    ),
    label_zoom=15,
    radius=7,
    shown=False,
    stale_after=STALE_AFTER,
    order=69,
)
