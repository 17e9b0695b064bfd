"""What a map needs to be read: a scale bar, a north arrow, and where in the city it lies."""

import numpy as np
from matplotlib.path import Path

from geodata.press.sheet import Sheet
from geodata.words import say
from layers.render.picture import saying
from layers.render.picture.board import BOLD, Board, Box, path_of
from layers.render.picture.fonts import mended, width_em
from layers.render.picture.plan import Plan
from layers.render.picture.scale import View, bar
from layers.render.picture.wrapping import LEADING, wrapped
from layers.tokens import LIGHT

LOCATOR_GROUND = "#E7EBEF"


def paint(board: Board, view: View, plan: Plan, sheet: Sheet) -> list[Box]:
    """Draw the scale bar at the lower left and the arrow at the upper right; return the room they take."""
    return [_bar(board, view, plan, sheet), _arrow(board, view.box, plan, sheet)]


def _bar(board: Board, view: View, plan: Plan, sheet: Sheet) -> Box:
    fine = plan.type.fine
    found = bar(view, min(view.box.width * 0.26, fine * 13))
    x, y = view.box.x + fine * 1.1, view.box.bottom - fine * 1.2
    height = fine * 0.28
    half = found.pixels / 2
    for nth, colour in enumerate((LIGHT.text, LIGHT.halo)):
        board.box(Box(x + nth * half, y - height, half, height), fill=colour, edge=LIGHT.text, width=fine * 0.07)
    text = _length(found.metres, sheet)
    board.text(x, y - height - fine * 0.45, "0", fine, LIGHT.text, align=0.0, halo=LIGHT.halo)
    board.text(x + found.pixels, y - height - fine * 0.45, text, fine, LIGHT.text, align=0.5, halo=LIGHT.halo)
    right = x + found.pixels + width_em(text) * fine / 2
    return Box(x - fine / 2, y - fine * 1.9, right - x + fine, fine * 2.4)


def _length(metres: float, sheet: Sheet) -> str:
    key, count = ("kilometres", metres / 1000) if metres >= 1000 else ("metres", metres)
    language = saying.languages(sheet)[0]
    return say(f"press_picture.{key}", language, n=f"{count:g}")


def _arrow(board: Board, box: Box, plan: Plan, sheet: Sheet) -> Box:
    fine = plan.type.fine
    x, top = box.right - fine * 1.7, box.y + fine * 2.3
    tall, half = fine * 2.3, fine * 0.62
    left = [(x, top), (x - half, top + tall), (x, top + tall * 0.78)]
    right = [(x, top), (x + half, top + tall), (x, top + tall * 0.78)]
    for points, fill in ((left, LIGHT.text), (right, LIGHT.halo)):
        board.path(_closed(points), fill=fill, edge=LIGHT.text, width=fine * 0.07)
    text = say("press_picture.north", saying.languages(sheet)[0])
    board.text(x, top - fine * 0.4, text, fine * 1.05, LIGHT.text, weight=BOLD, align=0.5, halo=LIGHT.halo)
    return Box(x - fine, box.y + fine * 0.8, fine * 2, fine * 4.2)


def _closed(points: list[tuple[float, float]]) -> Path:
    return Path(np.array([*points, points[0]]), [Path.MOVETO, *[Path.LINETO] * (len(points) - 1), Path.CLOSEPOLY])


def locator(board: Board, sheet: Sheet, box: Box, plan: Plan) -> None:
    """Draw the city's counties small, with the area of the map in the accent, and one line that says so."""
    fine = plan.type.fine
    said = saying.printed("locator", sheet, "\n", area=mended(sheet.area.name), city=mended(sheet.city))
    lines = [line for part in said.split("\n") for line in wrapped(part, box.width / fine)]
    room = Box(box.x, box.y, box.width, box.height - len(lines) * fine * LEADING - fine * 0.4)
    shapes = [outline.geometry for outline in sheet.locator]
    bounds = np.array([shape.bounds for shape in shapes])
    extent = (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))
    view = View.fitting(extent, room, room)
    every = path_of([view.placed(shape) for shape in shapes])
    if every is not None:
        board.path(every, fill=LOCATOR_GROUND, edge=LIGHT.halo, width=fine * 0.08)
        board.path(every, edge=LIGHT.borders[2], width=fine * 0.04)
    own = view.placed(sheet.area.geometry)
    if max(own.bounds[2] - own.bounds[0], own.bounds[3] - own.bounds[1]) < fine * 0.7:
        own = own.centroid.buffer(fine * 0.35)
    marked = path_of([own])
    if marked is not None:
        board.path(marked, fill=LIGHT.accent, edge=LIGHT.halo, width=fine * 0.06)
    y = room.bottom + fine * 0.4
    for line in lines:
        y += fine * LEADING
        board.text(box.x + box.width / 2, y - fine * 0.32, line, fine, LIGHT.quiet, align=0.5)
