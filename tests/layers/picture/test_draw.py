import base64
import hashlib
import io
import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.text import Text
from PIL import Image

from geodata.press.order import PAGES_MM, PIXELS, size_of
from geodata.press.sheet import Sheet
from layers.render.picture import hatching, stamps
from layers.render.picture.board import Box
from layers.render.picture.classes import classes
from layers.render.picture.composing import compose
from layers.render.picture.draw import FORMS, Form, draw, painted
from layers.render.picture.fonts import BOLD, REGULAR, place_of
from layers.render.picture.key import groups
from layers.render.picture.plan import plan
from tests.picture_sheets import cells, sheet, spot

SVG = "{http://www.w3.org/2000/svg}"
LONG = ("三门峡市各区县住户总数（二〇二〇年二月），按乡镇街道汇总；数量过小的单元不予公布。" * 6)[:200]
TITLES = {
    "chinese": "三门峡市各区县住户总数",
    "long": LONG,
    "emoji": "😀 户 ✓ ☀",
    "arabic": "خريطة المدينة 2020 三门峡",
    "hebrew": "שלום עולם",
    "html": "<b>住户</b> & <script>alert('x')</script> $x_2$",
    "rare": "𠮷家乡 㙍口 𣲲村",
}
SPOTS = {
    "hotels": (spot(0.5, 0.5, "天鹅湖宾馆", "full"), spot(2.5, 2.5, "洛水宾馆", "free")),
    "clinics": (spot(1.5, 0.4, "市中心医院", "open", "designated_hospital"),),
}


def titled(name: str, **order: Any) -> Sheet:
    return sheet(order={"title": TITLES[name], **order})


@pytest.mark.parametrize("size", [*PIXELS, *PAGES_MM, "1200x800"])
def test_a_png_has_the_pixels_that_were_asked_for(size: str) -> None:
    with Image.open(io.BytesIO(draw(sheet(order={"size": size}, spots=SPOTS), "png"))) as picture:
        picture.load()
        assert picture.size == size_of(size)
        assert picture.mode == "RGB"
        if size in PAGES_MM:
            assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize(
    ("size", "language"), [*product([*PIXELS, *PAGES_MM, "1600x1600", "2400x900"], ["zh", "both"])]
)
@pytest.mark.parametrize("text", ["chinese", "long"])
def test_regions_keep_apart_whatever_is_said(size: str, language: str, text: str) -> None:
    drawn = sheet(
        order={"size": size, "language": language, "title": TITLES[text], "note": LONG[:120]},
        spots=SPOTS,
        cells=cells(("value",) * 7 + ("no_data", "suppressed")),
    )
    format_ = plan(size)
    page = compose(drawn, format_, groups(drawn, classes(drawn)))
    keys = [column.box for column in page.keys]
    regions = [page.head_at, page.foot_at, page.map, *keys, *([page.locator] if page.locator else [])]
    assert page.plan.type.fine >= (format_.type.fine if (text, language) == ("chinese", "zh") else 7)
    whole = Box(-0.5, -0.5, format_.width + 1, format_.height + 1)
    assert all(whole.holds(region) for region in regions)
    for i, one in enumerate(regions):
        for other in regions[i + 1 :]:
            assert not one.inset(0.6).overlaps(other.inset(0.6)), (one, other)
    assert page.head.title.whole
    assert page.map.width * page.map.height >= 0.24 * format_.width * format_.height


@pytest.mark.parametrize("size", [*PIXELS, *PAGES_MM])
def test_the_finest_print_can_be_read(size: str) -> None:
    format_ = plan(size)
    points = format_.type.fine * 72 / format_.dpi
    assert format_.type.fine >= 11
    assert points >= (6.5 if size in PAGES_MM else 8)
    sizes = (format_.type.fine, format_.type.text, format_.type.label, format_.type.head, format_.type.title)
    assert list(sizes) == sorted(sizes)


@pytest.mark.parametrize("name", ["chinese", "long", "arabic", "rare"])
def test_pdf_embeds_every_font_and_gives_its_title_back(name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(draw(titled(name, note="备注 note", size="a4"), "pdf"))
    fonts = run("pdffonts", file).splitlines()[2:]
    assert fonts
    assert all(re.search(r"\s(yes)\s+(yes)\s+(yes)\s+\d+\s+\d+$", line) for line in fonts), fonts
    assert "LastResort" not in "".join(fonts)
    text = run("pdftotext", "-raw", file, "-")
    for word in ("陕州区", "𠮷家乡", "演示数据", "审图号"):
        assert word in text
    if name not in {"arabic", "hebrew"}:
        assert plain(TITLES[name]) in plain(text)
    else:
        assert set(plain(TITLES[name])) <= set(plain(text))


def run(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def plain(text: str) -> str:
    return "".join(text.split())


def texts(svg: bytes) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}text"))


@pytest.mark.parametrize("name", TITLES)
def test_svg_has_its_title_as_text_and_brings_every_glyph(name: str) -> None:
    svg = draw(titled(name), "svg")
    found = texts(svg)
    assert plain(TITLES[name]) in plain("".join(element.text or "" for element in found))
    fonts = embedded(svg.decode())
    for element in found:
        weight = BOLD if "font-weight: 700" in element.get("style", "") else REGULAR
        for character in element.text or "":
            family = FAMILIES[place_of(character, weight) or 0]
            assert ord(character) in fonts[family, weight], (character, family, weight)


FAMILIES = ("Noto Sans CJK SC", "DejaVu Sans", "HanaMinA", "HanaMinB")


def embedded(svg: str) -> dict[tuple[str, int], set[int]]:
    found = {}
    for family, weight, content in re.findall(
        r"@font-face\{font-family:'([^']+)';font-weight:(\d+);src:url\(data:font/woff2;base64,([^)]+)\)", svg
    ):
        font = TTFont(io.BytesIO(base64.b64decode(content)))
        found[family, int(weight)] = set(font.getBestCmap())
    return found


def test_svg_refers_to_nothing_outside() -> None:
    svg = draw(sheet(spots=SPOTS), "svg").decode()
    assert "<!DOCTYPE" not in svg
    assert "<image" not in svg
    for reference in re.findall(r"(?:href|src)\s*=\s*\"([^\"]*)\"|url\(([^)]*)\)", svg):
        target = "".join(reference).strip("\"'")
        assert target.startswith(("#", "data:")), target


def test_no_glyph_is_drawn_that_no_font_has(recwarn: pytest.WarningsRecorder) -> None:
    for form in FORMS:
        draw(sheet(cells=cells(), order={"title": TITLES["rare"], "language": "both"}, spots=SPOTS), form)
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


PROGRAM = """
import hashlib
from layers.render.picture.draw import draw
from tests.layers.picture.test_draw import SPOTS
from tests.picture_sheets import sheet
for form in ("png", "pdf", "svg"):
    print(hashlib.sha256(draw(sheet(spots=SPOTS, order={"language": "both"}), form)).hexdigest())
"""


def test_the_same_sheet_is_the_same_bytes_in_every_process() -> None:
    here = [
        hashlib.sha256(draw(sheet(spots=SPOTS, order={"language": "both"}), form)).hexdigest()
        for form in ("png", "pdf", "svg")
    ]
    for seed in ("1", "2"):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": ".",
            "TZ": "Asia/Tokyo",
            "SOURCE_DATE_EPOCH": "",
        }
        environment.pop("SOURCE_DATE_EPOCH")
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == here


@pytest.mark.parametrize("form", FORMS)
def test_number_draft_withdrawal_and_demonstration_are_on_the_picture(form: Form) -> None:
    draft, released = sheet(), sheet(number="2020-0007", demo=False)
    assert draw(draft, form) != draw(released, form)
    if form == "svg":
        said = {
            name: plain("".join(e.text or "" for e in texts(draw(drawn, form))))
            for name, drawn in {
                "draft": draft,
                "released": released,
                "withdrawn": sheet(number="2020-0007", withdrawn=True),
            }.items()
        }
        assert "草稿DRAFT" in said["draft"]
        assert "演示数据DEMONSTRATION" in said["draft"]
        assert "2020-0007" in said["released"]
        assert "草稿" not in said["released"]
        assert "演示" not in said["released"]
        assert "已撤回WITHDRAWN" in said["withdrawn"]


def test_the_watermark_is_repeated_over_the_map() -> None:
    written = [text for text in painted(sheet()).figure.findobj(Text) if text.get_rotation()]
    assert len([text for text in written if stamps.both("demo") in text.get_text()]) >= 4


def test_review_number_and_times_are_written() -> None:
    said = plain("".join(e.text or "" for e in texts(draw(sheet(order={"review_number": "豫S(2020)001号"}), "svg"))))
    assert "审图号：豫S(2020)001号" in said
    assert "2020-02-1116:00" in said


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shown", ["no_data", "suppressed"])
def test_an_area_without_anything_to_show_is_still_a_map(form: Form, shown: Any) -> None:
    drawn = sheet(cells=cells((shown,) * 9), data_time=None)
    assert len(draw(drawn, form)) > 5_000


def test_hatched_areas_are_lighter_than_the_lightest_class_nowhere_alike() -> None:
    pictures = {}
    for shown in ("no_data", "suppressed"):
        content = draw(sheet(cells=cells((shown,) * 9), demo=False, number="1"), "png")
        pictures[shown] = np.asarray(Image.open(io.BytesIO(content)).convert("L"), dtype=float)
    alike = draw(sheet(cells=cells(values=(7.0,) * 9), demo=False, number="1"), "png")
    low = np.asarray(Image.open(io.BytesIO(alike)).convert("L"), dtype=float)
    view = slice(400, 700), slice(500, 800)
    assert low[view].std() < pictures["no_data"][view].std()
    assert abs(pictures["no_data"][view] - pictures["suppressed"][view]).mean() > 3
    assert hatching.INK[hatching.NO_DATA] != hatching.INK[hatching.SUPPRESSED]


def test_areas_without_a_boundary_are_named_in_the_fine_print() -> None:
    from dataclasses import replace

    parts = cells()
    drawn = sheet(cells=(replace(parts[0], geometry=None), *parts[1:]))
    said = plain("".join(e.text or "" for e in texts(draw(drawn, "svg"))))
    assert f"图上无边界：{parts[0].name}" in said
