"""Who has not reported: areas by the share of their villages without a report of the day, or by the longest silence.

A village itself has reported or has not; one that has not for days is told by the other measure, and one of which no report is
known at all is hatched there.
"""

from typing import Any

from sqlalchemy import Select

from geodata import figures, report_figures
from layers.areas import MAX_ZOOM
from layers.choropleths import coloured, percentage, shown_areas
from layers.declaration import Field, Layer, Measure, Privacy, View, Words

DAYS = Words("天", "days")
VILLAGES = Words("村", "villages")
MEASURES = (
    Measure("unreported", Words("今日未报比例", "Not reported today"), (1, 10, 25, 50, 100), Words("%", "%")),
    Measure("days_silent", Words("最长未报天数", "Longest silence"), (1, 2, 4, 8), DAYS, whole=True),
)


def statement(view: View) -> Select[Any]:
    """Return areas with how many of their villages have reported on the shown day, and how long the last is silent."""
    shown = shown_areas(view)
    told = report_figures.coverage(figures.subtree(shown), view.at, view.day)
    missing = told.c.villages - told.c.reported
    asked = {"unreported": percentage(missing, told.c.villages), "days_silent": told.c.days_silent}
    return coloured(view, shown, told, asked, {name: told.c[name] for name in ("reported", "villages")})


LAYER = Layer(
    id="report_coverage",
    title=Words("填报覆盖", "Report coverage"),
    group="reports",
    geometry="polygon",
    privacy=Privacy.HOUSEHOLD,
    min_zoom=5,
    max_zoom=MAX_ZOOM,
    statement=statement,
    tables=("area", "village_report"),
    value="value",
    measures=MEASURES,
    tile_columns=("code", "name", "level"),
    title_column="name",
    fields=(
        Field("reported", Words("今日已填报", "Reported today"), "number", VILLAGES),
        Field("villages", Words("应填报", "Expected"), "number", VILLAGES),
        Field("unreported", MEASURES[0].words, "percent"),
        Field("days_silent", MEASURES[1].words, "number", DAYS),
    ),
    shown=False,
    order=12,
    note=Words("最长未报天数：超过 31 天的按 32 天计。", "Longest silence: more than 31 days count as 32."),
)
