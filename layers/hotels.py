"""Designated hotels 定点宾馆 by how many rooms are taken; a hotel that has not reported for a day says so."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Float, Select, case, cast, func, or_, select, true

from geodata.figures import share
from geodata.model import Hotel, HotelDay
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

STALE_AFTER = timedelta(days=1)
NEARLY = 90
"""Percent of rooms from which a hotel is nearly full."""

ROOMS = Words("间", "rooms")


def statement(view: View) -> Select[Any]:
    """Return hotels with the newest report that was known at the shown moment."""
    newest = (
        select(HotelDay.occupied, HotelDay.day, HotelDay.reported_at)
        .where(HotelDay.hotel_id == Hotel.id, HotelDay.day <= view.day, HotelDay.reported_at <= view.known)
        .order_by(HotelDay.day.desc())
        .limit(1)
        .lateral("newest")
    )
    age = view.at - newest.c.reported_at
    # Who sleeps where is for those who work there (row-level security); to others a hotel is a place.
    inside = func.coalesce(func.current_setting("app.home_paths", true()), "") != ""
    state = case(
        (~inside, "place"),
        (or_(newest.c.reported_at.is_(None), age > STALE_AFTER), "stale"),
        (newest.c.occupied >= Hotel.rooms, "full"),
        (newest.c.occupied * 100 >= Hotel.rooms * NEARLY, "nearly_full"),
        else_="free",
    )
    query: Select[Any] = select(
        Hotel.id,
        Hotel.mercator.label("geom"),
        Hotel.area_id,
        newest.c.reported_at.label("data_time"),
        state.label("state"),
        Hotel.code,
        Hotel.name,
        Hotel.address,
        Hotel.telephone,
        Hotel.rooms,
        newest.c.occupied,
        case((newest.c.occupied.is_not(None), func.greatest(Hotel.rooms - newest.c.occupied, 0))).label("free"),
        cast(share(newest.c.occupied, Hotel.rooms), Float).label("percent"),
        newest.c.day,
    )
    return query.where(view.covers(Hotel.mercator)).outerjoin(newest, true())


LAYER = Layer(
    id="hotels",
    title=Words("定点宾馆", "Designated hotels"),
    group="care",
    geometry="point",
    privacy=Privacy.PUBLIC,
    min_zoom=8,
    max_zoom=15,
    statement=statement,
    tables=("hotel", "hotel_day"),
    value="state",
    marks=(
        Mark("full", Words("已满", "Full"), DARK.severe, LIGHT.severe, letter="■"),
        Mark("nearly_full", Words("将满（90% 以上）", "Nearly full (90% or more)"), DARK.warning, LIGHT.warning, "≥"),
        Mark("stale", Words("24 小时未上报", "No report for 24 hours"), DARK.no_data, LIGHT.no_data, "?", "diagonal"),
        Mark("free", Words("有空房", "Rooms free"), DARK.good, LIGHT.good, letter="✓"),
        Mark("place", Words("入住情况不公开", "Occupancy is not public"), DARK.idle, LIGHT.idle, letter="–"),
    ),
    label="name",
    title_column="name",
    fields=(
        Field("state", Words("状态", "State"), "mark"),
        Field("rooms", Words("房间", "Rooms"), "number", ROOMS),
        Field("occupied", Words("已住", "Occupied"), "number", ROOMS),
        Field("free", Words("空房", "Free"), "number", ROOMS),
        Field("percent", Words("入住率", "Share taken"), "percent"),
        Field("day", Words("上报日期", "Reported for"), "date"),
        Field("telephone", Words("电话", "Telephone"), "telephone"),
        Field("address", Words("地址", "Address")),
    ),
    label_zoom=12,
    radius=9,
    icon="H",
    stale_after=STALE_AFTER,
    order=72,
)
