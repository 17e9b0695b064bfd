"""Share of households not asked yet 未排查比例, out of two published counts."""

from geodata.press.declaration import PressMeasure, PressWords

MEASURE = PressMeasure(
    id="unsurveyed_share",
    words=PressWords.of("press_measure.unsurveyed_share"),
    unit=PressWords.of("press_unit.percent"),
    kind="share",
    cell="unsurveyed",
    of="households",
    per=100,
    order=35,
)
