"""The four groups to follow 四类重点人群: areas by how many people of them their villages report on the day.

Sums are of villages that have reported; where none has, nothing is known, and the area is hatched.
"""

from typing import Any

from sqlalchemy import Select

from geodata import figures, report_figures
from layers.areas import MAX_ZOOM
from layers.choropleths import coloured, shown_areas
from layers.declaration import Field, Layer, Measure, Privacy, View, Words

PEOPLE = Words("人", "people")
BREAKS = (1, 5, 20, 100, 500)
MEASURES = (
    Measure("four_groups", Words("四类人群合计", "All four groups"), BREAKS, PEOPLE, whole=True),
    Measure("returned_outside", Words("域外返回", "Returned from outside"), BREAKS, PEOPLE, whole=True),
    Measure("returned_wuhan", Words("武汉返回", "Returned from Wuhan"), BREAKS, PEOPLE, whole=True),
    Measure("close_contact", Words("密切接触", "Close contacts"), BREAKS, PEOPLE, whole=True),
    Measure("fever_unexplained", Words("发热无接触史", "Fever without contact"), BREAKS, PEOPLE, whole=True),
)


def statement(view: View) -> Select[Any]:
    """Return areas with the people of the asked group on the shown day."""
    shown = shown_areas(view)
    told = report_figures.groups(figures.subtree(shown), view.at, view.day)
    each = {measure.id: told.c[measure.id] for measure in MEASURES[1:]}
    together = each["returned_outside"] + each["returned_wuhan"] + each["close_contact"] + each["fever_unexplained"]
    return coloured(view, shown, told, {"four_groups": together, **each}, {"reported": told.c.reported})


LAYER = Layer(
    id="four_groups",
    title=Words("四类重点人群", "Four groups to follow"),
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
        *(Field(measure.id, measure.words, "number", PEOPLE) for measure in MEASURES),
        Field("reported", Words("今日已填报", "Reported today"), "number", Words("村", "villages")),
    ),
    shown=False,
    order=11,
    note=Words("只计今日已填报的村（社区）。", "Counts villages that have reported today."),
)
