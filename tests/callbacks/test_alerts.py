"""The panel of alerts and the card of one, as a person reads them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from callbacks import alert_card
from callbacks.alerts import section
from tests.callbacks.reading import having, text, told

NOW = datetime(2020, 2, 11, 12, tzinfo=UTC)
OPEN = {
    "data_time": NOW,
    "open": 219,
    "by_severity": {"severe": 1, "warning": 218, "information": 0},
    "by_age": {"under_1h": 1, "under_6h": 218, "under_24h": 0, "older": 0},
}


def line(**more: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "n": 1,
        "rule": "gathering",
        "severity": "severe",
        "text": {"zh": "大营村 聚集", "en": "Gathering in Daying"},
        "area_code": "4112",
        "area_name": "大营村",
        "lon": 111.1,
        "lat": 34.7,
        "fired_at": NOW - timedelta(minutes=5),
        "seen": 0,
        "owners": [],
        "leaders": ["王", "李", "张"],
        **more,
    }


MANY = line(
    id=None,
    n=218,
    rule="silent",
    severity="warning",
    seen=3,
    owners=["王"],
    text={"zh": "失联", "en": "218 posts silent"},
)


def panel(*rows: dict[str, Any], may: bool = True, language: str = "en", more: int = 0) -> Any:
    return section({"data_time": NOW, "rows": list(rows), "more": more}, OPEN, NOW, language, may=may)


def test_one_alert_can_be_acted_on_and_many_are_one_line() -> None:
    found = panel(line(), MANY, more=4)
    assert told(found, "data-do") == ["acknowledge", "assign", "close"]
    assert told(found, "data-told") == ["", "王", "李", "handled", "mistaken", "passed_on"]
    assert told(found, "data-go")[:2] == ["pick=alerts:7&lon=111.10000&lat=34.70000&z=15", "area=4112"]
    words = text(found)
    for said in (
        "Gathering in Daying",
        "5 min ago",
        "nobody has it",
        "218 posts silent",
        "3 of 218 seen",
        "with 王",
        "4 more",
    ):
        assert said in words
    assert "无责任人" in text(panel(line(), language="zh"))


def test_who_may_not_act_is_offered_nothing() -> None:
    assert told(panel(line(), may=False), "data-do") == []
    (button, *_) = having(panel(line(seen=1)), "turns")[0].children
    assert button.disabled


def test_no_alert_and_no_right_are_told_apart() -> None:
    nothing = {"data_time": NOW, "open": 0, "by_severity": {}, "by_age": {}}
    assert "No alert is open" in text(section({"data_time": NOW, "rows": [], "more": 0}, nothing, NOW, "en", may=True))
    assert section({"data_time": None, "rows": [], "more": 0}, {"data_time": None}, NOW, "en", may=True) == []


def test_the_card_says_what_happened_the_newest_first() -> None:
    journal = [
        {"what": "fired", "by": None, "at": NOW - timedelta(minutes=9), "told": None},
        {"what": "assigned", "by": "officer", "at": NOW - timedelta(minutes=4), "told": "王"},
        {"what": "closed", "by": "王", "at": NOW, "told": "handled"},
    ]
    found = line(
        title={"zh": "聚集", "en": "Gathering"},
        began_at=NOW,
        assigned_to="王",
        seen_at=NOW,
        closed_at=NOW,
        journal=journal,
    )
    shown = text(alert_card.body(found, NOW, "en", may=True))
    assert shown.index("Closed: Dealt with") < shown.index("Assigned to 王") < shown.index("Fired")
    assert told(alert_card.body(found, NOW, "en", may=True), "data-do") == []
    assert told(alert_card.body({**found, "closed_at": None}, NOW, "en", may=True), "data-do")
    assert alert_card.title(found, "zh") == "聚集"
