"""The plan of one grid: buildings in the colour and letter of what is behind their doors, gates, closures, boundaries."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import shapely
from shapely import affinity
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry

from geodata.words import say
from layers.declaration import Mark
from layers.registry import all_layers
from layers.render.book.content import PLAN_LAYERS, Building, Fixture, Leaf
from layers.render.book.paper import ALARM, HAIR, INK, PALE, QUIET, Box, Paper
from layers.render.book.pdf import POINTS
from layers.render.book.type import width
from layers.render.face_sheet import Signs

SMALLEST = 3.0
"""Millimetres of the smallest sign of a building; what is smaller in nature is drawn as a square of this size."""
MARGIN_M = 40
"""Metres around what is shown."""
CLOSER = 1.25
"""How much larger homes become by themselves, from which on they are shown so, and the whole grid in an inset."""
CROWDED = 60
"""Buildings from which on their signs are smaller."""
CLOSED = (1.6, 0.8)
"""Dashes of what is closed, in millimetres."""
INSET = 24
EARTH = 6_378_137


@dataclass(frozen=True, slots=True)
class Frame:
    """From EPSG:3857 to the sheet: `per` millimetres a Mercator metre, so that a window fits into a box."""

    window: Box
    """West, south, east, north in EPSG:3857, of the box's proportions."""
    at: Box
    per: float

    @classmethod
    def of(cls, shown: Box, at: Box) -> "Frame":
        """Return the frame that shows a window in the middle of a box."""
        west, south, east, north = shown
        wide, high = at[2] - at[0], at[3] - at[1]
        per = min(wide / max(east - west, 1), high / max(north - south, 1))
        x, y = (west + east) / 2, (south + north) / 2
        half = wide / per / 2, high / per / 2
        return cls((x - half[0], y - half[1], x + half[0], y + half[1]), at, per)

    def place(self, shown: BaseGeometry) -> BaseGeometry:
        """Return a geometry on the sheet, cut at the frame."""
        west, _, _, north = self.window
        left, top = self.at[:2]
        moved = affinity.affine_transform(
            shown, [self.per, 0, 0, -self.per, left - west * self.per, top + north * self.per]
        )
        return shapely.clip_by_rect(moved, *self.at) if moved.geom_type != "Point" else moved

    @property
    def metres(self) -> float:
        """Return how many metres on the ground a millimetre stands for, in the middle."""
        middle = (self.window[1] + self.window[3]) / 2
        return 1 / self.per / math.cosh(middle / EARTH)


def draw(paper: Paper, leaf: Leaf, signs: Signs, at: Box, language: str) -> None:
    """Draw the plan of a grid into a box."""
    middle = (at[0] + at[2]) / 2, (at[1] + at[3]) / 2
    if leaf.outline is None:
        paper.box(at, edge=HAIR)
        paper.text(*middle, say("book.no_outline", language), 8, align="center", most=at[2] - at[0] - 4)
        return
    frame, near = _frame(leaf, at)
    inset = (at[2] - INSET - 1.5, at[3] - INSET - 1.5, at[2] - 1.5, at[3] - 1.5)
    scale = _scale(paper, frame, at, language)
    taken: list[Box] = [scale, (at[2] - 9, at[1], at[2], at[1] + 13), *([inset] if near else [])]
    _outlines(paper, leaf, frame)
    fixtures = [_fixture(paper, fixture, frame, taken) for fixture in leaf.fixtures]
    _buildings(paper, leaf, signs, frame, taken)
    for name, there in fixtures:
        _name(paper, name, there, 5.5, taken, at)
    for name, outline in leaf.around:
        _neighbour(paper, name, frame.place(outline), taken, at)
    _north(paper, at, language)
    _key(paper, leaf, frame, scale[2] + 4, at, language)
    if near:
        _inset(paper, leaf, frame, inset, language)
    if not leaf.buildings:
        paper.text(*middle, say("book.no_buildings", language), 8, align="center", halo=1)
    paper.box(at, edge=INK, wide=0.2, z=12)


def _frame(leaf: Leaf, at: Box) -> tuple[Frame, bool]:
    """Return the frame, and whether it shows the homes alone because they would be too small in the whole grid."""
    assert leaf.outline is not None
    frame = Frame.of(_wider(leaf.outline.bounds, 0.04), at)
    homes = _extent(leaf)
    closer = frame if homes is None else Frame.of(homes, at)
    near = closer.per > CLOSER * frame.per
    return (closer if near else frame), near


def _extent(leaf: Leaf) -> Box | None:
    """Return the window of the grid's buildings and own gates, none where there are none."""
    shown = [building.geometry for building in leaf.buildings]
    if not shown:
        return None
    west, south, east, north = shapely.union_all([shapely.envelope(one) for one in shown]).bounds
    return west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M


def _sides(window: Box) -> tuple[float, float]:
    return window[2] - window[0], window[3] - window[1]


def _wider(window: Box, share: float) -> Box:
    by = max(_sides(window)) * share
    return window[0] - by, window[1] - by, window[2] + by, window[3] + by


def _outlines(paper: Paper, leaf: Leaf, frame: Frame) -> None:
    """Draw the grid white on a grey ground, and its neighbours' borders."""
    paper.box(frame.at, fill="#EEF1F4", edge=None, z=0)
    for _, outline in leaf.around:
        paper.shape(frame.place(outline), edge=HAIR, wide=0.2, z=0.6)
    assert leaf.outline is not None
    paper.shape(frame.place(leaf.outline), fill="#FFFFFF", edge=None, z=0.5)
    for ring in _rings(frame.place(leaf.outline.boundary)):
        paper.line(list(ring.coords), colour=INK, wide=0.5, dash=(2.2, 0.8, 0.5, 0.8), z=1.5)


def _neighbour(paper: Paper, name: str, there: BaseGeometry, taken: list[Box], at: Box) -> None:
    """Write the name of a neighbouring grid into its middle, where it has room."""
    if there.is_empty or there.area < 120:
        return
    middle = there.representative_point()
    half = width(name, 6 / POINTS) / 2
    own = (middle.x - half, middle.y - 2.5, middle.x + half, middle.y + 0.5)
    if _within(own, at) and not any(_over(own, other) for other in taken):
        paper.text(middle.x, middle.y, name, 6, colour=QUIET, align="center", z=1)
        taken.append(own)


def _rings(shown: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in getattr(shown, "geoms", [shown]):
        if part.geom_type == "LineString" and not part.is_empty:
            yield part


def _buildings(paper: Paper, leaf: Leaf, signs: Signs, frame: Frame, taken: list[Box]) -> None:
    """Draw the buildings, and the names of buildings and compounds where there is room."""
    least = SMALLEST if len(leaf.buildings) <= CROWDED else SMALLEST * 0.75
    drawn = [(building, _large_enough(frame.place(building.geometry), least)) for building in leaf.buildings]
    drawn = [(building, there) for building, there in drawn if not there.is_empty]
    taken += [there.bounds for _, there in drawn]
    for building, there in drawn:
        _building(paper, building, there, signs, least)
    for building, there in drawn:
        _name(paper, building.name, there.bounds, 5.2 if building.house else 6.5, taken, frame.at)
    for name in sorted({building.estate for building in leaf.buildings if building.estate and not building.house}):
        own = shapely.union_all([there for building, there in drawn if building.estate == name]).bounds
        _name(paper, name, own, 7, taken, frame.at, bold=True)


def _large_enough(there: BaseGeometry, least: float) -> BaseGeometry:
    """Return a building as it lies, or a square in its place where nobody could read a letter in it."""
    left, top, right, bottom = there.bounds
    if min(right - left, bottom - top) >= least:
        return there
    middle, half = there.centroid, least / 2
    return box(middle.x - half, middle.y - half, middle.x + half, middle.y + half)


def _building(paper: Paper, building: Building, there: BaseGeometry, signs: Signs, least: float) -> None:
    middle = there.centroid
    if building.state is None:
        paper.shape(there, fill="#FFFFFF", edge=INK, z=3)
        paper.hatch(there, "diagonal", colour=HAIR)
        return
    sign = signs.rows[signs.place(building.state)]
    paper.shape(there, fill=sign[2], edge=INK, wide=0.2, z=3)
    if sign[4]:
        paper.hatch(there, sign[4], colour=PALE, step=0.9, z=3.5)
    paper.letter(middle.x, middle.y, sign, least * 2.2, z=4)


def _name(paper: Paper, name: str, around: Box, size: float, taken: list[Box], at: Box, *, bold: bool = False) -> None:
    """Write a name under, over or beside something, wherever nothing else is; nowhere, if everything is taken."""
    left, top, right, bottom = around
    long, high = width(name, size / POINTS, bold=bold), size / POINTS
    middle = (left + right) / 2
    for x, y in (
        (middle - long / 2, bottom + 0.3),
        (middle - long / 2, top - high - 0.5),
        (right + 0.5, (top + bottom - high) / 2),
        (left - long - 0.5, (top + bottom - high) / 2),
    ):
        there = (x, y, x + long, y + high)
        if name and _within(there, at) and not any(_over(there, other) for other in taken):
            paper.text(x, y + 0.85 * high, name, size, bold=bold, z=5)
            taken.append(there)
            return


def _within(one: Box, at: Box) -> bool:
    return one[0] > at[0] and one[1] > at[1] and one[2] < at[2] and one[3] < at[3]


def _over(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _mark(fixture: Fixture) -> Mark | None:
    return next((one for one in all_layers()[fixture.layer].marks if one.value == fixture.value), None)


def _fixture(paper: Paper, fixture: Fixture, frame: Frame, taken: list[Box]) -> tuple[str, Box]:
    """Draw a gate or a closure with the sign of its layer; return its name and where its sign stands."""
    mark, there = _mark(fixture), frame.place(fixture.geometry)
    if mark is None or there.is_empty or not box(*frame.at).intersects(there):
        return "", (0, 0, 0, 0)
    if there.geom_type != "Point":
        for line in _rings(there if there.geom_type != "Polygon" else there.exterior):
            paper.line(list(line.coords), colour=mark.light, wide=1, dash=CLOSED, z=4)
        return fixture.label, there.bounds
    own = (there.x - 2, there.y - 2, there.x + 2, there.y + 2)
    taken.append(own)
    _sign(paper, mark, there.x, there.y)
    return fixture.label, own


def _sign(paper: Paper, mark: Mark, x: float, y: float, z: float = 6) -> None:
    """Draw a round sign with a letter: what is round is no home."""
    paper.shape(Point(x, y).buffer(1.75), fill="#FFFFFF", edge=mark.light, wide=0.6, z=z)
    paper.text(x, y, mark.letter, 6.5, colour=mark.light, bold=True, align="center", middle=True, z=z + 0.5)


def _scale(paper: Paper, frame: Frame, at: Box, language: str) -> Box:
    """Draw the scale bar into the lower left corner; return the box that it takes."""
    left, _, right, bottom = at
    long = frame.metres * (right - left) * 0.25
    step = 10 ** math.floor(math.log10(long))
    nice = max(n * step for n in (1, 2, 5) if n * step <= long)
    long = nice / frame.metres
    x, y = left + 3, bottom - 3
    scale = round(frame.metres * 1000, -2) or 100
    said = f"{say('book.metres', language, n=f'{nice:,.0f}')}  {say('book.scale', language, n=f'{scale:,.0f}')}"
    own = (left, bottom - 8.5, x + max(long, width(said, 6.5 / POINTS)) + 2, bottom)
    paper.box(own, fill="#FFFFFF", edge=None, z=7.2)
    paper.line([(x, y - 1.2), (x, y), (x + long, y), (x + long, y - 1.2)], wide=0.35, z=7.5)
    paper.text(x, y - 2, said, 6.5)
    return own


def _key(paper: Paper, leaf: Leaf, frame: Frame, left: float, at: Box, language: str) -> None:
    """Explain the signs of gates and closures that the plan shows, along its lower edge."""
    shown = [fixture for fixture in leaf.fixtures if box(*frame.at).intersects(frame.place(fixture.geometry))]
    used = {(fixture.layer, fixture.value) for fixture in shown}
    marks = [
        (all_layers()[layer].geometry, m)
        for layer in PLAN_LAYERS
        for m in all_layers()[layer].marks
        if (layer, m.value) in used
    ]
    y = at[3] - 3
    for kind, mark in marks:
        words = mark.words.in_(language)
        long = width(words, 6.5 / POINTS) + 7
        paper.box((left - 3, y - 2.4, left + long - 2, y + 2.4), fill="#FFFFFF", edge=None, z=7.1)
        if kind == "point":
            _sign(paper, mark, left, y, z=7.4)
        else:
            paper.line([(left - 2.2, y), (left + 2.4, y)], colour=mark.light, wide=1, dash=CLOSED, z=7.4)
        paper.text(left + 3.2, y, words, 6.5, middle=True)
        left += long + 1


def _north(paper: Paper, at: Box, language: str) -> None:
    x, y = at[2] - 5, at[1] + 4
    paper.shape(
        shapely.Polygon([(x, y - 2), (x - 1.5, y + 3), (x, y + 1.9), (x + 1.5, y + 3)]), fill=INK, edge=None, z=8
    )
    paper.text(x, y + 6.2, say("book.north", language), 6.5, align="center", bold=True)


def _inset(paper: Paper, leaf: Leaf, frame: Frame, there: Box, language: str) -> None:
    """Draw the whole grid small, with the part that the plan shows."""
    assert leaf.outline is not None
    small = Frame.of(_wider(leaf.outline.bounds, 0.06), there)
    paper.box(there, fill="#FFFFFF", edge=INK, wide=0.2, z=7.2)
    paper.shape(small.place(leaf.outline), fill="#EEF1F4", edge=QUIET, wide=0.25, z=7.4)
    paper.shape(small.place(box(*frame.window)), edge=ALARM, wide=0.4, z=7.6)
    paper.text(there[0] + 1, there[1] + 2.8, say("book.whole", language), 5.5, colour=QUIET)
