"""Households followed 在管住户: in any state of the scheme that is followed."""

from geodata.press.declaration import PressMeasure, PressWords

MEASURE = PressMeasure(
    id="followed",
    words=PressWords.of("press_measure.followed"),
    unit=PressWords.of("press_unit.households"),
    kind="count",
    cell="followed",
    order=20,
)
