"""From the board to a file: no date, no random name, no part from elsewhere, so that equal pictures are equal files."""

import io
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from PIL import Image

from geodata.press.sheet import Sheet
from layers.render.picture import saying
from layers.render.picture.board import Board
from layers.render.picture.embedding import with_fonts

COMPRESSION = 4
"""Of PNG: beyond it files shrink by a few per cent and take twice as long."""
SETTINGS: dict[str, Any] = {
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "svg.fonttype": "none",
    "svg.hashsalt": "wangge",
    "path.simplify": False,
    "text.hinting": "no_hinting",
    "text.hinting_factor": 1,
    "text.usetex": False,
    "axes.unicode_minus": False,
}


def saved(board: Board, form: str, sheet: Sheet) -> bytes:
    """Return the board as a file of `png`, `pdf` or `svg`."""
    writers = {"png": _png, "pdf": _pdf, "svg": _svg}
    with mpl.rc_context(SETTINGS):
        return writers[form](board, saying.title(sheet))


def _png(board: Board, _title: str) -> bytes:
    canvas = FigureCanvasAgg(board.figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[:, :, :3]
    file = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    picture.save(file, "PNG", compress_level=COMPRESSION, dpi=(board.dpi, board.dpi))
    return file.getvalue()


def _pdf(board: Board, title: str) -> bytes:
    file = io.BytesIO()
    facts = {"Title": title, "Creator": "Wangge", "Producer": "Wangge", "CreationDate": None}
    FigureCanvasPdf(board.figure).print_pdf(file, metadata=facts)
    return file.getvalue()


def _svg(board: Board, title: str) -> bytes:
    file = io.StringIO()
    facts = {"Title": title, "Creator": None, "Date": None, "Format": None, "Type": None}
    FigureCanvasSVG(board.figure).print_svg(file, metadata=facts)
    return with_fonts(file.getvalue()).encode()
