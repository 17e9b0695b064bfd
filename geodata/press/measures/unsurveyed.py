"""Households that nobody has asked yet 未排查住户."""

from geodata.press.declaration import PressMeasure, PressWords

MEASURE = PressMeasure(
    id="unsurveyed",
    words=PressWords.of("press_measure.unsurveyed"),
    unit=PressWords.of("press_unit.households"),
    kind="count",
    cell="unsurveyed",
    order=30,
)
