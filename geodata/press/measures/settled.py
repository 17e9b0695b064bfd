"""Households asked with nothing to follow 已排查且无需跟踪的住户: vacant, ordinary, or cleared off the list."""

from geodata.press.declaration import PressMeasure, PressWords

MEASURE = PressMeasure(
    id="settled",
    words=PressWords.of("press_measure.settled"),
    unit=PressWords.of("press_unit.households"),
    kind="count",
    cell="settled",
    order=40,
)
