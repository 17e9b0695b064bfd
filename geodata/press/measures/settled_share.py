"""Share of households asked with nothing to follow, out of two published counts."""

from geodata.press.declaration import PressMeasure, PressWords

MEASURE = PressMeasure(
    id="settled_share",
    words=PressWords.of("press_measure.settled_share"),
    unit=PressWords.of("press_unit.percent"),
    kind="share",
    cell="settled",
    of="households",
    per=100,
    order=45,
)
