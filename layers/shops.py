"""Approved shops 超市、商场: open or closed today, with today's prices; one that has not reported today says so."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, case, cast, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from geodata.model import Shop, ShopDay, ShopPrice
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

MAX_ZOOM = 15
GOODS = 6
"""How many prices a card shows: those that the shop itself named first."""


def statement(view: View) -> Select[Any]:
    """Return shops with the newest report that was known at the shown moment; a report of another day opens none."""
    newest = (
        select(ShopDay.is_open, ShopDay.day, func.least(ShopDay.reported_at, view.at).label("reported_at"))
        .where(ShopDay.shop_id == Shop.id, ShopDay.day <= view.day, ShopDay.first_reported_at <= view.known)
        .order_by(ShopDay.day.desc())
        .limit(1)
        .lateral("newest")
    )
    silent = or_(newest.c.day.is_(None), newest.c.day < view.day)
    query: Select[Any] = select(
        Shop.id,
        Shop.mercator.label("geom"),
        Shop.area_id,
        newest.c.reported_at.label("data_time"),
        case((silent, "not_reported"), (newest.c.is_open, "open"), else_="closed").label("state"),
        Shop.kind,
        Shop.code,
        Shop.name,
        Shop.address,
        Shop.telephone,
        Shop.hours,
    )
    shown = query.select_from(Shop).outerjoin(newest, true()).where(view.covers(Shop.mercator))
    if view.zoom <= MAX_ZOOM:
        return shown
    prices = _prices(newest, view)
    return shown.add_columns(prices.c.prices).outerjoin(prices, true())


def _prices(newest: FromClause, view: View) -> FromClause:
    """Return today's prices of the goods that a shop named first, each with how it changed since yesterday, as one line."""
    before = aliased(ShopPrice)
    first = (
        select(ShopPrice.nth, ShopPrice.good, ShopPrice.unit, ShopPrice.price, before.price.label("was"))
        .select_from(ShopPrice)
        .outerjoin(
            before,
            (before.shop_id == ShopPrice.shop_id)
            & (before.day == ShopPrice.day - 1)
            & (before.good == ShopPrice.good)
            & (before.unit == ShopPrice.unit),
        )
        .where(ShopPrice.shop_id == Shop.id, ShopPrice.day == newest.c.day, newest.c.day == view.day)
        .order_by(ShopPrice.nth)
        .limit(GOODS)
        .correlate(Shop, newest)
        .lateral("first")
    )
    written = first.c.good + " " + cast(first.c.price, Text) + "/" + first.c.unit + _change(first.c.price - first.c.was)
    line = func.string_agg(written, aggregate_order_by(literal(" · "), first.c.nth))
    return select(line.label("prices")).select_from(first).lateral("prices")


def _change(change: ColumnElement[Any]) -> ColumnElement[str]:
    """Return ` ▲0.20`, ` ▼0.20`, ` =`, or nothing where there was no price yesterday."""
    return case(
        (change > 0, " ▲" + cast(change, Text)), (change < 0, " ▼" + cast(-change, Text)), (change == 0, " ="), else_=""
    )


LAYER = Layer(
    id="shops",
    title=Words("超市、商场", "Approved shops"),
    group="care",
    geometry="point",
    privacy=Privacy.PUBLIC,
    min_zoom=9,
    max_zoom=MAX_ZOOM,
    statement=statement,
    tables=("shop", "shop_day"),
    value="state",
    marks=(
        Mark(
            "not_reported", Words("今日未上报", "Not reported today"), DARK.no_data, LIGHT.no_data, "?", "diagonal", 0.8
        ),
        Mark("closed", Words("今日停业", "Closed today"), DARK.idle, LIGHT.idle, letter="×"),
        Mark("open", Words("今日营业", "Open today"), DARK.good, LIGHT.good, letter="✓"),
    ),
    sign="kind",
    signs=(
        Mark("supermarket", Words("超市", "Supermarket"), DARK.text, LIGHT.text, letter="S"),
        Mark("market", Words("市场", "Market"), DARK.text, LIGHT.text, letter="M"),
        Mark("pharmacy", Words("药店", "Pharmacy"), DARK.text, LIGHT.text, letter="P"),
        Mark("other", Words("其他门店", "Other shop"), DARK.text, LIGHT.text, letter="O"),
    ),
    label="name",
    title_column="name",
    fields=(
        Field("kind", Words("类型", "Kind"), "mark"),
        Field("state", Words("状态", "State"), "mark"),
        Field("prices", Words("今日价格（元，较昨日）", "Prices today (yuan, against yesterday)")),
        Field("hours", Words("营业时间", "Hours")),
        Field("telephone", Words("电话", "Telephone"), "telephone"),
        Field("address", Words("地址", "Address")),
    ),
    label_zoom=13,
    radius=7,
    stale_after=timedelta(days=1),
    order=71,
)
