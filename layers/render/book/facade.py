"""Building faces 装户图 on paper: blocks packed onto a sheet, every door with colour, letter, and the days that are left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.words import say
from layers.render.book.paper import ALARM, HAIR, INK, QUIET, Box, Paper

CELL = (5.6, 4.3)
"""Width and height of a door in a block of flats, in millimetres, where there is room."""
LEAST = 0.72
"""How much smaller doors may become before the faces go to a page of their own."""
HOUSE = (9.4, 7.4)
FLOOR_LABEL, HEAD, UNIT_HEAD, GAP, ESTATE = 7.0, 4.8, 6.0, 3.5, 4.6


@dataclass(frozen=True, slots=True)
class Block:
    """One face, or as much of it as fits into a width: its columns and rows as `face_sheet` gives them."""

    title: str
    estate: str
    """The compound that it stands in, said once over its blocks."""
    columns: Sequence[Any]
    rows: Sequence[Any]
    states: Sequence[Any]
    lefts: dict[str, Any]
    street: bool
    cell: tuple[float, float]

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height in millimetres."""
        wide, high = self.cell
        if self.street:
            return max(len(row[1]) for row in self.rows) * wide + FLOOR_LABEL, HEAD + len(self.rows) * (high + 1.2)
        count = sum(len(rooms) for _, rooms in self.columns)
        return FLOOR_LABEL + count * wide + (len(self.columns) - 1) * 1.5, HEAD + UNIT_HEAD + len(self.rows) * high


def blocks(faces: Sequence[dict[str, Any]], wide: float, high: float, scale: float, language: str) -> list[Block]:
    """Return faces as blocks that are no larger than a region; doors are `scale` of their usual size."""
    found: list[Block] = []
    for face in faces:
        title = say("book.block_size", language, title=face["title"], n=face["doors"])
        parts = (
            _street(face, title, wide, scale, language)
            if face["kind"] == "street"
            else _flats(face, title, wide, high, scale)
        )
        found += parts
    return found


def _flats(face: dict[str, Any], title: str, wide: float, high: float, scale: float) -> Iterator[Block]:
    """Yield a block of flats, unit beside unit; a tower too high for the region is drawn with lower doors."""
    width, height = CELL[0] * scale, CELL[1] * scale
    rows = max(1, len(face["rows"]))
    height = min(height, (high - HEAD - UNIT_HEAD) / rows)
    own: list[int] = []
    taken = FLOOR_LABEL
    for place, (_, rooms) in enumerate(face["columns"]):
        more = len(rooms) * width + 1.5
        if own and taken + more > wide:
            yield _part(face, title, own, (width, height))
            own, taken = [], FLOOR_LABEL
        own.append(place)
        taken += more
    if own:
        widest = sum(len(face["columns"][place][1]) for place in own)
        width = min(width, (wide - FLOOR_LABEL - 1.5 * len(own)) / max(widest, 1))
        yield _part(face, title, own, (width, height))


def _part(face: dict[str, Any], title: str, own: Sequence[int], cell: tuple[float, float]) -> Block:
    begins = [0]
    for _, rooms in face["columns"]:
        begins.append(begins[-1] + len(rooms))
    rows = [
        [name, [c for place in own for c in cells[begins[place] : begins[place + 1]]]] for name, cells in face["rows"]
    ]
    return Block(
        title,
        face["estate"],
        [face["columns"][place] for place in own],
        rows,
        face["states"],
        face["lefts"],
        street=False,
        cell=cell,
    )


def _street(face: dict[str, Any], title: str, wide: float, scale: float, language: str) -> Iterator[Block]:
    """Yield a street as bands: one side over the other, as many houses as the region is wide."""
    cell = (HOUSE[0] * scale, HOUSE[1] * scale)
    sides = [[row[1][side] for row in face["rows"]] for side in range(len(face["columns"]))]
    sides = [[house for house in side if house] for side in sides]
    fit = max(1, int((wide - FLOOR_LABEL) / cell[0]))
    longest = max((len(side) for side in sides), default=0)
    for begin in range(0, longest, fit):
        rows = [[name, side[begin : begin + fit]] for (name, _), side in zip(face["columns"], sides, strict=True)]
        rows = [[name, side] for name, side in rows if side]
        said = title if begin == 0 else say("book.again", language, name=face["title"])
        yield Block(said, "", (), rows, face["states"], face["lefts"], street=True, cell=cell)


@dataclass(frozen=True, slots=True)
class Set:
    """Faces on one sheet: blocks with where they stand, compounds with where their names stand, and where all that ends."""

    blocks: list[tuple[Block, float, float]]
    estates: list[tuple[str, float, float]]
    bottom: float


def packed(faces: Sequence[dict[str, Any]], first: Box, language: str) -> Set | None:
    """Return where each block stands in a region, none where they do not all fit even with smaller doors."""
    for scale in (1.0, 0.86, LEAST):
        pages = shelves(blocks(faces, first[2] - first[0], first[3] - first[1], scale, language), first)
        if len(pages) <= 1:
            return pages[0] if pages else Set([], [], first[1])
    return None


def shelves(wanted: Sequence[Block], region: Box) -> list[Set]:
    """Return sheets of blocks: side by side, shelf under shelf, a compound under its name, sheet after sheet."""
    left, top, right, bottom = region
    pages: list[Set] = []
    x, y, shelf, estate = left, top, 0.0, ""
    blocks: list[tuple[Block, float, float]] = []
    estates: list[tuple[str, float, float]] = []
    for block in wanted:
        wide, high = block.size
        named = block.estate != estate
        if x > left and (named or x + wide > right + 0.01):
            x, y, shelf = left, y + shelf + GAP, 0.0
        above = ESTATE if named and block.estate else 0.0
        if blocks and y + above + high > bottom + 0.01:
            pages.append(Set(blocks, estates, bottom))
            blocks, estates = [], []
            x, y, shelf = left, top, 0.0
            named, above = True, ESTATE if block.estate else 0.0
        if named and block.estate:
            estates.append((block.estate, left, y + 3.2))
            y += above
        estate = block.estate
        blocks.append((block, x, y))
        x, shelf = x + wide + GAP, max(shelf, high)
    return [*pages, Set(blocks, estates, y + shelf)] if blocks else pages


def draw_set(paper: Paper, shown: Set, most: float) -> None:
    """Draw the faces of one sheet; `most` is the width that the name of a compound may take."""
    for name, left, base in shown.estates:
        paper.text(left, base, name, 7.5, colour=QUIET, bold=True, most=most)
    for block, left, top in shown.blocks:
        draw(paper, block, left, top)


def draw(paper: Paper, block: Block, left: float, top: float) -> None:
    """Draw a block with its title."""
    paper.text(left, top + 2.8, block.title, 7.5, bold=True, most=max(block.size[0], 40))
    if block.street:
        _draw_street(paper, block, left, top + HEAD)
    else:
        _draw_flats(paper, block, left, top + HEAD)


def _draw_flats(paper: Paper, block: Block, left: float, top: float) -> None:
    wide, high = block.cell
    xs: list[float] = []
    x = left + FLOOR_LABEL
    for name, rooms in block.columns:
        paper.text(x + len(rooms) * wide / 2, top + 2.2, name, 6, align="center", most=max(len(rooms) * wide, 9))
        for room in rooms:
            paper.text(x + wide / 2, top + UNIT_HEAD - 0.9, room, 5, colour=QUIET, align="center", most=wide)
            xs.append(x)
            x += wide
        x += 1.5
    y = top + UNIT_HEAD
    for floor, cells in block.rows:
        paper.text(
            left + FLOOR_LABEL - 0.8, y + high / 2, floor, min(6, high * 1.9), colour=QUIET, align="right", middle=True
        )
        for x, cell in zip(xs, cells, strict=False):
            _door(paper, block, cell, (x, y, x + wide, y + high))
        y += high


def _draw_street(paper: Paper, block: Block, left: float, top: float) -> None:
    wide, high = block.cell
    y = top
    for side, houses in block.rows:
        paper.text(left + FLOOR_LABEL - 1, y + high / 2, side[:2], 6, colour=QUIET, align="right", middle=True)
        for place, house in enumerate(houses):
            x = left + FLOOR_LABEL + place * wide
            name = house[1]
            paper.text(x + wide / 2, y + 2.4, name, 5.5, align="center", most=wide - 0.4)
            _door(paper, block, house if house[0] else 0, (x + 0.6, y + 3, x + wide - 0.6, y + high))
        y += high + 1.2


def _door(paper: Paper, block: Block, cell: Any, at: Box) -> None:
    """Draw one door: its state, and the days that are left where it is followed; heavy where it is due or overdue."""
    left, top, right, bottom = at
    if not cell:
        paper.box(at, edge=HAIR)
        paper.line([(left, bottom), (right, top)], colour=HAIR, wide=0.1)
        return
    sign, days = block.states[cell[2]], cell[3]
    size = min(7, (bottom - top) * 1.75)
    if days is None:
        paper.badge(at, sign, size=size, wide=0.12)
        return
    paper.box(at, fill=sign[2], edge=INK, wide=0.12, z=2)
    paper.text(
        left + (right - left) * 0.3,
        (top + bottom) / 2,
        sign[0],
        size,
        colour=sign[3],
        bold=True,
        align="center",
        middle=True,
    )
    said = str(days) if days > 0 else "!" if days == 0 else f"!{-days}"
    paper.text(
        right - (0.5 if days > 0 else 0.9),
        (top + bottom) / 2,
        said,
        size * 0.78,
        colour=sign[3],
        align="right",
        middle=True,
    )
    if days <= 0:
        paper.box((left + 0.4, top + 0.4, right - 0.4, bottom - 0.4), edge=sign[3], wide=0.25, z=4)
        paper.box(at, edge=ALARM, wide=0.5, z=3.5)
