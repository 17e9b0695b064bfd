"""Where names and figures stand on a map: inside their area, the large ones first, and never one over another."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from layers.render.picture.board import ASCENT, Box
from layers.render.picture.fonts import BOLD, REGULAR, width_em
from layers.render.picture.wrapping import LEADING, wrapped

Points = npt.NDArray[np.float64]
LEAST_INSIDE = 0.55
"""Share of a label's box that lies in its own area, so that nobody takes it for the neighbour's."""
FREE_INSIDE = 0.5
"""The same where the areas are few and large."""
GAP = 0.25
"""Room around a label, against its size."""
LONGEST_EM = 9
"""A longer name stands on two lines."""
COMMITTEE = re.compile(r"(居民委员会|村民委员会|居委会|村委会)$")
TRIES = 9
"""Places tried along each direction of an area."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a label: its text, its size against the label's, its weight."""

    text: str
    relative: float = 1.0
    weight: int = REGULAR


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label to be placed: the polygon (in pixels) that it names, its forms from the fullest to the barest."""

    polygon: BaseGeometry
    forms: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A label in its place: its lines are centred in the box."""

    box: Box
    lines: tuple[Line, ...]
    size: float

    def baselines(self) -> Iterator[tuple[Line, float]]:
        """Yield each line with its baseline."""
        y = self.box.y
        for line in self.lines:
            height = line.relative * self.size * LEADING
            yield line, y + (height + line.relative * self.size * (2 * ASCENT - 1)) / 2
            y += height


def short(name: str) -> str:
    """Return a village's name without the committee that bears it in the register: 泉脑村村民委员会 is 泉脑村."""
    bare = COMMITTEE.sub("", name)
    return bare if len(bare) > 1 else name


def forms(name: str, figure: str) -> tuple[tuple[Line, ...], ...]:
    """Return how an area may be labelled: name over figure, long names on two lines, the name alone."""
    value = (Line(figure, 0.92, REGULAR),) if figure else ()
    one = (Line(name, 1.0, BOLD),)
    found = [(*one, *value)]
    if width_em(name, BOLD) > LONGEST_EM / 2:
        halves = wrapped(name, max(2.0, width_em(name, BOLD) / 2 + 0.6), BOLD)
        two = tuple(Line(half, 1.0, BOLD) for half in halves)
        found = [(*two, *value), *found] if width_em(name, BOLD) > LONGEST_EM else [*found, (*two, *value)]
    return tuple(dict.fromkeys([*found, one]))


def place(
    wanted: Sequence[Wanted], frame: Box, size: float, *, smallest: float, taken: Sequence[Box] = ()
) -> list[Placed | None]:
    """Return a place for each label or none, in the order asked for; `taken` boxes are kept free.

    The largest areas come first. A label that finds no free place inside its area at `size` is tried smaller, down to
    `smallest`; then it is left out: fewer labels rather than overlapping ones.
    """
    found: list[Placed | None] = [None] * len(wanted)
    used = list(taken)
    sizes = [size * step for step in (1.0, 0.88, 0.76, 0.66) if size * step >= smallest] or [smallest]
    least = FREE_INSIDE if len(wanted) <= 12 else LEAST_INSIDE
    order = sorted(range(len(wanted)), key=lambda i: (-wanted[i].polygon.area, i))
    for i in order:
        spots = candidates(wanted[i].polygon)
        found[i] = _first(wanted[i], spots, frame, sizes, used, least)
        if found[i] is not None:
            used.append(found[i].box)  # type: ignore[union-attr]
    return found


def _first(
    label: Wanted,
    spots: Sequence[tuple[float, float]],
    frame: Box,
    sizes: Sequence[float],
    used: list[Box],
    least: float,
) -> Placed | None:
    if not spots:
        return None
    shapely.prepare(label.polygon)
    at, others = np.array(spots), np.array([(o.x, o.y, o.right, o.bottom) for o in used]).reshape(-1, 4)
    for lines in label.forms:
        for size in sizes:
            own = box_of(lines, size, 0, 0)
            for x, y in at[_free(at, own, size, frame, others)]:
                box = box_of(lines, size, float(x), float(y))
                if _share_inside(box, label.polygon) >= least:
                    return Placed(box, lines, size)
    return None


def _free(at: Points, own: Box, size: float, frame: Box, others: Points) -> npt.NDArray[np.bool_]:
    """Return which of some points (n × 2) a box may be centred at: inside the frame, and with room to the others (m × 4)."""
    half = np.array([own.width / 2, own.height / 2])
    low, high = at - half, at + half
    inside = (low >= (frame.x, frame.y)).all(axis=1) & (high <= (frame.right, frame.bottom)).all(axis=1)
    room = np.array([GAP * size, GAP * size / 2])
    low, high = low - room, high + room
    across = (low[:, None, 0] < others[None, :, 2]) & (others[None, :, 0] < high[:, None, 0])
    along = (low[:, None, 1] < others[None, :, 3]) & (others[None, :, 1] < high[:, None, 1])
    free: npt.NDArray[np.bool_] = inside & ~(across & along).any(axis=1)
    return free


def box_of(lines: Sequence[Line], size: float, x: float, y: float) -> Box:
    """Return the box of a label's lines about its middle."""
    width = max(width_em(line.text, line.weight) * line.relative for line in lines) * size
    height = sum(line.relative for line in lines) * size * LEADING
    return Box(x - width / 2, y - height / 2, width, height)


def _share_inside(box: Box, polygon: BaseGeometry) -> float:
    own = shapely.box(box.x, box.y, box.right, box.bottom)
    if polygon.covers(own):
        return 1.0
    return float(polygon.intersection(own).area / max(own.area, 1e-9))


def candidates(polygon: BaseGeometry) -> list[tuple[float, float]]:
    """Return points inside a polygon at which its label may be centred: where it is widest, then nearest to there."""
    parts = [part for part in shapely.get_parts(polygon) if part.area > 0]
    if not parts:
        return []
    largest = max(parts, key=lambda part: part.area)
    west, south, east, north = largest.bounds
    circle = shapely.maximum_inscribed_circle(largest, tolerance=max(1.0, min(east - west, north - south) / 40))
    x, y = shapely.get_coordinates(circle)[0]
    grid_x, grid_y = np.meshgrid(np.linspace(west, east, TRIES + 2)[1:-1], np.linspace(south, north, TRIES + 2)[1:-1])
    points = np.column_stack([grid_x.ravel(), grid_y.ravel()])
    points = points[shapely.contains_xy(largest, points[:, 0], points[:, 1])]
    nearest = np.argsort(np.hypot(points[:, 0] - x, points[:, 1] - y), kind="stable")
    return [(float(x), float(y)), *((float(a), float(b)) for a, b in points[nearest])]


@dataclass(frozen=True, slots=True)
class Called:
    """A label outside, with a line from where it points to."""

    label: Placed
    foot: tuple[float, float]
    end: tuple[float, float]


def call_out(
    label: Wanted, frame: Box, size: float, *, avoid: BaseGeometry, taken: Sequence[Box], lines: Sequence[BaseGeometry]
) -> Called | None:
    """Return a free place beside the map for a label that found none inside its area, the nearest first; or none.

    Neither the label nor its line touches another label, the label stays clear of `avoid`, lines do not cross.
    """
    spots = candidates(label.polygon)
    if not spots:
        return None
    x, y = spots[0]
    for distance in np.arange(3, 16, 1.0) * size:
        for turn in np.arange(16) * (np.pi / 8):
            middle = x + distance * np.cos(turn) * 1.4, y + distance * np.sin(turn)
            box = box_of(label.forms[0], size, *middle)
            own = shapely.box(box.x - size / 3, box.y - size / 4, box.right + size / 3, box.bottom + size / 4)
            if not frame.holds(box) or own.intersects(avoid) or any(box.overlaps(other) for other in taken):
                continue
            end = min(max(x, box.x), box.right), min(max(y, box.y), box.bottom)
            line = shapely.LineString([(x, y), end])
            crossed = any(line.intersects(shapely.box(b.x, b.y, b.right, b.bottom)) for b in taken)
            if not crossed and not any(line.intersects(other) for other in lines):
                return Called(Placed(box, label.forms[0], size), (x, y), end)
    return None
