"""From the board to a file: no date, no random name, no part from elsewhere, so that equal pictures are equal files."""

import io
import struct
import zlib
from typing import Any, cast

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG

from geodata.press.sheet import Sheet
from layers.render.picture import saying
from layers.render.picture.board import Board
from layers.render.picture.embedding import with_fonts

COMPRESSION = 6
SETTINGS: dict[str, Any] = {
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "svg.fonttype": "none",
    "svg.hashsalt": "wangge",
    "path.simplify": False,
    "text.hinting": "no_hinting",
    "text.usetex": False,
    "axes.unicode_minus": False,
}


def saved(board: Board, form: str, sheet: Sheet) -> bytes:
    """Return the board as a file of `png`, `pdf` or `svg`."""
    writers = {"png": _png, "pdf": _pdf, "svg": _svg}
    with mpl.rc_context(cast("Any", SETTINGS)):
        return writers[form](board, saying.title(sheet))


def _png(board: Board, _title: str) -> bytes:
    canvas = FigureCanvasAgg(board.figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return png(np.asarray(canvas.buffer_rgba()), board.dpi)  # type: ignore[no-untyped-call]


def png(pixels: npt.NDArray[np.uint8], dpi: int) -> bytes:
    """Return an opaque picture (height × width × RGBA) as PNG.

    Its rows are left unfiltered. Every library tries all filters on each row, which suits photographs; flat colours pack
    better without, and in half the time.
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:].reshape(height, width, 3)[:] = pixels[:, :, :3]
    dots = round(dpi / 0.0254)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"sRGB", b"\0"),
        (b"pHYs", struct.pack(">IIB", dots, dots, 1)),
        (b"IDAT", zlib.compress(rows.data, COMPRESSION)),
        (b"IEND", b""),
    )
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, content in chunks:
        parts += [struct.pack(">I", len(content)), name, content, struct.pack(">I", zlib.crc32(name + content))]
    return b"".join(parts)


def _pdf(board: Board, title: str) -> bytes:
    file = io.BytesIO()
    facts = {"Title": title, "Creator": "Wangge", "Producer": "Wangge", "CreationDate": None}
    FigureCanvasPdf(board.figure).print_pdf(file, metadata=facts)  # type: ignore[no-untyped-call]
    return file.getvalue()


def _svg(board: Board, title: str) -> bytes:
    file = io.StringIO()
    facts = {"Title": title, "Creator": None, "Date": None, "Format": None, "Type": None}
    FigureCanvasSVG(board.figure).print_svg(file, metadata=facts)  # type: ignore[no-untyped-call]
    return with_fonts(file.getvalue()).encode()
