from datetime import UTC, datetime, timedelta

from layers.render.card import card
from tests.layers.looking import layer
from tests.layers.test_legend import SCHEME

DOOR = {
    "door": "3号楼 2-501",
    "address": "幸福路 3 号",
    "state": "wuhan",
    "since": "2020-02-10T01:30:00+00:00",
    "due_on": "2020-02-24",
    "days_left": -2,
    "unit": 2,
    "floor": 5,
    "data_time": "2020-02-10T01:30:00+00:00",
}


def lines(found: object) -> dict[str, str]:
    return {line.words: f"{line.value}{line.unit}" for line in found.lines}  # type: ignore[attr-defined]


def test_a_door_in_both_languages() -> None:
    found = card(layer("households"), DOOR, SCHEME, "zh")
    assert found.title == "3号楼 2-501"
    assert lines(found) == {
        "地址": "幸福路 3 号",
        "状态": "wuhan",
        "自": "2020-02-10 09:30",
        "到期日": "2020-02-24",
        "剩余": "逾期 2 天",
        "单元": "2",
        "楼层": "5",
    }
    assert found.mark
    assert found.mark.letter == "R"
    english = card(layer("households"), DOOR | {"days_left": 0}, SCHEME, "en")
    assert lines(english)["Left"] == "due today"
    assert lines(card(layer("households"), DOOR | {"days_left": 3}, SCHEME, "zh"))["剩余"] == "还剩 3 天"


def test_numbers_units_and_what_is_missing() -> None:
    row = {"name": "甲县", "overdue": 1234, "followed": 2.0, "unsurveyed": 12.5, "total": None, "data_time": None}
    found = lines(card(layer("areas"), row, SCHEME, "zh"))
    assert found == {"逾期未销号": "1,234户", "每千户在管": "2‰", "未排查比例": "12.5%", "住户总数": "—"}


def test_it_knows_when_it_is_old() -> None:
    now = datetime(2020, 2, 20, tzinfo=UTC)
    fresh, old = (
        card(layer("hotels"), {"data_time": now - timedelta(hours=hours)}, SCHEME, "zh", now=now) for hours in (3, 30)
    )
    assert (fresh.stale, old.stale) == (False, True)
    assert old.title == "定点宾馆"
    assert not card(layer("hotels"), {"data_time": None}, SCHEME, "zh", now=now).stale


def test_a_value_nobody_declared_is_not_shown_raw() -> None:
    found = card(layer("clinics"), {"status": "<b>", "kind": "fever_clinic"}, SCHEME, "zh")
    assert lines(found) == {"类型": "发热门诊", "状态": "其他"}
    assert found.mark is None
