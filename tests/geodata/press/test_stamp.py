"""The number inside files: found again, the same bytes each time, and the file still opens."""

import io
import shutil
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from geodata.press.numbers import check_character, number_of, tidy
from geodata.press.stamp import number_in, stamp

NUMBER = number_of(2026, 123)


def files() -> dict[str, bytes]:
    figure = Figure(figsize=(2, 2))
    figure.text(0.1, 0.5, "map")
    found = {}
    for form in ("png", "pdf", "svg"):
        out = io.BytesIO()
        figure.savefig(out, format=form)
        found[form] = out.getvalue()
    found["html"] = b"<!DOCTYPE html>\n<html lang=zh><HEAD><meta charset=utf-8></HEAD><body>x</body></html>"
    out = io.BytesIO()
    frames = [Image.fromarray(np.full((40, 40), level, np.uint8)) for level in (0, 200)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    found["gif"] = out.getvalue()
    found["mp4"] = film()
    return found


def film() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 64
        for level in (0, 128, 255):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), level, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


FILES = files()


@pytest.mark.parametrize("form", FILES)
def test_a_number_is_found_where_it_was_put(form: str) -> None:
    plain = FILES[form]
    assert number_in(plain) is None
    marked = stamp(plain, form, NUMBER)
    assert number_in(marked) == NUMBER
    assert stamp(plain, form, NUMBER) == marked
    assert stamp(marked, form, NUMBER) == marked


@pytest.mark.parametrize("form", ["png", "gif"])
def test_a_marked_picture_shows_the_same(form: str) -> None:
    before, after = (Image.open(io.BytesIO(one)) for one in (FILES[form], stamp(FILES[form], form, NUMBER)))
    assert getattr(before, "n_frames", 1) == getattr(after, "n_frames", 1)
    assert np.array_equal(np.asarray(before.convert("RGB")), np.asarray(after.convert("RGB")))
    if form == "png":
        assert after.info["Wangge-Release"] == NUMBER


def test_a_marked_film_plays() -> None:
    with av.open(io.BytesIO(stamp(FILES["mp4"], "mp4", NUMBER))) as container:
        assert sum(1 for _ in container.decode(video=0)) == 3


def test_a_marked_pdf_opens_and_says_it(tmp_path: Path) -> None:
    assert shutil.which("pdfinfo")
    file = tmp_path / "x.pdf"
    file.write_bytes(stamp(FILES["pdf"], "pdf", NUMBER))
    said = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True)
    assert f"Keywords:        {NUMBER}" in said.stdout
    assert "Matplotlib" in said.stdout
    assert said.stderr == ""
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True)
    assert (text.stdout.strip(), text.stderr) == ("map", "")
    other = number_of(2026, 124)
    file.write_bytes(stamp(file.read_bytes(), "pdf", other))
    said = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True)
    assert (f"Keywords:        {other}" in said.stdout, said.stderr) == (True, "")
    assert number_in(file.read_bytes()) == other


@pytest.mark.parametrize("form", FILES)
def test_what_is_not_of_its_form_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match="not "):
        stamp(b"something else", form, NUMBER)


def test_nothing_is_found_in_noise() -> None:
    for content in (
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.4",
        b"GIF89a;",
        b"\x00" * 200,
        b"WG-2026-000123-4",
        "网格".encode(),
    ):
        assert number_in(content) is None
    wrong = stamp(FILES["svg"], "svg", NUMBER).replace(b"000123", b"000124")
    assert number_in(wrong) is None, "a number with a wrong check character is none"


def test_a_number_notices_a_slip_of_the_pen() -> None:
    assert f"WG-2026-000123-{check_character('2026000123')}" == NUMBER
    assert tidy(f" wg–2026 000123-{NUMBER[-1].lower()} ") == NUMBER
    assert number_of(2026, 1_234_567).startswith("WG-2026-1234567-")
    digits = "2026000123"
    for place in range(len(digits)):
        for digit in "0123456789":
            slipped = digits[:place] + digit + digits[place + 1 :]
            assert (tidy(f"WG-{slipped[:4]}-{slipped[4:]}-{NUMBER[-1]}") is not None) == (slipped == digits)
        turned = digits[:place] + digits[place : place + 2][::-1] + digits[place + 2 :]
        assert (tidy(f"WG-{turned[:4]}-{turned[4:]}-{NUMBER[-1]}") is not None) == (turned == digits)
    for typed in ("", "WG", "WG-2026-000123", "2026-000123-4", "WG-2026-000123-Y", "x" * 500):
        assert tidy(typed) is None
