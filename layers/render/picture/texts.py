"""Head and foot of a picture: title and subtitle; note, fine print, map review number and release number."""

import unicodedata
from dataclasses import dataclass

from geodata.press.sheet import Sheet
from layers.render.picture import saying, stamps
from layers.render.picture.board import BOLD, Board
from layers.render.picture.fonts import folded, width_em
from layers.render.picture.plan import Plan
from layers.render.picture.wrapping import LEADING, Lines, fitted
from layers.tokens import LIGHT

FIELD_EM = 9
"""Width of the empty field for the map review number."""


@dataclass(frozen=True, slots=True)
class Head:
    """Title, title in the second language, subtitle; the marks stand at the right, or under them where it is narrow."""

    sheet: Sheet
    plan: Plan
    title: Lines
    second: Lines
    subtitle: Lines
    marks_below: bool
    room: float
    """Width of the title."""

    @classmethod
    def of(cls, sheet: Sheet, plan: Plan, width: float, height: float) -> "Head":
        """Return the head set to a width, with titles no higher than about `height`."""
        size = plan.type
        marks = stamps.badge_width(sheet, plan) if plan.shape != "cover" else 0.0
        largest = size.title * (0.78 if plan.shape == "cover" else 1.0)
        room = width - marks - size.fine
        # A short title leaves room for the marks beside it wherever that is.
        below = marks > width * 0.4 and width_em(saying.title(sheet), BOLD) * largest > room
        room = width if below else room
        title = fitted(
            saying.title(sheet), room, height, largest=largest, smallest=size.fine * 1.05, weight=BOLD, most_lines=2
        )
        second = fitted(saying.second_title(sheet), room, height / 2, largest=largest * 0.62, smallest=size.fine)
        largest = size.text if plan.shape == "cover" else size.head
        subtitle = fitted(saying.subtitle(sheet), width, height, largest=largest, smallest=size.fine, most_lines=2)
        return cls(sheet, plan, title, second, subtitle, below and marks > 0, room)

    @property
    def height(self) -> float:
        """Return the height of everything."""
        marks = self.plan.type.text * 2.5 if self.marks_below else 0.0
        return self.title.height + self.second.height + self.subtitle.height + self.plan.type.fine * 0.3 + marks

    def paint(self, board: Board, x: float, y: float, width: float) -> None:
        """Draw from the upper left corner."""
        top = y
        for lines, colour, gap in (
            (self.title, LIGHT.text, 0.0),
            (self.second, LIGHT.text, 0.0),
            (self.subtitle, LIGHT.quiet, self.plan.type.fine * 0.3),
        ):
            y = write(board, lines, x, y + gap, colour, self.room)
        if self.marks_below:
            own = stamps.badge_width(self.sheet, self.plan) - self.plan.type.text * 0.6
            stamps.badge(board, self.sheet, x + own, y + self.plan.type.text * 0.45, self.plan)
        elif self.plan.shape != "cover":
            stamps.badge(board, self.sheet, x + width, top + self.plan.type.fine * 0.4, self.plan)


@dataclass(frozen=True, slots=True)
class Foot:
    """The note, a hairline, then at the left how old and from whom, at the right the numbers."""

    sheet: Sheet
    plan: Plan
    width: float
    note: Lines
    left: Lines
    beside: bool

    @classmethod
    def of(cls, sheet: Sheet, plan: Plan, width: float, height: float) -> "Foot":
        """Return the foot set to a width; a long note shrinks to the fine print to keep to about `height`."""
        fine = plan.type.fine
        note = fitted(
            folded(sheet.order.note), width, height, largest=plan.type.text, smallest=fine * 0.92, most_lines=3
        )
        right = _right_width(sheet, fine)
        beside = right < width * 0.55
        room = width - right - fine * 2 if beside else width
        parts = [
            fitted(part, room, fine * LEADING * 3.1, largest=fine, smallest=fine * 0.9)
            for part in saying.fine_print(sheet)
        ]
        joined = "　".join(saying.fine_print(sheet))
        if width_em(joined) * fine <= room:
            left = Lines((joined,), fine)
        else:
            left = Lines(tuple(line for part in parts for line in part.lines), min(part.size for part in parts))
        return cls(sheet, plan, width, note, left, beside)

    @property
    def height(self) -> float:
        """Return the height of everything."""
        fine = self.plan.type.fine
        note = self.note.height + fine * 0.7 if self.note.lines else 0.0
        numbers = 2 * fine * LEADING
        own = max(self.left.height, numbers) if self.beside else self.left.height + numbers
        return note + fine * 0.5 + own

    def paint(self, board: Board, x: float, y: float) -> None:
        """Draw from the upper left corner."""
        fine = self.plan.type.fine
        if self.note.lines:
            y = write(board, self.note, x, y, LIGHT.text, self.width) + fine * 0.7
        board.line([(x, y), (x + self.width, y)], LIGHT.line, max(1.0, fine * 0.07))
        y += fine * 0.5
        end = write(board, self.left, x, y, LIGHT.quiet)
        if self.beside:
            _numbers(board, self.sheet, x + self.width, y, fine, align=1.0)
        else:
            _numbers(board, self.sheet, x, end, fine, align=0.0)


def _review(sheet: Sheet) -> tuple[str, str]:
    return saying.printed("review", sheet, " "), folded(sheet.order.review_number)


def _right_width(sheet: Sheet, fine: float) -> float:
    label, own = _review(sheet)
    field = width_em(own) if own else FIELD_EM
    return max(width_em(label) + field, width_em(saying.number_line(sheet))) * fine


def _numbers(board: Board, sheet: Sheet, x: float, y: float, fine: float, *, align: float) -> None:
    """Write the review number, or the field that waits for it, over the release number."""
    label, own = _review(sheet)
    width = (width_em(label) + (width_em(own) if own else FIELD_EM)) * fine
    left = x - width * align
    baseline = y + fine * 1.0
    board.text(left, baseline, label, fine, LIGHT.quiet)
    begin = left + width_em(label) * fine
    if own:
        board.text(begin, baseline, own, fine, LIGHT.text)
    else:
        board.line([(begin, baseline + fine * 0.2), (left + width, baseline + fine * 0.2)], LIGHT.quiet, fine * 0.06)
    colour = LIGHT.text if sheet.number else LIGHT.quiet
    board.text(x, baseline + fine * LEADING, saying.number_line(sheet), fine, colour, align=align)


def write(board: Board, lines: Lines, x: float, y: float, colour: str, width: float = 0.0) -> float:
    """Write lines from the upper left corner; return where the next may begin. Text from the right begins at the right."""
    for line in lines.lines:
        y += lines.size * LEADING
        from_right = width > 0 and reads_from_right(line)
        left = x + width if from_right else x
        align = 1.0 if from_right else 0.0
        board.text(left, y - lines.size * 0.34, line, lines.size, colour, weight=lines.weight, align=align)
    return y


def reads_from_right(text: str) -> bool:
    """Say whether the first letter that has a direction is of a script that is written from the right."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in {"L", "R", "AL"})
    return next(strong, "L") != "L"
