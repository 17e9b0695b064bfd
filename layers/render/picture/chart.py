"""The map itself: ground, neighbours, coloured areas, borders, points, names, scale bar and north arrow."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.model import Level
from geodata.press.sheet import Cell, Outline, Sheet, Spot
from layers.registry import all_layers
from layers.render.picture import furniture, hatching, labels, symbols
from layers.render.picture.board import Board, Box, circle, path_of, rectangle
from layers.render.picture.classes import Classes, number
from layers.render.picture.fonts import mended
from layers.render.picture.plan import Plan
from layers.render.picture.scale import View
from layers.tokens import LIGHT

GROUND = "#EDF0F3"
NEIGHBOUR = "#F7F8FA"
NEIGHBOUR_EDGE = "#DCE1E7"
WIDTHS = {Level.CITY: 0.17, Level.COUNTY: 0.13, Level.TOWNSHIP: 0.09, Level.VILLAGE: 0.055}
"""Borders against the fine print, quieter as levels go down."""
COLOURS = dict(zip(Level, LIGHT.borders, strict=False))
ORDER = list(Level)
MANY = 60
"""From so many areas on names are smaller, and those without room are left out."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A sheet on its view: every geometry in pixels."""

    sheet: Sheet
    view: View
    frame: BaseGeometry
    cells: tuple[tuple[Cell, BaseGeometry], ...]
    around: tuple[tuple[Outline, BaseGeometry], ...]


def placed(sheet: Sheet, box: Box, plan: Plan) -> Placed:
    """Return a sheet fitted into a box, with room around the area for scale bar and arrow."""
    pad = min(plan.type.label * 2.2, box.width / 8, box.height / 8)
    view = View.fitting(sheet.area.geometry.bounds, box, box.inset(pad))
    seen = shapely.box(box.x, box.y, box.right, box.bottom)
    around = ((outline, view.placed(outline.geometry)) for outline in sheet.around)
    return Placed(
        sheet,
        view,
        view.placed(sheet.area.geometry),
        tuple((cell, view.placed(cell.geometry)) for cell in sheet.cells if cell.geometry is not None),
        tuple((outline, shape) for outline, shape in around if shape.intersects(seen)),
    )


def paint(board: Board, map_: Placed, classes: Classes, plan: Plan) -> None:
    """Draw ground, areas and borders."""
    clip = rectangle(map_.view.box)
    board.path(clip, fill=GROUND)
    neighbours, inner = _split(map_)
    ground = path_of(neighbours)
    if ground is not None:
        board.path(ground, fill=NEIGHBOUR, edge=NEIGHBOUR_EDGE, width=plan.type.fine * 0.09, clip=clip)
    _fills(board, map_, classes, plan)
    for level in reversed(ORDER[:-1]):
        shapes = [shape for cell, shape in map_.cells if cell.level == level] + inner.get(level, [])
        path = path_of(shapes)
        if path is not None:
            thin = 0.6 if len(shapes) > 400 else 1.0
            board.path(path, edge=COLOURS[level], width=plan.type.fine * WIDTHS[level] * thin, clip=clip)
    frame = path_of([map_.frame])
    if frame is not None:
        board.path(frame, edge=LIGHT.borders[0], width=plan.type.fine * 0.17, clip=clip)


def _split(map_: Placed) -> tuple[list[BaseGeometry], dict[Level, list[BaseGeometry]]]:
    """Return the neighbours, and by level the borders inside the frame that lie above the coloured areas."""
    own = ORDER.index(Level(map_.sheet.area.level))
    neighbours = [shape for outline, shape in map_.around if ORDER.index(Level(outline.level)) <= own]
    inner: dict[Level, list[BaseGeometry]] = {}
    for outline, shape in map_.around:
        if ORDER.index(Level(outline.level)) > own:
            inner.setdefault(Level(outline.level), []).append(shape)
    return neighbours, inner


def _fills(board: Board, map_: Placed, classes: Classes, plan: Plan) -> None:
    by_class: dict[str, list[BaseGeometry]] = {}
    for cell, shape in map_.cells:
        looks = classes.colour(cell.value or 0.0) if cell.shown == "value" else cell.shown
        by_class.setdefault(looks, []).append(shape)
    for looks, shapes in sorted(by_class.items()):
        if looks in {"no_data", "suppressed"}:
            hatch = hatching.NO_DATA if looks == "no_data" else hatching.SUPPRESSED
            hatching.hatched(board, shapes, hatch, plan.type.fine * 0.5)
        else:
            path = path_of(shapes)
            if path is not None:
                # The edge in the same colour closes the hairlines that simplified neighbours leave between them.
                board.path(path, fill=looks, edge=looks, width=max(0.8, plan.type.fine * 0.04))


def paint_over(board: Board, map_: Placed, plan: Plan) -> None:
    """Draw what lies over everything: points, names, scale bar, arrow, and the map's own edge."""
    taken = furniture.paint(board, map_.view, plan, map_.sheet)
    points = _points(map_)
    radius = plan.type.fine * (0.62 if len(points) < 60 else 0.48)
    discs = [Box(x - radius, y - radius, 2 * radius, 2 * radius) for _, _, x, y in points]
    found = _names(board, map_, plan, [*taken, *discs])
    for name, spot, x, y in reversed(points):
        symbols.paint(board, x, y, radius, symbols.of_spot(all_layers()[name], spot))
    _point_names(board, map_, plan, points, radius, [*taken, *discs, *found])
    board.box(map_.view.box, edge=LIGHT.line, width=max(1.0, plan.type.fine * 0.06))


def _points(map_: Placed) -> list[tuple[str, Spot, float, float]]:
    found = []
    box = map_.view.box.inset(2)
    for name, spots in map_.sheet.spots.items():
        for spot in spots:
            ((x, y),) = map_.view.pixels(shapely.get_coordinates(spot.geometry)[:1])
            if box.x <= x <= box.right and box.y <= y <= box.bottom:
                found.append((name, spot, float(x), float(y)))
    return found


def _names(board: Board, map_: Placed, plan: Plan, taken: list[Box]) -> list[Box]:
    """Write the names and figures of areas, then those of neighbours; return the room they take."""
    wanted = [
        labels.Wanted(
            shape,
            labels.forms(labels.short(mended(cell.name)), _figure(map_.sheet, cell)),
        )
        for cell, shape in map_.cells
    ]
    size = plan.type.label * (1.12 if len(wanted) <= 12 else 1.0 if len(wanted) <= MANY else 0.9)
    frame = map_.view.box.inset(plan.type.fine * 0.4)
    found = labels.place(wanted, frame, size, smallest=plan.type.fine * 0.86, taken=taken)
    used = [label.box for label in found if label is not None]
    if len(wanted) <= MANY:
        left = [label for label, place in zip(wanted, found, strict=True) if place is None]
        used += _called(board, map_, plan, left, [*taken, *used])
    for label in found:
        if label is not None:
            _write(board, label, LIGHT.text)
    return used + _neighbours(board, map_, plan, frame, [*taken, *used])


def _figure(sheet: Sheet, cell: Cell) -> str:
    return number(cell.value or 0.0, sheet.measure) if cell.shown == "value" else ""


def _called(board: Board, map_: Placed, plan: Plan, left: list[labels.Wanted], taken: list[Box]) -> list[Box]:
    """Write the labels of areas too small for them beside the map."""
    fine = plan.type.fine
    frame = map_.view.box.inset(fine * 0.6)
    used: list[Box] = []
    lines: list[BaseGeometry] = []
    for label in left:
        found = labels.call_out(label, frame, fine, avoid=map_.frame, taken=[*taken, *used], lines=lines)
        if found is None:
            continue
        board.line([found.foot, found.end], LIGHT.halo, fine * 0.2)
        board.line([found.foot, found.end], LIGHT.text, fine * 0.06)
        board.path(circle(*found.foot, fine * 0.14), fill=LIGHT.text, edge=LIGHT.halo, width=fine * 0.05)
        _write(board, found.label, LIGHT.text)
        used.append(found.label.box)
        lines.append(shapely.LineString([found.foot, found.end]))
    return used


def _neighbours(board: Board, map_: Placed, plan: Plan, frame: Box, taken: list[Box]) -> list[Box]:
    room = shapely.box(frame.x, frame.y, frame.right, frame.bottom).difference(map_.frame.buffer(plan.type.fine / 2))
    own = ORDER.index(Level(map_.sheet.area.level))
    wanted = [
        labels.Wanted(shapely.make_valid(shape).intersection(room), ((labels.Line(mended(outline.name)),),))
        for outline, shape in map_.around
        if ORDER.index(Level(outline.level)) <= own
    ]
    found = labels.place(wanted, frame, plan.type.fine, smallest=plan.type.fine, taken=taken)
    for label in found:
        if label is not None:
            _write(board, label, LIGHT.borders[1], halo=NEIGHBOUR)
    return [label.box for label in found if label is not None]


def _write(board: Board, label: labels.Placed, colour: str, halo: str = LIGHT.halo) -> None:
    x, _ = label.box.middle
    for line, baseline in label.baselines():
        size = label.size * line.relative
        board.text(x, baseline, line.text, size, colour, weight=line.weight, align=0.5, halo=halo)


def _point_names(
    board: Board,
    map_: Placed,
    plan: Plan,
    points: list[tuple[str, Spot, float, float]],
    radius: float,
    taken: list[Box],
) -> None:
    size = plan.type.fine * 0.95
    frame = map_.view.box.inset(plan.type.fine * 0.3)
    for _, spot, x, y in points:
        text = mended(spot.label)
        if not text:
            continue
        line = (labels.Line(text),)
        own = labels.box_of(line, size, 0, 0)
        beside, above = radius * 1.6 + own.width / 2, radius * 1.3 + own.height / 2
        for dx, dy in ((beside, 0), (-beside, 0), (0, above), (0, -above), (beside, above), (-beside, -above)):
            box = labels.box_of(line, size, x + dx, y + dy)
            if frame.holds(box) and not any(box.overlaps(other) for other in taken):
                _write(board, labels.Placed(box, line, size), LIGHT.text)
                taken.append(box)
                break


def bounds_of(geometries: list[BaseGeometry]) -> tuple[float, float, float, float]:
    """Return the bounds of some geometries together."""
    west, south, east, north = np.array([geometry.bounds for geometry in geometries]).T
    return float(west.min()), float(south.min()), float(east.max()), float(north.max())
