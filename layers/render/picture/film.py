"""STAND-IN for helper moving's module of this name."""

import io
from collections.abc import Callable, Sequence
from typing import Literal

from PIL import Image

from geodata.press.sheet import Sheet
from layers.render.picture.draw import draw


def film(sheets: Sequence[Sheet], form: Literal["gif", "mp4"], progress: Callable[[int, int], None]) -> bytes:
    """Return one frame a sheet."""
    frames = []
    for done, sheet in enumerate(sheets):
        frames.append(Image.open(io.BytesIO(draw(sheet, "png"))).convert("P"))
        progress(done + 1, len(sheets))
    out = io.BytesIO()
    if form == "mp4":
        return b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=500)
    return out.getvalue()
