"""The card of any feature: what it is, its lines in words, and how old that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from geodata.words import say
from layers.declaration import Field, Layer, Mark
from layers.render.marks import State, mark_of

CITY_TIME = ZoneInfo("Asia/Shanghai")


class Line(NamedTuple):
    """One line: what, how much, of what."""

    words: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of one feature."""

    title: str
    lines: tuple[Line, ...]
    data_time: datetime | None
    stale: bool = False
    """Older than the layer's data usually is."""
    mark: Mark | None = None
    """What the feature's value looks like on the map."""


def card(
    layer: Layer,
    row: Mapping[str, Any],
    scheme: Sequence[State],
    language: str,
    *,
    now: datetime | None = None,
    zone: tzinfo = CITY_TIME,
) -> Card:
    """Return the card of a feature's properties; columns the row does not have are left out.

    `now` decides whether it is stale; `zone` is the city's.
    """
    data_time = _moment(row.get("data_time"))
    lines = tuple(
        _line(layer, field, row[field.column_in(language)], scheme, language, zone)
        for field in layer.fields
        if field.column in row
    )
    stale = now is not None and data_time is not None and now - data_time > layer.stale_after
    title = row.get(layer.title_column) or layer.title.in_(language)
    return Card(str(title), lines, data_time, stale, mark_of(layer, layer.value, row.get(layer.value), scheme))


def _line(layer: Layer, field: Field, value: object, scheme: Sequence[State], language: str, zone: tzinfo) -> Line:
    words = field.words.in_(language)
    if value is None:
        return Line(words, say("layer.no_value", language), "")
    if field.form == "mark":
        mark = mark_of(layer, field.column, value, scheme)
        return Line(words, mark.words.in_(language) if mark else say("layer.unknown_value", language), "")
    if field.form == "days":
        return Line(words, _days(int(str(value)), language), "")
    unit = "%" if field.form == "percent" else field.unit.in_(language) if field.unit else ""
    return Line(words, _text(field.form, value, zone), unit)


def _text(form: str, value: object, zone: tzinfo) -> str:
    if form == "time":
        moment = _moment(value)
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""
    if form == "date":
        return value.isoformat() if isinstance(value, date) else str(value)
    if form in ("number", "percent") and isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) or not value.is_integer() else f"{int(value):,}"
    return str(value)


def _days(left: int, language: str) -> str:
    if left == 0:
        return say("layer.due_today", language)
    return say("layer.days_left", language, days=left) if left > 0 else say("layer.overdue", language, days=-left)


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value if isinstance(value, datetime) else None
