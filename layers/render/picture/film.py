"""The last days as an animation: one picture a day, the same colours for the same figures in all, the day over it."""

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import av
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from geodata.errors import WanggeError
from geodata.press.order import SMALLEST, size_of
from geodata.press.sheet import Sheet
from geodata.words import say
from layers.render.book.type import FACES
from layers.render.picture.classes import classes_of
from layers.render.picture.draw import draw
from layers.tokens import LIGHT

Form = Literal["gif", "mp4"]
Progress = Callable[[int, int], None]
Channels = npt.NDArray[np.int16]

DAY_MS, LAST_MS = 900, 2_700
"""How long a day is shown, and the last one, so that it can be read before it begins anew."""
LARGEST = {"gif": 1_920, "mp4": 3_840}
"""Pixels of the longer side; what is ordered larger, for paper, is made smaller."""
RATE = 10
"""Frames a second of an MP4: a day is several equal ones, which cost nothing and play everywhere."""
HEAD = 0.075
"""Height of the band with the day, of the whole."""
COLOURS = 255
"""Of a GIF's one palette; one place is left for what does not change from frame to frame."""
FLAT = 96
"""The most frequent colours, which are those of areas and their hatches: each has a place of its own."""
APART = 5
"""Of the others, those of letters' edges, what differs by less in every channel shares a place."""


class NoFrames(WanggeError):
    """An animation of no day at all."""

    key = "film.no_frames"


def film(sheets: Sequence[Sheet], form: Form, progress: Progress | None = None) -> bytes:
    """Return sheets, oldest first, as an animation; one frame at a time is held as pixels. Raises NoFrames.

    `progress` is told the frames done, and of how many.
    """
    if not sheets:
        raise NoFrames
    frames = _frames(sheets, form, progress or (lambda _done, _total: None))
    return _gif(frames, len(sheets)) if form == "gif" else _mp4(frames, len(sheets))


def _frames(sheets: Sequence[Sheet], form: Form, progress: Progress) -> Iterator[Image.Image]:
    """Yield each day's frame. The classes are those of all days together: a colour means the same in every frame."""
    values = (cell.value for sheet in sheets for cell in sheet.cells if cell.shown == "value")
    common = classes_of(values, sheets[0].measure)
    width, height = _size(sheets[0].order.size, form)
    band = max(36, round(height * HEAD / 2) * 2)
    # A picture has a least size; what must be smaller is drawn larger and made smaller.
    larger = max(1.0, SMALLEST / width, SMALLEST / (height - band))
    asked = f"{round(width * larger)}x{round((height - band) * larger)}"
    for done, sheet in enumerate(sheets, 1):
        own = replace(sheet, order=sheet.order.model_copy(update={"size": asked}))
        frame = Image.new("RGB", (width, height), LIGHT.panel)
        with Image.open(io.BytesIO(draw(own, "png", classes=common))) as drawn:
            picture = drawn.convert("RGB")
        if picture.size != (width, height - band):
            picture = picture.resize((width, height - band), Image.Resampling.LANCZOS)
        frame.paste(picture, (0, band))
        _band(frame, sheet, band, done, len(sheets))
        yield frame
        progress(done, len(sheets))


def _size(name: str, form: Form) -> tuple[int, int]:
    """Return an animation's size in pixels: the ordered one's proportions, no side longer than may be, of a video even."""
    width, height = size_of(name)
    smaller = min(1.0, LARGEST[form] / max(width, height))
    width, height = round(width * smaller), round(height * smaller)
    return (width, height) if form == "gif" else (width // 2 * 2, height // 2 * 2)


def _band(frame: Image.Image, sheet: Sheet, high: int, nth: int, total: int) -> None:
    """Write the day over the picture, how far the animation is, and that a day has no data."""
    pen = ImageDraw.Draw(frame)
    width = frame.width
    text, left = _font(round(high * 0.56)), round(high * 0.4)
    pen.text((left, high / 2), day(sheet), LIGHT.text, font=text, anchor="lm")
    if all(cell.shown == "no_data" for cell in sheet.cells):
        after = left + pen.textlength(day(sheet), font=text) + high * 0.5
        small = _font(round(high * 0.4))
        pen.text((after, high / 2), _said("nothing", sheet), LIGHT.severe, font=small, anchor="lm")
    step = min(high * 0.5, width * 0.3 / total)
    begin = width - left - step * total
    for place in range(total):
        x, fill = begin + place * step, LIGHT.text if place < nth else LIGHT.line
        pen.rectangle((round(x), round(high * 0.4), round(x + step * 0.72), round(high * 0.6)), fill)
    pen.line((0, high - 1, width, high - 1), LIGHT.line, max(1, high // 40))


def day(sheet: Sheet) -> str:
    """Return the day that a sheet shows, in its language."""
    at = sheet.vintage or sheet.order.at
    return "" if at is None else _said("day", sheet, at.astimezone(ZoneInfo(sheet.zone)))


def _said(key: str, sheet: Sheet, at: datetime | None = None) -> str:
    languages = ("zh", "en") if sheet.order.language == "both" else (sheet.order.language,)
    parts = []
    for language in languages:
        facts: dict[str, object] = {}
        if at is not None:
            name = say("when.months", language).split()[at.month - 1]
            facts = {"year": at.year, "month": at.month, "day": at.day, "name": name}
        parts.append(say(f"film.{key}", language, **facts))
    return "  ".join(parts)


def _font(size: int) -> ImageFont.FreeTypeFont:
    file, number = FACES[True][0]
    return ImageFont.truetype(str(file), size, index=number)


def _gif(frames: Iterator[Image.Image], total: int) -> bytes:
    """Return an endless GIF with one palette, made of the colours of all frames, and nothing dithered."""
    kept: list[bytes] = []
    counts: dict[int, int] = {}
    for frame in frames:
        for count, colour in _colours(frame):
            counts[colour] = counts.get(colour, 0) + count
        out = io.BytesIO()
        frame.save(out, "PNG", compress_level=1)
        kept.append(out.getvalue())
    palette = _palette(counts)
    places = _places(sorted(counts), palette)

    def again() -> Iterator[Image.Image]:
        for content in kept:
            with Image.open(io.BytesIO(content)) as frame:
                yield _indexed(frame, places, palette)

    indexed = again()
    first, out = next(indexed), io.BytesIO()
    times_ms = [DAY_MS] * (total - 1) + [LAST_MS]
    first.save(
        out,
        "GIF",
        save_all=True,
        append_images=indexed,
        duration=times_ms if total > 1 else LAST_MS,
        loop=0,
        optimize=False,
    )
    return out.getvalue()


def _colours(frame: Image.Image) -> Iterator[tuple[int, int]]:
    """Yield how often each colour occurs, and the colour as one number."""
    for count, (red, green, blue) in frame.getcolors(frame.width * frame.height) or ():  # type: ignore[misc]
        yield count, red << 16 | green << 8 | blue


def _places(colours: Sequence[int], palette: Channels) -> npt.NDArray[np.uint8]:
    """Return for every colour there is its place in the palette, the nearest one; only those given are filled in.

    Pillow's own way to the nearest colour is fast by missing colours that are in the palette.
    """
    seen = np.array(colours, dtype=np.int32)
    parts = np.stack([seen >> 16 & 255, seen >> 8 & 255, seen & 255], axis=1)
    found = np.zeros(1 << 24, dtype=np.uint8)
    for begin in range(0, len(seen), 4_096):
        off = parts[begin : begin + 4_096, None, :] - palette[None, :, :].astype(np.int32)
        found[seen[begin : begin + 4_096]] = (off * off).sum(axis=2).argmin(axis=1)
    return found


def _indexed(frame: Image.Image, places: npt.NDArray[np.uint8], palette: Channels) -> Image.Image:
    """Return a frame in the palette's colours, nothing dithered."""
    parts = np.asarray(frame.convert("RGB"), dtype=np.uint32)
    found = Image.fromarray(places[parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2]], "P")
    found.putpalette([int(part) for part in palette.ravel()])
    return found


def _palette(counts: dict[int, int]) -> Channels:
    """Return red, green, blue of each place: the most frequent colours exactly, of those between only what differs."""
    ranked = sorted(counts, key=lambda colour: (-counts[colour], colour))[:20_000]
    parts = np.array([(c >> 16 & 255, c >> 8 & 255, c & 255) for c in ranked], dtype=np.int16)
    chosen = parts[:FLAT]
    for colour in parts[FLAT:]:
        if len(chosen) == COLOURS:
            break
        if np.abs(chosen - colour).max(axis=1).min() >= APART:
            chosen = np.vstack([chosen, colour])
    return chosen


def _mp4(frames: Iterator[Image.Image], total: int) -> bytes:
    """Return H.264 in MP4 that plays everywhere: 4:2:0, the index first, so that it begins before it is loaded."""
    with tempfile.TemporaryDirectory(prefix="wangge-film-") as folder:
        file = Path(folder) / "film.mp4"
        with av.open(str(file), "w", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream("libx264", rate=RATE, options={"crf": "18", "preset": "veryfast"})
            for nth, frame in enumerate(frames, 1):
                if nth == 1:
                    stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
                    stream.codec_context.colorspace = 1  # BT.709, as players expect of high definition
                    stream.codec_context.color_primaries = stream.codec_context.color_trc = 1
                shown = av.VideoFrame.from_ndarray(np.asarray(frame), format="rgb24")
                shown = shown.reformat(format="yuv420p", dst_colorspace="ITU709")
                for _ in range((LAST_MS if nth == total else DAY_MS) * RATE // 1000):
                    shown.pts = None
                    container.mux(stream.encode(shown))
            container.mux(stream.encode())
        return file.read_bytes()
