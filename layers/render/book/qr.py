"""A QR code as boxes: what a tablet scans to open the grid that the paper shows."""

import segno

from layers.render.book.content import Book
from layers.render.book.paper import Box, Paper

QUIET_MODULES = 4
"""White around the code, which scanners need."""


def address(book: Book, grid: str) -> str:
    """Return where the tablet shows a grid."""
    return f"{book.base_url}/grid?area={grid}"


def matrix(url: str) -> list[list[bool]]:
    """Return the rows of a code, true where it is dark. A quarter of it may be torn or soiled."""
    code = segno.make(url, micro=False, error="m", boost_error=False)
    return [[bool(cell) for cell in row] for row in code.matrix]


def draw(paper: Paper, url: str, at: Box) -> None:
    """Draw the code into a square, with its quiet zone inside."""
    rows = matrix(url)
    left, top, right, bottom = at
    paper.box(at, fill="#FFFFFF", edge=None, z=1)
    module = min(right - left, bottom - top) / (len(rows) + 2 * QUIET_MODULES)
    for y, row in enumerate(rows):
        begin = None
        for x, dark in enumerate([*row, False]):
            if dark and begin is None:
                begin = x
            elif not dark and begin is not None:
                across = (left + (begin + QUIET_MODULES) * module, left + (x + QUIET_MODULES) * module)
                down = (top + (y + QUIET_MODULES) * module, top + (y + 1 + QUIET_MODULES) * module)
                paper.box((across[0], down[0], across[1], down[1]), fill="#000000", edge=None, z=2)
                begin = None
