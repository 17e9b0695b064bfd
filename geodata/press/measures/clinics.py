"""Clinics open 开放医疗点: no count of people, published as it is."""

from geodata.press.declaration import PressMeasure, PressWords

MEASURE = PressMeasure(
    id="clinics",
    words=PressWords.of("press_measure.clinics"),
    unit=PressWords.of("press_unit.clinics"),
    kind="count",
    cell="clinics",
    people=False,
    order=70,
)
