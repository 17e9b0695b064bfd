"""The page that leaves the office, as text: nothing of another host, nothing run that is not ours, always the same."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from geodata.press.sheet import Outline
from layers.render.picture.classes import classes
from layers.render.picture.page import figure_of, page
from tests.moving_sheets import cells, sheet

EVIL = '</script><img src=x onerror="alert(1)"><b>粗体</b> {{7*7}} `${alert(2)}`'


class Read(HTMLParser):
    """Everything in a page that asks for something, and every tag."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.asks: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self.title = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "srcset", "poster", "data", "action"):
                self.asks.append(f"{tag} {name}={value}")
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "title" and not self.title:
            self.title = data
        if self.tags and self.tags[-1] not in ("script", "style"):
            self.text += data


def test_nothing_is_asked_of_anybody() -> None:
    content = page(sheet())
    read = Read(content)
    assert read.asks == []
    assert read.handlers == []
    assert {"link", "iframe", "img", "object", "base"} & set(read.tags) == set()
    assert re.findall(r"url\((?!#)[^)]*\)|@import", content) == []
    addresses = set(re.findall(r"https?://[^\"'\s)<]+", content)) - {
        "http://www.w3.org/2000/svg",
        "https://leafletjs.com",
    }
    assert addresses == set(), "names of namespaces and of Leaflet's authors are no requests"


def test_the_policy_allows_our_scripts_alone() -> None:
    content = page(sheet())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', content)
    assert policy.startswith("default-src 'none'")
    assert policy.count("sha256-") == content.count("<script>") == 3
    assert "unsafe-eval" not in policy
    assert "script-src 'unsafe-inline'" not in policy


def test_the_same_sheet_is_the_same_page() -> None:
    assert page(sheet()) == page(sheet())
    assert page(sheet()) != page(sheet(title="另一个"))


def test_it_says_everything_that_a_picture_says() -> None:
    content = Read(page(sheet(title="在管住户", note="注意事项", review_number="GS(2020)1号"))).text
    for said in (
        "在管住户",
        "注意事项",
        "数据时间：2020-02-14 07:48",
        "三门峡市疫情防控指挥部",
        "审图号：",
        "GS(2020)1号",
        "草稿",
        "演示数据",
        "数量过小，不公布",
        "无数据",
        "定点宾馆",
        "已满",
        "第3街道",
    ):
        assert said in content, said


def test_a_release_bears_its_number_and_a_withdrawn_one_says_so() -> None:
    released = replace(sheet(), number="WG-2020-0007", demo=False)
    content = Read(page(released)).text
    assert "WG-2020-0007" in content
    assert "草稿" not in content
    assert "演示数据" not in content
    assert "已撤回" in Read(page(replace(released, withdrawn=True))).text


@pytest.mark.parametrize(
    ("language", "lang", "said"),
    [("zh", "zh-CN", "数据时间"), ("en", "en", "Data time"), ("both", "zh-CN", "Data time")],
)
def test_languages(language: str, lang: str, said: str) -> None:
    content = page(sheet(language=language))
    assert f'<html lang="{lang}">' in content
    assert said in Read(content).text


def test_what_somebody_wrote_is_text() -> None:
    """Title, note, source, and the names of areas and hotels, which others deliver."""
    own = sheet(title=EVIL, note=EVIL)
    own = replace(
        own,
        source=EVIL,
        area=Outline("411202", EVIL, "county", own.area.geometry),
        cells=tuple(replace(cell, name=EVIL) for cell in own.cells),
        spots={"hotels": tuple(replace(spot, label=EVIL) for spot in own.spots["hotels"])},
    )
    read = Read(page(own))
    assert read.title == EVIL
    assert "img" not in read.tags
    assert "b" not in read.tags
    assert read.handlers == []
    assert read.tags.count("script") == 3


def test_nothing_withheld_is_in_the_page() -> None:
    """A withheld area has no value on a sheet; what is told of it is that it is withheld."""
    own = sheet()
    assert figure_of(own.cells[7], own) == "数量过小，不公布"
    assert figure_of(own.cells[8], own) == "无数据"
    assert figure_of(own.cells[3], own).startswith("130")


def test_colours_are_those_of_the_picture() -> None:
    own = sheet()
    content = page(own)
    known = classes(own)
    assert {known.colour(cell.value) for cell in own.cells if cell.value is not None} <= set(
        re.findall("#[0-9A-F]{6}", content)
    )
    assert content.count('"fillColor": "url(#cross)"') == 1
    assert content.count('"fillColor": "url(#diagonal)"') >= 1


@pytest.mark.parametrize("shown", ["suppressed", "no_data"])
def test_a_sheet_without_a_single_figure(shown: str) -> None:
    content = page(sheet(shown=shown))
    assert 'id="map_sheet"' in content


def test_a_sheet_without_outlines() -> None:
    own = sheet()
    bare = replace(own, cells=tuple(replace(cell, geometry=None) for cell in cells()), around=(), spots={})
    content = Read(page(bare)).text
    assert "图上无边界" in content
    assert "第0街道" in content
