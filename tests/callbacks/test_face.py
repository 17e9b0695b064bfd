"""A face as it is shown, from plain values: no door is lost, every term is told, nothing unsurveyed looks safe."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dash import html
from hypothesis import given
from hypothesis import strategies as st

from callbacks import card, face, homes
from callbacks.markup import markup
from geodata.model import SchemeState
from layers.registry import all_layers
from layers.render.face_sheet import sheet, title
from tests.callbacks.reading import having, text, told

NOW = datetime(2020, 2, 14, 12, tzinfo=UTC)


def state(code: str, severity: int, letter: str, **more: Any) -> SchemeState:
    usual = {"colour": "#E5484D", "zh": code, "en": code.upper(), "surveyed": True}
    return SchemeState(code=code, severity=severity, letter=letter, **(usual | more))


STATES = (
    state("wuhan", 1, "R", follow_days=14),
    state("unsurveyed", 4, "?", hatch="diagonal", surveyed=False),
    state("normal", 6, "W", colour="#F5F7FA"),
)


def door(
    number: int, unit: int, floor: int, room: str, code: str = "normal", left: int | None = None
) -> dict[str, Any]:
    return {"id": number, "unit": unit, "floor": floor, "room": room, "state": code, "days_left": left}


def found(*doors: dict[str, Any], **more: Any) -> dict[str, Any]:
    usual = {
        "id": 7,
        "name": "3号楼",
        "address": "崤山路3号楼",
        "kind": "slab",
        "units": 2,
        "floors": 3,
        "rooms_per_floor": 2,
    }
    usual |= {"area_code": "1", "area_name": "一格", "at": NOW, "data_time": NOW - timedelta(hours=2), "street": None}
    return usual | {"doors": list(doors)} | more


def cells(drawn: dict[str, Any]) -> list[Any]:
    return [cell for _, row in drawn["rows"] for cell in row if cell]


def test_the_top_floor_comes_first_and_places_without_a_door_stay_empty() -> None:
    drawn = sheet(found(door(1, 1, 3, "302", "wuhan", 5), door(2, 2, 1, "101")), STATES, "zh")
    assert drawn["columns"] == [["1单元", ["01", "02"]], ["2单元", ["01", "02"]]]
    assert drawn["rows"] == [
        ["3层", [0, [1, "302", 0, 5], 0, 0]],
        ["2层", [0, 0, 0, 0]],
        ["1层", [0, 0, [2, "101", 2, None], 0]],
    ]
    assert drawn["lefts"] == {"5": ("5天", "剩 5 天", "left")}


def test_terms_are_words_and_not_only_colours() -> None:
    doors = [door(n, 1, 1, f"10{n}", "wuhan", left) for n, left in ((1, 0), (2, -3))]
    lefts = sheet(found(*doors), STATES, "en")["lefts"]
    assert lefts == {"0": ("today", "due today", "due"), "-3": ("−3d", "3 days overdue", "over")}


def test_only_what_is_surveyed_and_not_followed_is_calm() -> None:
    assert [sign[5] for sign in sheet(found(), STATES, "zh")["states"]] == [1, 1, 0]


def test_a_state_of_an_older_scheme_never_looks_safe() -> None:
    drawn = sheet(found(door(1, 1, 1, "101", "blue")), STATES, "zh")
    assert drawn["states"][3][:2] == ("·", "blue")
    assert drawn["states"][3][4:] == ("diagonal", 1)
    region = face.panel(found(door(1, 1, 1, "101", "blue")), STATES, "zh", now=NOW)
    assert "blue" in text(having(region, "only"))


@given(
    st.lists(
        st.tuples(
            st.integers(-2, 40), st.integers(-2, 40), st.text("0123A甲-", min_size=1, max_size=5), st.integers(0, 3)
        ),
        max_size=30,
    )
)
def test_every_door_stands_once_whatever_it_is_called(places: list[tuple[int, int, str, int]]) -> None:
    doors = [door(n, unit, floor, room) for n, (unit, floor, room, _) in enumerate(places, 1)]
    drawn = sheet(found(*doors), STATES, "zh")
    assert sorted(cell[0] for cell in cells(drawn)) == [one["id"] for one in doors]
    width = sum(len(rooms) for _, rooms in drawn["columns"])
    assert {len(row) for _, row in drawn["rows"]} == {width}


def test_a_building_that_claims_too_much_is_drawn_from_its_doors() -> None:
    drawn = sheet(found(door(1, 3, 9, "903"), units=30_000, floors=30_000, rooms_per_floor=30_000), STATES, "zh")
    assert drawn["columns"] == [["3单元", ["03"]]]
    assert len(drawn["rows"]) == 1


def street(*names: str) -> dict[str, Any]:
    houses = [
        {"building_id": n, "name": name, "address": f"上街{name}", "doors": [door(n, 1, 1, "101")] * (name != "4号")}
        for n, name in enumerate(names, 1)
    ]
    return found(name=names[0], address=f"上街{names[0]}", kind="house", id=1, street=houses)


def test_a_street_has_two_sides_and_its_own_name() -> None:
    drawn = sheet(street("1号", "2号", "3号", "4号"), STATES, "zh")
    assert title(street("1号")) == "上街"
    assert [words for words, _ in drawn["columns"]] == ["单号侧", "双号侧"]
    assert drawn["rows"] == [
        ["", [[1, "1号", 2, None, 1], [2, "2号", 2, None]]],
        ["", [[3, "3号", 2, None], [0, "4号"]]],
    ]
    assert [words for words, _ in sheet(street("1号", "3号"), STATES, "zh")["columns"]] == ["单号侧"]


def test_the_panel_says_whose_of_when_and_how_many() -> None:
    doors = [door(1, 1, 1, "101", "wuhan", 0), door(2, 1, 1, "102", "wuhan", -1), door(3, 1, 2, "201")]
    region = face.panel(found(*doors), STATES, "zh", now=NOW, demo=True)
    assert [text(one) for one in having(region, "counted")] == [
        "3 全部",
        "1 逾期",
        "1 今日到期",
        "2 wuhan",
        "0 unsurveyed",
        "1 normal",
    ]
    assert told(region, "aria-pressed") == ["true", *["false"] * 5]
    assert "3号楼" in text(region)
    assert text(having(region, "where")) == "崤山路3号楼  ·  一格  ·  2 单元 · 3 层 · 每层 2 户 · 共 3 户"
    assert text(having(region, "on-paper")) == "数据时间 2020年2月14日 10:00"
    assert having(region, "demo")
    assert not having(region, "then")
    (drawn,) = told(region, "data-sheet")
    assert len(cells(json.loads(drawn))) == 3


def test_the_past_says_so_and_leads_back() -> None:
    region = face.panel(found(at=NOW - timedelta(days=3)), STATES, "zh", now=NOW, past=True)
    assert text(having(region, "then")) == "历史时刻 2月11日 12:00"
    assert told(region, "data-go") == ["at=", "area=1", "face="]
    assert "没有记录不等于没有情况" in text(region)


def test_a_face_opens_from_cards_and_from_the_list() -> None:
    opener = face.opener(7, "zh")
    assert (opener.href, told(opener, "data-go")) == ("/map?face=7", ["face=7"])
    listed = [{"id": 4, "kind": "house", "title": "上街", "buildings": 9}]
    assert "上街" in text(homes.head(STATES, "", 3, "zh", listed))
    assert told(homes.head(STATES, "", 3, "zh", listed), "data-ask") == ["face"]
    assert told(homes.head(STATES, "", 3, "zh"), "data-ask") == []
    buildings = all_layers()["buildings"]
    picked = card.Picked(buildings, {"name": "3号楼", "data_time": NOW}, None, STATES, 7, (0, 0))
    assert "face=7" in told(card.body(picked, NOW, "zh"), "data-go")


@pytest.mark.parametrize(
    ("component", "wanted"),
    [
        (html.P(["a<b", None, 3, html.Br()]), "<p>a&lt;b3<br></p>"),
        (html.A("x", href='"><b>', className="c"), '<a class="c" href="&quot;&gt;&lt;b&gt;">x</a>'),
        (html.Option("x", value="", selected=True), '<option selected value="">x</option>'),
        (html.Div(style={"backgroundColor": "#fff"}, hidden=False), '<div style="background-color:#fff"></div>'),
        (html.Div(**{"data-x": "1", "aria-hidden": "true"}), '<div aria-hidden="true" data-x="1"></div>'),
    ],
)
def test_components_become_html_with_everything_escaped(component: Any, wanted: str) -> None:
    assert markup(component) == wanted
