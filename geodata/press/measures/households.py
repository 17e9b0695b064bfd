"""Households 住户总数 of an area; an area with very few is told together with its neighbours."""

from geodata.press.declaration import PressMeasure, PressWords

MEASURE = PressMeasure(
    id="households",
    words=PressWords.of("press_measure.households"),
    unit=PressWords.of("press_unit.households"),
    kind="count",
    cell="households",
    order=10,
)
