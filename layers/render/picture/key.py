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
from layers.render.picture.wrapping import LEADING, wrapped
from layers.tokens import LIGHT

SWATCH_EM = 2.0
"""Width of a class's swatch."""
ROW = 1.62
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

    def _lines(self, row: Row) -> tuple[str, ...]:
        room = self.width / self.size - SWATCH_EM - 0.7
        return wrapped(saying.in_language(row.words, self.sheet), max(3.0, room)) or ("",)

    def _head(self, group: Group) -> tuple[str, ...]:
        room = self.width / self.size
        return tuple(line for part in group.head.split("\n") for line in wrapped(part, room, BOLD))

    def height_of(self, group: Group) -> float:
        """Return the height of one group in pixels."""
        rows = sum(max(ROW, len(self._lines(row)) * LEADING + 0.2) for row in group.rows)
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
        for nth, line in enumerate(self._head(group)):
            y += size * LEADING
            colour, weight = (LIGHT.text, BOLD) if nth == 0 else (LIGHT.quiet, REGULAR)
            board.text(x, y - size * 0.3, line, size, colour, weight=weight)
        y += size * 0.45
        coloured = False
        for row in group.rows:
            if row.hatch and coloured:
                y += size * 0.35
            coloured = bool(row.colour)
            lines = self._lines(row)
            height = max(ROW, len(lines) * LEADING + 0.2) * size
            self._sign(board, row, Box(x, y, SWATCH_EM * size, height))
            top = y + (height - len(lines) * LEADING * size) / 2
            for nth, line in enumerate(lines):
                baseline = top + (nth + 1) * LEADING * size - size * 0.32
                board.text(x + (SWATCH_EM + 0.7) * size, baseline, line, size, LIGHT.text)
            y += height

    def _sign(self, board: Board, row: Row, box: Box) -> None:
        size = self.size
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
