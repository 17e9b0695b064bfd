"""Share of rooms taken in designated hotels 定点宾馆入住率; those taken are protected like people."""

from geodata.press.declaration import PressMeasure, PressWords

MEASURE = PressMeasure(
    id="rooms",
    words=PressWords.of("press_measure.rooms"),
    unit=PressWords.of("press_unit.percent"),
    kind="share",
    cell="rooms_taken",
    of="rooms",
    per=100,
    order=60,
)
