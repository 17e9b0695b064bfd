"""Households followed per 1,000 每千户在管, out of two published counts."""

from geodata.press.declaration import PressMeasure, PressWords

MEASURE = PressMeasure(
    id="followed_share",
    words=PressWords.of("press_measure.followed_share"),
    unit=PressWords.of("press_unit.per_mille"),
    kind="share",
    cell="followed",
    of="households",
    per=1000,
    order=25,
)
