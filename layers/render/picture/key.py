"""The legend 图例 of a picture: what it shows and nothing else, each row as the live map's legend has it."""

from dataclasses import dataclass

import shapely

from geodata.press.sheet import Sheet
from layers.declaration import Words
from layers.registry import all_layers
from layers.render.legend import LegendRow, legend
from layers.render.marks import said
from layers.render.picture import hatching, saying, symbols
from layers.render.picture.board import BOLD, REGULAR, Board, Box
from layers.render.picture.classes import Classes
from layers.render.picture.fonts import width_em
from layers.render.picture.plan import plan
from layers.render.picture.wrapping import LEADING, wrapped
from layers.tokens import LIGHT

SWATCH_EM = 2.0
"""Width of a class's swatch."""
ROW, TIGHT = 1.62, 1.36
"""Height of a row against the size of its type."""
SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a class's colour, a hatch, or a symbol, and what it means."""

    words: Words
    colour: str = ""
    hatch: str = ""
    symbol: symbols.Symbol | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading, which may have a line for each language."""

    head: str
    rows: tuple[Row, ...]


def groups(sheet: Sheet, classes: Classes) -> tuple[Group, ...]:
    """Return the legend's groups: the areas' classes, then each public layer that has something in the frame."""
    found = [Group(saying.legend_head(sheet), area_rows(sheet, classes))]
    for name, spots in sheet.spots.items():
        if spots:
            layer = all_layers()[name]
            rows = [row for row in legend(layer, ()) if _occurs(row, sheet, name)]
            found.append(Group(saying.in_language(layer.title, sheet, "\n"), tuple(_row(name, row) for row in rows)))
    return tuple(found)


def area_rows(sheet: Sheet, classes: Classes) -> tuple[Row, ...]:
    """Return the classes from much to little, then what is not known and what is withheld, where they occur."""
    shown = {cell.shown for cell in sheet.cells}
    pairs = zip(classes.words, classes.colours, strict=True)
    rows = [Row(words, colour=colour) for words, colour in reversed(list(pairs))]
    if "no_data" in shown:
        rows.append(Row(said("layer.no_data"), hatch=hatching.NO_DATA))
    if SUPPRESSED in shown:
        rows.append(Row(said("press_picture.suppressed"), hatch=hatching.SUPPRESSED))
    return tuple(rows) or (Row(said("press_picture.no_values"), hatch=hatching.NO_DATA),)


def _occurs(row: LegendRow, sheet: Sheet, name: str) -> bool:
    spots = sheet.spots[name]
    return any(row.value == (spot.sign if row.sign else spot.value) for spot in spots)


def _row(name: str, row: LegendRow) -> Row:
    layer = all_layers()[name]
    if row.sign:
        return Row(row.words, symbol=symbols.Symbol(LIGHT.halo, row.letter))
    return Row(row.words, symbol=symbols.symbol(layer, row.value))


@dataclass(frozen=True, slots=True)
class Key:
    """The legend as it will be drawn: its groups in one column of a width, at a size of type."""

    sheet: Sheet
    groups: tuple[Group, ...]
    width: float
    size: float

    @property
    def row(self) -> float:
        """Return the height of a row against the size of its type; where type had to shrink, rows close up too."""
        return ROW if self.size >= plan(self.sheet.order.size).type.text * 0.84 else TIGHT

    def _lines(self, row: Row) -> tuple[str, ...]:
        """Return the words of a row on one line where there is room, else with a line for each language."""
        room = max(3.0, self.width / self.size - SWATCH_EM - 0.7)
        text = saying.in_language(row.words, self.sheet)
        if width_em(text) <= room:
            return (text,)
        parts = saying.in_language(row.words, self.sheet, "\n").split("\n")
        return tuple(line for part in parts for line in wrapped(part, room)) or ("",)

    def _head(self, group: Group) -> list[tuple[str, bool]]:
        """Return the heading's lines, each with whether it is in the leading language."""
        room = self.width / self.size
        parts = enumerate(group.head.split("\n"))
        return [(line, nth == 0) for nth, part in parts for line in wrapped(part, room, BOLD if nth == 0 else REGULAR)]

    def natural_width(self, group: Group) -> float:
        """Return the width in pixels at which no line of a group is broken, but between its languages."""
        heads = [width_em(part, BOLD) for part in group.head.split("\n")]
        words = [saying.in_language(row.words, self.sheet, "\n").split("\n") for row in group.rows]
        rows = [width_em(part) + SWATCH_EM + 0.7 for parts in words for part in parts]
        return max([*heads, *rows]) * self.size + self.size * 0.2

    def height_of(self, group: Group) -> float:
        """Return the height of one group in pixels."""
        rows = sum(max(self.row, len(self._lines(row)) * LEADING + 0.2) for row in group.rows)
        return (len(self._head(group)) * LEADING + 0.45 + rows + self._gaps(group)) * self.size

    def _gaps(self, group: Group) -> float:
        return 0.35 if any(row.colour for row in group.rows) and any(row.hatch for row in group.rows) else 0.0

    @property
    def height(self) -> float:
        """Return the height of all groups below each other."""
        return sum(self.height_of(group) for group in self.groups) + self.size * 0.9 * (len(self.groups) - 1)

    def paint(self, board: Board, x: float, y: float) -> None:
        """Draw all groups below each other."""
        for group in self.groups:
            self.paint_group(board, group, x, y)
            y += self.height_of(group) + self.size * 0.9

    def paint_group(self, board: Board, group: Group, x: float, y: float) -> None:
        """Draw one group from its upper left corner."""
        size = self.size
        for line, leads in self._head(group):
            y += size * LEADING
            colour, weight = (LIGHT.text, BOLD) if leads else (LIGHT.quiet, REGULAR)
            board.text(x, y - size * 0.3, line, size, colour, weight=weight)
        y += size * 0.45
        coloured = False
        for row in group.rows:
            if row.hatch and coloured:
                y += size * 0.35
            coloured = bool(row.colour)
            lines = self._lines(row)
            height = max(self.row, len(lines) * LEADING + 0.2) * size
            self._sign(board, row, Box(x, y, SWATCH_EM * size, height))
            top = y + (height - len(lines) * LEADING * size) / 2
            for nth, line in enumerate(lines):
                baseline = top + (nth + 1) * LEADING * size - size * 0.32
                board.text(x + (SWATCH_EM + 0.7) * size, baseline, line, size, LIGHT.text)
            y += height

    def _sign(self, board: Board, row: Row, box: Box) -> None:
        sign(board, row, box, self.size)


def sign(board: Board, row: Row, box: Box, size: float) -> None:
    """Draw what a row explains, in the box before its words."""
    if row.symbol is not None:
        symbols.paint(board, box.x + size * 0.85, box.middle[1], size * 0.62, row.symbol)
        return
    if row.colour:
        board.box(box, fill=row.colour, edge=LIGHT.borders[1], width=size * 0.05)
        return
    swatch = Box(box.x, box.y + size * 0.12, box.width, box.height - size * 0.24)
    shape = shapely.box(swatch.x, swatch.y, swatch.right, swatch.bottom)
    hatching.hatched(board, [shape], row.hatch, size * 0.38)
    board.box(swatch, edge=LIGHT.borders[1], width=size * 0.05)


@dataclass(frozen=True, slots=True)
class FlatKey:
    """One group of classes in a row, from little to much, their words below: for upright pictures without more to say."""

    sheet: Sheet
    group: Group
    size: float

    @property
    def height(self) -> float:
        """Return the height in pixels."""
        heads = len(self.group.head.split("\n"))
        return (heads * LEADING + 0.4 + 1.5 + LEADING * self._deep()) * self.size

    @property
    def width(self) -> float:
        """Return the width in pixels."""
        return sum(self._widths()) * self.size

    def _rows(self) -> list[Row]:
        classes = [row for row in self.group.rows if row.colour]
        return [*reversed(classes), *(row for row in self.group.rows if not row.colour)]

    def _words(self, row: Row) -> list[str]:
        return saying.in_language(row.words, self.sheet, "\n").split("\n")

    def _deep(self) -> int:
        return max(len(self._words(row)) for row in self.group.rows)

    def _widths(self) -> list[float]:
        widest = [max(width_em(word) for word in self._words(row)) + 0.8 for row in self._rows()]
        even = max([4.2, *(width for width, row in zip(widest, self._rows(), strict=True) if row.colour)])
        return [even if row.colour else width + 0.8 for width, row in zip(widest, self._rows(), strict=True)]

    def paint(self, board: Board, x: float, y: float) -> None:
        """Draw the row from its upper left corner."""
        size = self.size
        for nth, line in enumerate(self.group.head.split("\n")):
            y += size * LEADING
            colour, weight = (LIGHT.text, BOLD) if nth == 0 else (LIGHT.quiet, REGULAR)
            board.text(x, y - size * 0.3, line, size, colour, weight=weight)
        y += size * 0.4
        for row, width in zip(self._rows(), self._widths(), strict=True):
            if row.colour:
                sign(board, row, Box(x, y, width * size, size * 1.3), size)
            else:
                x += size * 0.8
                sign(board, row, Box(x, y - size * 0.12, (width - 1.6) * size, size * 1.54), size)
            for nth, word in enumerate(self._words(row)):
                board.text(x + size * 0.1, y + size * (1.4 + (nth + 1) * LEADING - 0.3), word, size, LIGHT.text)
            x += width * size - (0 if row.colour else size * 0.8)
