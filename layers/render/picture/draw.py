"""STAND-IN for helper picture's module of this name."""

import io
from typing import Literal

import matplotlib as mpl
from matplotlib.figure import Figure

from geodata.press.order import size_of
from geodata.press.sheet import Sheet


def draw(sheet: Sheet, form: Literal["png", "pdf", "svg"]) -> bytes:
    """Return a picture with the same proportions and hardly anything on it."""
    width, height = size_of(sheet.order.size)
    figure = Figure(figsize=(width / 96, height / 96), dpi=96)
    state = "WITHDRAWN " if sheet.withdrawn else ""
    figure.text(0.1, 0.8, f"{state}{sheet.number or 'DRAFT'} {sheet.area.code}")
    for place, cell in enumerate(sheet.cells[:40]):
        figure.text(0.1, 0.7 - place / 60, f"{cell.code} {cell.shown} {cell.value}")
    out = io.BytesIO()
    dated = {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}[form]
    with mpl.rc_context({"svg.hashsalt": "wangge", "svg.fonttype": "none"}):
        figure.savefig(out, format=form, metadata=dated)
    return out.getvalue()
