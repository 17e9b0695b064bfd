"""What the regions of the desk say, from plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callbacks import below, card, chrome, find, homes, layer_panel, numbers, parts, trail
from geodata.areas import AreaCard, AreaName
from geodata.errors import BadValue, DatabaseAway, UnknownArea
from geodata.model import SchemeState
from layers.registry import all_layers
from tests.callbacks.reading import having, text, told, walk

NOW = datetime(2020, 2, 14, 12, tzinfo=UTC)
AREA = AreaCard("411202", "湖滨区", "county", "411200", None, "许", "0398", (), ())
MEASURES = all_layers()["areas"].measures


def state(code: str, severity: int, letter: str, **more: Any) -> SchemeState:
    usual = {"colour": "#E5484D", "zh": code, "en": code.upper(), "surveyed": True}
    return SchemeState(code=code, severity=severity, letter=letter, **(usual | more))


STATES = (
    state("wuhan", 1, "R", follow_days=14),
    state("unsurveyed", 4, "?", hatch="diagonal", surveyed=False),
    state("normal", 6, "W", colour="#F5F7FA"),
)


def summary(**more: Any) -> dict[str, Any]:
    nothing = {"total": 0, "data_time": None}
    usual = {
        "households": {"wuhan": 3, "normal": 1097},
        "households_data_time": NOW - timedelta(minutes=5),
        "total": 1100,
        "due_today": 0,
        "overdue": 2,
        "new_today": 1,
        "checkpoints": {"total": 4, "staffed": 3, "silent": 1, "passed": 9, "data_time": NOW - timedelta(hours=9)},
        "hotels": {"total": 1, "rooms": 10, "occupied": 4, "data_time": NOW},
        "clinics": nothing,
        "patrols": {"in_air": None, "data_time": None},
    }
    return usual | more


def shown(found: dict[str, Any], before: dict[str, Any] | None = None, language: str = "zh") -> list[Any]:
    return numbers.numbers(numbers.Shown(AREA, found, STATES, NOW, language, before or {}))


@pytest.mark.parametrize(
    ("level", "homes", "present", "linked"),
    [
        ("village", True, True, True),
        ("grid", True, True, True),
        ("township", True, True, False),
        ("village", False, True, False),
        ("village", True, False, False),
    ],
)
def test_a_village_leads_to_its_map_book(level: str, homes: bool, present: bool, linked: bool) -> None:
    """Only where homes may be seen, and only of the present: a book of a past moment is not printed."""
    found = summary() if homes else {name: value for name, value in summary().items() if name != "households"}
    region = numbers.numbers(numbers.Shown(replace(AREA, level=level), found, STATES, NOW, "zh", {}, present))
    links = [one.href for one in walk(region) if getattr(one, "href", "").startswith("/api/book/")]
    assert links == (["/api/book/411202.pdf"] if linked else [])


def test_numbers_carry_letter_time_and_what_is_due() -> None:
    region = shown(summary())
    words = text(region)
    assert "湖滨区" in words
    assert "数据 11:55 · 5 分钟前" in words
    assert [text(one) for one in having(region, "severe")] == ["2", "1"]
    assert [text(one) for one in having(having(region, "states"), "swatch")] == ["R", "?", "W"]
    assert "hatch-diagonal" in having(region, "hatched")[0].className
    assert "1,100" in words


def test_every_number_of_a_million_homes_is_written_alike() -> None:
    hour = {"passages": 242_944, "reports": 16_255, "began": NOW.replace(hour=10, minute=0)}
    posts = {"total": 33_172, "passages": 5_396_115, "hour": hour, "data_time": NOW}
    words = text(shown(summary(total=1_000_000, new_today=3_494, checkpoints=posts)))
    assert "今日新增 3,494" in words
    assert "1,000,000" in words
    assert "10:00–11:00" in words, "the hour in the words of the wall"
    assert "16,255" in words


def test_what_is_old_is_dimmed_and_what_was_never_reported_is_no_zero() -> None:
    _, work = shown(summary())
    checkpoints, hotels, clinics, patrols = (
        one for one in work.children if getattr(one, "className", None) != "out-of-sight"
    )
    assert checkpoints.className == "stale"
    assert hotels.className == ""
    assert "6" in text(hotels), "free rooms are counted from the occupied ones"
    assert "无数据" in text(clinics)
    assert "0" not in text(patrols).replace("24", "")


def test_a_changed_number_marks_itself_and_no_other() -> None:
    before = numbers.figures(summary())
    region = shown(summary(overdue=5), before)
    assert [text(one) for one in having(region, "changed")] == ["5"]
    assert having(shown(summary(), {}), "changed") == []


def test_no_household_loaded_never_looks_safe() -> None:
    region = shown(summary(households={}, households_data_time=None, total=0, overdue=0))
    assert "没有数据不等于没有情况" in text(region)
    assert having(region, "heads") == []


def test_a_role_without_homes_is_told_so() -> None:
    found = {name: value for name, value in summary().items() if name not in ("households", "total", "overdue")}
    assert "不显示住户" in text(shown(found))


def child(code: str, **more: Any) -> dict[str, Any]:
    usual = {
        "code": code,
        "name": f"n{code}",
        "level": "county",
        "total": 9,
        "overdue": 1,
        "due_today": 0,
        "followed": 2,
    }
    return usual | {"unsurveyed": 3} | more


def test_children_are_links_with_the_chosen_measure_first() -> None:
    region = below.below([child("1"), child("2")], "city", MEASURES, "unsurveyed", "zh")
    assert told(region, "data-go") == ["area=1", "area=2"]
    heads = [text(one) for one in walk(region) if type(one).__name__ == "Th"]
    assert heads == ["名称", "未排查", "逾期", "今日到期"]
    assert below.below([], "grid", MEASURES, "overdue", "zh") == []


def test_children_of_the_past_have_their_figures_and_for_the_press_names_alone() -> None:
    past = below.below([child("1")], "city", MEASURES, "overdue", "zh", past=True)
    assert [text(one) for one in walk(past) if type(one).__name__ == "Td"] == ["n1", "1", "0", "2"]
    assert "只显示现在" in text(past)
    press = below.below([child("1", total=None, overdue=None)], "city", MEASURES, "rooms", "zh")
    assert [text(one) for one in walk(press) if type(one).__name__ == "Td"] == ["n1"]


def test_the_trail_ends_where_one_is_and_offers_other_roots() -> None:
    steps = (AreaName("1", "市", "city"), AreaName("2", "区", "county"))
    region = trail.trail(steps, (steps[0], AreaName("9", "另", "county")))
    assert told(region, "data-go") == ["area=1", "area=9"]
    assert told(region, "aria-current") == ["page"]


def test_layers_are_switches_with_a_second_sign_for_every_colour() -> None:
    layers = list(all_layers().values())
    region = layer_panel.panel(layers, STATES, ["areas"], "overdue", "dark", "zh", homes=True)
    assert sorted(told(region, "data-layer")) == sorted(layer.id for layer in layers if layer.group != "base")
    pressed = dict(zip(told(region, "data-layer"), told(region, "aria-pressed"), strict=True))
    assert [name for name, on in pressed.items() if on == "true"] == ["areas"]
    assert all(text(one) or "hatched" in one.className for one in having(having(region, "legend"), "round"))
    assert "无数据" in text(region)


def test_a_moment_of_the_link_is_kept_in_the_picker() -> None:
    picker = layer_panel.moments("2020-02-01T08:00", NOW, "zh")
    options = [one for one in walk(picker) if type(one).__name__ == "Option"]
    assert [one.value for one in options if one.selected] == ["2020-02-01T08:00"]
    assert len(options) == 2 + len(layer_panel.DAYS_BACK)


def test_results_lead_to_areas_and_to_picked_things() -> None:
    area = {
        "kind": "area",
        "id": 1,
        "code": "411202",
        "title": "湖滨区",
        "subtitle": None,
        "lon": 1,
        "lat": 2,
        "zoom": 11,
    }
    hotel = {
        "kind": "hotel",
        "id": 7,
        "code": "H7",
        "title": "H",
        "subtitle": "路",
        "lon": 111.2,
        "lat": 34.7,
        "zoom": 16,
    }
    region = find.results([area, hotel], "x", "zh")
    assert told(region, "data-go") == ["area=411202", "pick=hotels:7&lon=111.20000&lat=34.70000&z=16"]
    assert "<b>" in text(find.results([], "<b>", "en"))


def test_a_household_row_says_how_late_it_is() -> None:
    door = {
        "id": 5,
        "building": "3号楼",
        "unit": 1,
        "room": "101",
        "state": "wuhan",
        "since": NOW,
        "lon": 1.0,
        "lat": 2.0,
    }
    late, due, calm = homes.rows(
        [
            door | {"due_on": NOW.date(), "days_left": -2},
            door | {"due_on": NOW.date(), "days_left": 0},
            door | {"due_on": None, "days_left": None},
        ],
        STATES,
        NOW,
        "zh",
    )
    assert (late["left"], late["tone"], late["door"]) == ("逾期 2 天", "severe", "3号楼 1-101")
    assert (due["tone"], calm["left"], calm["tone"]) == ("warning", "", "")
    assert late["sign"]["letter"] == "R"


def test_the_filter_presses_what_is_chosen() -> None:
    region = homes.head(STATES, "wuhan", 0, "zh")
    chosen = dict(zip(told(region, "data-state"), told(region, "aria-pressed"), strict=True))
    assert chosen == {"": "false", "wuhan": "true", "unsurveyed": "false", "normal": "false", "sweep:open": "false"}
    assert "此状态下没有住户" in text(region)
    assert told(region, "href") == []
    assert told(homes.head(STATES, "", 3, "zh", grid="42"), "href") == ["/grid?area=42"]


@pytest.mark.parametrize(
    "pick", ["", "households", "households:", "households:x", ":5", "households:-5", "h:" + "9" * 30, "a:٣"]
)
def test_a_pick_that_cannot_be_read_is_refused(pick: str) -> None:
    with pytest.raises(BadValue):
        card.picked(pick)


def test_a_reason_that_is_no_code_of_ours_stays_as_it_was_sent() -> None:
    assert card.reason("survey", "zh") == "入户排查"
    assert card.reason("自行填写", "en") == "自行填写"


def test_every_trouble_is_on_the_page_beforehand() -> None:
    region = chrome.troubles("zh")
    for kind in (*chrome.TROUBLES, "session"):
        assert len(having(region, f"of-{kind}")) == 1
    assert text(chrome.brand("", True, "zh")).endswith("演示数据")
    assert "演示" not in text(chrome.brand("某市", False, "zh"))


def test_what_cannot_be_shown_says_what_to_do() -> None:
    unknown = parts.refusal(UnknownArea(code="999"), "zh", NOW, "411200")
    assert "999" in text(unknown)
    assert told(unknown, "data-go") == ["area=411200"]
    assert told(parts.refusal(BadValue(name="at", value="x"), "zh", NOW, ""), "data-go") == ["at="]
    assert "12:00:00" in text(parts.refusal(DatabaseAway(), "zh", NOW, ""))


def test_a_swatch_is_legible_on_its_own_colour() -> None:
    assert parts.swatch("#F5F7FA", "W").style["color"] != parts.swatch("#101820", "W").style["color"]
    assert told(parts.swatch("#F5F7FA", "W"), "aria-hidden") == ["true"]
