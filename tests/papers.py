"""Reading a PDF as a reader does: its text, its fonts, its pixels."""

import re
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, lines as they stand."""
    found = _ran(["pdftotext", "-layout", "-", "-"], pdf).decode()
    return found.split("\f")[:-1]


def fonts(pdf: bytes, folder: Path) -> list[list[str]]:
    """Return the rows of pdffonts: name, type …, embedded, subset, Unicode."""
    file = folder / "fonts.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdffonts", str(file)], capture_output=True, check=True)
    assert done.stderr == b"", done.stderr.decode()
    return [line.split() for line in done.stdout.decode().splitlines()[2:]]


def drawn(pdf: bytes, page: int, folder: Path, dpi: int = 100) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """Return a page's pixels as (height, width, 3)."""
    file = folder / f"page-{page}"
    command = ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-singlefile", "-png", "-", str(file)]
    _ran(command, pdf)
    with Image.open(f"{file}.png") as picture:
        return np.asarray(picture.convert("RGB"))


def timeless(pdf: bytes) -> bytes:
    """Return a file's text without its moments, to compare two that were made one after the other."""
    return MOMENT.sub("T", "\f".join(pages(pdf))).encode()


def _ran(command: list[str], given: bytes) -> bytes:
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout
