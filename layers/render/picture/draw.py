"""A sheet as PNG, PDF or SVG: the same sheet gives the same bytes, whoever draws it and wherever."""

import threading
from typing import Literal

from geodata.press.sheet import Sheet
from layers.render.picture import chart, furniture, key, saving, stamps
from layers.render.picture.board import Board
from layers.render.picture.classes import Classes
from layers.render.picture.classes import classes as classes_of_sheet
from layers.render.picture.composing import compose
from layers.render.picture.plan import plan

Form = Literal["png", "pdf", "svg"]
FORMS: tuple[Form, ...] = ("png", "pdf", "svg")
_ONE_AT_A_TIME = threading.Lock()
"""matplotlib's fonts are shared by all threads of a process."""


def draw(sheet: Sheet, form: Form, *, classes: Classes | None = None) -> bytes:
    """Return a sheet's picture as a file. `classes` are those of a row of sheets that share one legend.

    Raises FontsMissing where the server lacks the fonts.
    """
    with _ONE_AT_A_TIME:
        return saving.saved(painted(sheet, classes), form, sheet)


def painted(sheet: Sheet, classes: Classes | None = None) -> Board:
    """Return the board with everything on it."""
    own = classes_of_sheet(sheet) if classes is None else classes
    page = compose(sheet, plan(sheet.order.size), key.groups(sheet, own))
    format_ = page.plan
    board = Board(format_.width, format_.height, format_.dpi)
    map_ = chart.placed(sheet, page.map, format_)
    chart.paint(board, map_, own, format_)
    stamps.watermark(board, sheet, page.map, format_)
    chart.paint_over(board, map_, format_)
    if format_.shape == "cover":
        stamps.badge_on_map(board, sheet, page.map, format_)
    stamps.withdrawn(board, sheet, page.map, format_)
    page.head.paint(board, page.head_at.x, page.head_at.y, page.head_at.width)
    for column in page.keys:
        column.key.paint(board, column.x, column.y)
    if page.locator is not None:
        furniture.locator(board, sheet, page.locator, format_)
    page.foot.paint(board, page.foot_at.x, page.foot_at.y)
    return board
