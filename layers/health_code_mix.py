"""Health codes 健康码: areas by how many codes are red or yellow, or by how many of the population are registered.

A report of yesterday still counts where today's has not come; where neither is there, the area is hatched.
"""

from typing import Any

from sqlalchemy import Select

from geodata import figures, report_figures
from layers.areas import MAX_ZOOM
from layers.choropleths import coloured, percentage, shown_areas
from layers.declaration import Field, Layer, Measure, Privacy, View, Words

PEOPLE = Words("人", "people")
MEASURES = (
    Measure("red_yellow", Words("每千码红黄码", "Red or yellow per 1,000"), (1, 2, 5, 10, 20), Words("‰", "‰")),
    Measure("red", Words("每千码红码", "Red per 1,000"), (0.2, 0.5, 1, 2, 5), Words("‰", "‰")),
    Measure("registered", Words("健康码申领率", "Registered"), (60, 75, 85, 90, 95), Words("%", "%")),
)


def statement(view: View) -> Select[Any]:
    """Return areas with the mix of codes that was known at the shown moment."""
    shown = shown_areas(view)
    codes = report_figures.health_codes(figures.subtree(shown), view.at, view.day)
    every = codes.c.green + codes.c.yellow + codes.c.red
    asked = {
        "red_yellow": percentage(codes.c.red + codes.c.yellow, every, 1000),
        "red": percentage(codes.c.red, every, 1000),
        "registered": percentage(codes.c.registered, codes.c.population),
    }
    people = {f"{name}_codes": codes.c[name] for name in ("green", "yellow", "red")}
    return coloured(view, shown, codes, asked, people)


LAYER = Layer(
    id="health_code_mix",
    title=Words("健康码构成", "Health codes"),
    group="reports",
    geometry="polygon",
    privacy=Privacy.HOUSEHOLD,
    min_zoom=5,
    max_zoom=MAX_ZOOM,
    statement=statement,
    tables=("area", "health_code_day"),
    value="value",
    measures=MEASURES,
    tile_columns=("code", "name", "level"),
    title_column="name",
    fields=(
        Field("red_codes", Words("红码", "Red"), "number", PEOPLE),
        Field("yellow_codes", Words("黄码", "Yellow"), "number", PEOPLE),
        Field("green_codes", Words("绿码", "Green"), "number", PEOPLE),
        Field("red_yellow", MEASURES[0].words, "number", MEASURES[0].unit),
        Field("registered", MEASURES[2].words, "percent"),
    ),
    shown=False,
    order=13,
)
