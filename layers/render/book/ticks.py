"""The tick list of a grid: who must be seen first, then everybody else as one walks; a box for 'met', one for 'nobody in'."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from geodata.words import say
from layers.render.book.content import Door
from layers.render.book.paper import ALARM, HAIR, INK, QUIET, Box, Paper
from layers.render.book.pdf import POINTS
from layers.render.book.type import width
from layers.render.face_sheet import Signs

SCATTERED = 3
"""Doors of a street from which on its name is said once over them."""
ROW, COLUMNS, GUTTER, HEAD = 5.1, 3, 4.0, 4.2


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: a door, the head of a group with how many there are, or the compound or street that follows."""

    door: Door | None = None
    group: str = ""
    count: int = 0
    estate: str = ""
    full: bool = False
    """The door says its street itself."""


def grouped(doors: Sequence[Door], surveyed: dict[str, bool]) -> list[tuple[str, list[Door]]]:
    """Return groups as the tablet has them, what is urgent first; each door once, in the order in which one walks.

    A state that the scheme does not know counts as not surveyed.
    """

    def unasked(door: Door) -> bool:
        return not surveyed.get(door.state, False)

    tests: list[tuple[str, Callable[[Door], bool]]] = [
        ("overdue", lambda door: door.days_left is not None and door.days_left < 0),
        ("due", lambda door: door.days_left == 0),
        ("unsurveyed", unasked),
        ("followed", lambda door: door.days_left is not None),
        ("rest", lambda _: True),
    ]
    found: dict[str, list[Door]] = {name: [] for name, _ in tests}
    for door in doors:
        found[next(name for name, holds in tests if holds(door))].append(door)
    return [(name, own) for name, own in found.items() if own]


def rows(groups: Sequence[tuple[str, list[Door]]]) -> Iterator[Row]:
    """Yield the lines of a list; inside a group each compound or street is said once, over its doors."""
    for name, doors in groups:
        yield Row(group=name, count=len(doors))
        # Houses of many streets, one or two of each, say their street themselves.
        scattered = len({door.estate for door in doors}) * SCATTERED > len(doors) and all(door.house for door in doors)
        estate = ""
        for door in sorted(doors, key=_walking):
            if door.estate != estate and not scattered:
                estate = door.estate
                yield Row(estate=estate)
            yield Row(door=door, full=scattered)


def _walking(door: Door) -> tuple[str, int, str, int, int, str, int]:
    """Return the key of the order in which one walks: street or compound, number, unit, floor, room."""
    digits = "".join(letter for letter in door.place if letter in "0123456789")[:9]
    return door.estate, int(digits or 0), door.place, door.unit, door.floor, door.room.zfill(9), door.id


def pages(lines: Sequence[Row], regions: Sequence[Box]) -> list[list[list[Row]]]:
    """Return pages of columns of rows; `regions` are those of the first pages, the last one is that of all that follow.

    A head never stands last in a column, and what a column goes on with is said again over it.
    """
    left = list(lines)
    found: list[list[list[Row]]] = []
    group = estate = ""
    while left:
        region = regions[min(len(found), len(regions) - 1)]
        most = max(4, int((region[3] - region[1] - HEAD) / ROW))
        # A short list fills its columns evenly, so that the lines of one column are not all there is.
        even = max(8, -(-len(left) // COLUMNS) + 3)
        page: list[list[Row]] = []
        while left and len(page) < COLUMNS:
            column = [Row(group=group)] if group and not left[0].group else []
            column += (
                [Row(estate=estate)] if column and estate and left[0].door is not None and not left[0].full else []
            )
            while left and len(column) < min(most, even):
                if left[0].door is None and len(column) >= most - (2 if left[0].group else 1):
                    break
                row = left.pop(0)
                group, estate = row.group or group, "" if row.group else row.estate or estate
                column.append(row)
            page.append(column)
        found.append(page)
    return found


def draw(paper: Paper, columns: Sequence[Sequence[Row]], region: Box, signs: Signs, language: str) -> None:
    """Draw the columns of one page."""
    wide = (region[2] - region[0] - GUTTER * (COLUMNS - 1)) / COLUMNS
    for place, column in enumerate(columns):
        left = region[0] + place * (wide + GUTTER)
        _head(paper, left, region[1], wide, language)
        for nth, row in enumerate(column):
            top = region[1] + HEAD + nth * ROW
            if row.estate:
                paper.text(
                    left + 1.2,
                    top + ROW / 2 + 0.4,
                    row.estate,
                    6.5,
                    colour=QUIET,
                    bold=True,
                    most=wide - 2,
                    middle=True,
                )
            elif row.door is None:
                _group(paper, row, left, top, wide, language)
            else:
                _door(paper, row.door, row.door.estate if row.full else "", left, top, wide, signs, language)


def _boxes(left: float, wide: float) -> tuple[float, float]:
    """Return where the two boxes of a row begin."""
    return left + wide - 22, left + wide - 16.4


def _head(paper: Paper, left: float, top: float, wide: float, language: str) -> None:
    met, absent = _boxes(left, wide)
    for x, name in ((met, "met"), (absent, "absent")):
        paper.text(x + 1.8, top + 2.8, say(f"book.{name}", language), 5, colour=QUIET, align="center")
    paper.text(left + wide - 5.5, top + 2.8, say("book.remark", language), 5, colour=QUIET, align="center")


def _group(paper: Paper, row: Row, left: float, top: float, wide: float, language: str) -> None:
    urgent = row.group in ("overdue", "due")
    name = say(f"book.{row.group}", language)
    said = f"{name}  {row.count}" if row.count else say("book.again", language, name=name)
    paper.box((left, top + 0.6, left + wide, top + ROW - 0.3), fill="#E3E8EE", edge=None, z=1)
    paper.text(left + 1.2, top + ROW / 2 + 0.2, said, 7.5, bold=True, colour=ALARM if urgent else INK, middle=True)


def _door(
    paper: Paper, door: Door, estate: str, left: float, top: float, wide: float, signs: Signs, language: str
) -> None:
    middle = top + ROW / 2
    paper.badge((left, top + 0.5, left + 4.2, top + ROW - 0.5), signs.rows[signs.place(door.state)], size=7)
    met, absent = _boxes(left, wide)
    due = _due(door, language)
    late = door.days_left is not None and door.days_left <= 0
    paper.text(met - 1.2, middle, due, 6.2, bold=late, colour=ALARM if late else INK, align="right", middle=True)
    room = met - 1.2 - left - 5.8 - (width(due, 6.2 / POINTS, bold=late) + 1 if due else 0)
    said = estate + named(door, language)
    size = 7 if width(said, 7 / POINTS) <= room else 6
    paper.text(left + 5.2, middle, said, size, most=room, middle=True)
    for x in (met, absent):
        paper.box((x, top + 0.75, x + 3.6, top + ROW - 0.75), edge=INK, wide=0.2)
    paper.line([(absent + 4.6, top + ROW - 0.8), (left + wide, top + ROW - 0.8)], colour=HAIR, wide=0.2)


def named(door: Door, language: str) -> str:
    """Return what stands on the door."""
    if door.house:
        return door.place if door.unit == 1 and door.floor == 1 else f"{door.place} {door.unit}-{door.room}"
    return say("book.door", language, place=door.place, unit=door.unit, room=door.room)


def _due(door: Door, language: str) -> str:
    if door.due_on is None or door.days_left is None:
        return ""
    if door.days_left < 0:
        return say("book.days_over", language, n=-door.days_left)
    return say("book.due_now", language) if door.days_left == 0 else f"{door.due_on.month}-{door.due_on.day:02d}"
