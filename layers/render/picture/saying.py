"""What a picture says, in the order's language: Chinese, English, or both in one line."""

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from geodata.press.sheet import Sheet
from geodata.words import say
from layers.render.picture.fonts import folded, mended


class Said(Protocol):
    """A text in both languages."""

    @property
    def zh(self) -> str:
        """Return the Chinese."""

    @property
    def en(self) -> str:
        """Return the English."""


def languages(sheet: Sheet) -> tuple[str, ...]:
    """Return the languages of a sheet, the leading one first."""
    return ("zh", "en") if sheet.order.language == "both" else (sheet.order.language,)


def in_language(words: Said, sheet: Sheet, between: str = " ") -> str:
    """Return words in the sheet's language; both where they differ."""
    found = dict.fromkeys(words.zh if language == "zh" else words.en for language in languages(sheet))
    return between.join(found)


def printed(key: str, sheet: Sheet, between: str = "  ", **facts: object) -> str:
    """Return a text of the catalogue in the sheet's language."""
    return between.join(dict.fromkeys(say(f"press_picture.{key}", language, **facts) for language in languages(sheet)))


def moment(at: datetime, sheet: Sheet) -> str:
    """Return a moment in the city's time, the same in both languages."""
    return f"{at.astimezone(ZoneInfo(sheet.zone)):%Y-%m-%d %H:%M}"


def title(sheet: Sheet) -> str:
    """Return the order's title, or what the picture is of, in the leading language."""
    return folded(sheet.order.title) or _usual_title(sheet, languages(sheet)[0])


def second_title(sheet: Sheet) -> str:
    """Return the title in the second language, where there are two and the title is not somebody's own."""
    spoken = languages(sheet)
    return "" if sheet.order.title or len(spoken) < 2 else _usual_title(sheet, spoken[1])


def _usual_title(sheet: Sheet, language: str) -> str:
    measure = sheet.measure.words.in_(language)
    return say("press_picture.title", language, area=mended(sheet.area.name), measure=measure)


def subtitle(sheet: Sheet) -> str:
    """Return what stands under the title: what the figures are, of which areas, as of when."""
    level = sheet.cells[0].level if sheet.cells else ""
    parts = []
    for language in languages(sheet):
        by = say(f"press_picture.by_{level}", language) if level in {"county", "township", "village"} else ""
        parts += [_measured(sheet, language) if sheet.order.title else "", by]
    if sheet.vintage is not None:
        parts.append(printed("vintage", sheet, " / ", at=moment(sheet.vintage, sheet)))
    return " · ".join(part for part in parts if part)


def legend_head(sheet: Sheet) -> str:
    """Return the legend's heading, a line for each language: the measure and its unit."""
    return "\n".join(_measured(sheet, language) for language in languages(sheet))


def _measured(sheet: Sheet, language: str) -> str:
    words, unit = sheet.measure.words.in_(language), sheet.measure.unit.in_(language)
    # Households are counted in households: said once.
    known = unit.casefold() in words.casefold() and language == "en"
    return words if known or not unit else say("press_picture.legend", language, measure=words, unit=unit)


def fine_print(sheet: Sheet) -> tuple[str, ...]:
    """Return the lines of the fine print at the left: how old, from whom."""
    time = (
        printed("no_data_time", sheet)
        if sheet.data_time is None
        else printed("data_time", sheet, at=moment(sheet.data_time, sheet))
    )
    found = [time]
    if sheet.source:
        found.append(printed("source", sheet, source=mended(sheet.source)))
    unplaced = [mended(cell.name) for cell in sheet.cells if cell.geometry is None]
    if unplaced:
        stop = say("press_picture.stop", languages(sheet)[0])
        found.append(printed("unplaced", sheet, areas=stop.join(unplaced)))
    return tuple(found)


def number_line(sheet: Sheet) -> str:
    """Return the release's number, or that there is none yet."""
    return printed("number", sheet, number=sheet.number) if sheet.number else printed("no_number", sheet)
