"""Animations as a player sees them: decoded again, frame by frame."""

import io
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from layers.render.picture.classes import classes_of
from layers.render.picture.film import DAY_MS, LAST_MS, RATE, NoFrames, day, film
from tests.moving_sheets import sheet, week

SIZE = "640x420"
Pixels = npt.NDArray[np.uint8]


def gif_frames(content: bytes) -> list[tuple[Pixels, int]]:
    """Return each frame's pixels and how long it is shown, in milliseconds."""
    found = []
    with Image.open(io.BytesIO(content)) as picture:
        for n in range(picture.n_frames):
            picture.seek(n)
            found.append((np.asarray(picture.convert("RGB")), int(picture.info["duration"])))
    return found


def mp4_frames(content: bytes) -> tuple[list[Pixels], float, av.VideoCodecContext]:
    """Return every frame's pixels, how long all of it takes in seconds, and what it is coded by."""
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        return frames, float(container.duration or 0) / av.time_base, stream.codec_context


def colours_of(frame: Pixels) -> set[tuple[int, int, int]]:
    return {(int(r), int(g), int(b)) for r, g, b in np.unique(frame.reshape(-1, 3), axis=0)}


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def test_a_gif_has_a_frame_a_day_and_the_last_one_stays() -> None:
    told: list[tuple[int, int]] = []
    found = gif_frames(film(week(size=SIZE), "gif", lambda done, total: told.append((done, total))))
    assert [shape.shape for shape, _ in found] == [(420, 640, 3)] * 4
    assert [shown for _, shown in found] == [DAY_MS, DAY_MS, DAY_MS, LAST_MS]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert all((one != two).any() for (one, _), (two, _) in pairwise(found))


def test_a_colour_means_the_same_in_every_frame() -> None:
    """The greatest figure of the last day has the last class; the first day, a ninth of it, does not reach there."""
    sheets = week(size=SIZE)
    common = classes_of((c.value for s in sheets for c in s.cells if c.value is not None), sheets[0].measure)
    found = [colours_of(frame) for frame, _ in gif_frames(film(sheets, "gif"))]
    shown = [{colour for colour in common.colours if rgb(colour) in frame} for frame in found]
    for one, seen in zip(sheets, shown, strict=True):
        drawn = {common.colour(c.value) for c in one.cells if c.value is not None}
        assert drawn <= seen, "classes that occur are drawn in their very colours, nothing dithered"
    painted = [{common.colour(c.value) for c in one.cells if c.value is not None} for one in sheets]
    assert painted[0] != painted[-1]


def test_a_day_without_data_says_so() -> None:
    sheets = week(size=SIZE)
    bare = [colours_of(frame[:32]) for frame, _ in gif_frames(film(sheets, "gif"))]
    red = [any(r > 170 and g < 70 and b < 70 for r, g, b in colours) for colours in bare]
    assert red == [False, True, False, False], "its band says it in the colour of what is severe"


def test_the_day_is_said_in_the_order_s_language() -> None:
    assert day(sheet()) == "2020年2月14日"
    assert day(sheet(language="en")) == "14 Feb 2020"
    assert day(sheet(language="both")) == "2020年2月14日  14 Feb 2020"


def test_an_mp4_plays_everywhere() -> None:
    content = film(week(size="641x421"), "mp4")
    frames, seconds, coded = mp4_frames(content)
    assert len(frames) == (3 * DAY_MS + LAST_MS) * RATE // 1000
    assert seconds == pytest.approx((3 * DAY_MS + LAST_MS) / 1000, abs=0.15)
    assert frames[0].shape == (420, 640, 3), "4:2:0 needs even sides"
    assert (coded.name, coded.pix_fmt) == ("h264", "yuv420p")
    assert content.index(b"moov") < content.index(b"mdat"), "the index comes first"
    middles = [frames[n * DAY_MS * RATE // 1000 + 4].astype(int) for n in range(4)]
    for one, two in pairwise(middles):
        assert np.abs(one - two).mean() > 0.3, "each day is another picture"


def test_colours_of_an_mp4_are_those_of_the_picture() -> None:
    sheets = week(days=1, size=SIZE)
    (last, _), video = gif_frames(film(sheets, "gif"))[0], mp4_frames(film(sheets, "mp4"))[0][0]
    assert np.median(np.abs(last.astype(int) - video.astype(int))) <= 3


@pytest.mark.parametrize(("size", "wanted"), [("a4", (1357, 1920)), ("cover", (900, 383)), ("320x320", (320, 320))])
def test_any_size_that_can_be_ordered(size: str, wanted: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(film([sheet(size=size)], "gif"))) as picture:
        assert picture.size == wanted


def test_no_day_is_no_animation() -> None:
    with pytest.raises(NoFrames):
        film([], "gif")


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    film(week(days=1, size=SIZE), "mp4")
    assert list(tmp_path.iterdir()) == []
