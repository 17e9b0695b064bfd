"""Places of confirmed cases 病例活动场所 of the last 14 days, fainter the longer ago; homes only as village or compound."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, case, func, select

from geodata.model import CasePlace
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

SHOWN_FOR = timedelta(days=14)
"""As long as whoever was there may still fall ill."""
STEPS = (timedelta(days=3), timedelta(days=7))


def statement(view: View) -> Select[Any]:
    """Return the places that were known at the shown moment, with how long ago a case was there last."""
    last = func.least(func.coalesce(CasePlace.ended, CasePlace.began), view.at)
    age = view.at - last
    return select(
        CasePlace.id,
        CasePlace.mercator.label("geom"),
        CasePlace.area_id,
        func.least(CasePlace.reported_at, view.at).label("data_time"),
        case((age <= STEPS[0], "new"), (age <= STEPS[1], "week"), else_="old").label("age"),
        CasePlace.kind,
        CasePlace.code,
        CasePlace.began,
        CasePlace.ended,
        case((CasePlace.published, "✓"), else_="–").label("published"),
    ).where(
        view.covers(CasePlace.mercator),
        CasePlace.first_reported_at <= view.known,
        CasePlace.began <= view.at,
        func.coalesce(CasePlace.ended, CasePlace.began) >= view.at - SHOWN_FOR,
    )


LAYER = Layer(
    id="case_places",
    title=Words("病例活动场所", "Places of cases"),
    group="reports",
    geometry="point",
    privacy=Privacy.HOUSEHOLD,
    min_zoom=8,
    max_zoom=15,
    statement=statement,
    tables=("case_place",),
    value="age",
    marks=(
        Mark("new", Words("3 天内", "Within 3 days"), DARK.severe, LIGHT.severe, letter="3", radius=1.2),
        Mark("week", Words("4–7 天前", "4 to 7 days ago"), DARK.warning, LIGHT.warning, letter="7"),
        Mark("old", Words("8–14 天前", "8 to 14 days ago"), DARK.idle, LIGHT.idle, letter="14", radius=0.8),
    ),
    sign="kind",
    signs=(
        Mark("home_area", Words("居住小区（村）", "Compound or village of a home"), DARK.text, LIGHT.text, letter="R"),
        Mark("venue", Words("公共场所", "Venue"), DARK.text, LIGHT.text, letter="E"),
        Mark("work", Words("工作单位", "Workplace"), DARK.text, LIGHT.text, letter="W"),
        Mark("transport", Words("交通站点", "Transport"), DARK.text, LIGHT.text, letter="T"),
        Mark("hospital", Words("医疗机构", "Hospital"), DARK.text, LIGHT.text, letter="+"),
    ),
    fields=(
        Field("kind", Words("类型", "Kind"), "mark"),
        Field("age", Words("距今", "How long ago"), "mark"),
        Field("began", Words("到达", "From"), "time"),
        Field("ended", Words("离开", "To"), "time"),
        Field("published", Words("公布", "Published")),
        Field("code", Words("编号", "Code")),
    ),
    radius=8,
    shown=False,
    stale_after=SHOWN_FOR,
    order=75,
    note=Words(
        "不含任何个人信息；住处只标到小区或村。",
        "Nothing about persons; a home is shown as its compound or village alone.",
    ),
)
