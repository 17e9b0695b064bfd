"""The hotline 热线: counties and townships by how many of the cases that it received are closed, or still open."""

from typing import Any

from sqlalchemy import Select

from geodata import figures, report_figures
from geodata.model import Level
from layers.areas import MAX_ZOOM
from layers.choropleths import coloured, percentage, shown_areas
from layers.declaration import Field, Layer, Measure, Privacy, View, Words

CASES = Words("件", "cases")
MEASURES = (
    Measure("hotline_open", Words("热线未办结", "Hotline cases open"), (1, 5, 10, 50, 200), CASES, whole=True),
    Measure("closing_rate", Words("热线办结率", "Hotline closing rate"), (80, 90, 95, 98), Words("%", "%")),
)


def levels(zoom: int) -> tuple[Level, ...]:
    """Return which areas are drawn at a zoom: a hotline knows townships at the deepest."""
    if zoom > MAX_ZOOM:
        return (Level.COUNTY, Level.TOWNSHIP)
    return (Level.COUNTY if zoom <= 9 else Level.TOWNSHIP,)


def statement(view: View) -> Select[Any]:
    """Return counties or townships with their cases up to the shown moment."""
    shown = shown_areas(view, levels)
    cases = report_figures.hotline(figures.subtree(shown), view.at, view.day)
    asked = {
        "hotline_open": cases.c.received - cases.c.closed,
        "closing_rate": percentage(cases.c.closed, cases.c.received),
    }
    return coloured(view, shown, cases, asked, {name: cases.c[name] for name in ("received", "closed")})


LAYER = Layer(
    id="hotline",
    title=Words("热线办理", "Hotline"),
    group="reports",
    geometry="polygon",
    privacy=Privacy.INTERNAL,
    min_zoom=5,
    max_zoom=MAX_ZOOM,
    statement=statement,
    tables=("area", "hotline_day"),
    value="value",
    measures=MEASURES,
    tile_columns=("code", "name", "level"),
    title_column="name",
    fields=(
        Field("received", Words("累计受理", "Received"), "number", CASES),
        Field("closed", Words("累计办结", "Closed"), "number", CASES),
        Field("hotline_open", MEASURES[0].words, "number", CASES),
        Field("closing_rate", MEASURES[1].words, "percent"),
    ),
    shown=False,
    order=14,
)
