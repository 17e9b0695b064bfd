"""The words of the plan and of sweeps: cards of gates and closures, the pen's panel, the section of a round."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callbacks import chrome, homes, plan, plan_card, sweep
from layers.registry import all_layers
from tests.callbacks.reading import having, text, told

NOW = datetime(2020, 2, 14, 20, 0, tzinfo=UTC)
GATES, CLOSURES = all_layers()["gates"], all_layers()["closures"]
INTERVAL = {"reason": "control", "by": "王", "until": None}
GATE = {
    "id": 7,
    "name": "锦绣小区南门",
    "kind": "gate",
    "state": "closed",
    "since": NOW - timedelta(hours=2),
    "area_code": "411202001001001",
    "area_name": "第1网格",
    "history": [
        {"state": "closed", "since": NOW - timedelta(hours=2), **INTERVAL},
        {"state": "open", "since": NOW - timedelta(days=2), **INTERVAL, "until": NOW - timedelta(hours=2)},
    ],
    "reason": "control",
    "by": "王",
}
CLOSURE = {
    "id": 9,
    "kind": "blocked_street",
    "since": NOW - timedelta(hours=2),
    "area_code": "1",
    "area_name": "第1网格",
    "end_reason": None,
    "ended_by": None,
    **INTERVAL,
}
ROUND = {
    "number": 2,
    "name": "第2轮排查",
    "starts_on": NOW.date(),
    "ends_on": NOW.date(),
    "current": True,
    "day": 4,
    "days": 7,
}


def test_a_gates_card_offers_the_other_states_and_why() -> None:
    shown = plan_card.body(GATES, GATE, NOW, "zh", may=True, at=None)
    assert told(shown, "data-turn") == ["closed", "single_entrance", "open"]
    assert told(shown, "aria-pressed") == ["true", "false", "false"]
    assert {"control", "lifted", "entrance"} <= set(told(shown, "data-why"))
    assert told(shown, "data-since") == [GATE["since"].isoformat()]  # type: ignore[attr-defined]
    assert "疫情管控" in text(shown)
    assert len(having(shown, "history")) == 1


def test_who_may_not_write_and_who_looks_back_are_offered_nothing() -> None:
    for may, at in ((False, None), (True, NOW - timedelta(days=1))):
        for layer, found in ((GATES, GATE), (CLOSURES, CLOSURE)):
            assert told(plan_card.body(layer, found, NOW, "en", may=may, at=at), "data-turn") == []
    then = plan_card.body(GATES, GATE, NOW, "en", may=True, at=NOW - timedelta(days=1))
    assert text(having(then, "verdict")).startswith("✓ Open since")


def test_a_closure_is_ended_once() -> None:
    assert told(plan_card.body(CLOSURES, CLOSURE, NOW, "zh", may=True, at=None), "data-turn") == ["end"]
    ended = CLOSURE | {"until": NOW, "ended_by": "李", "end_reason": "自己写的"}
    shown = plan_card.body(CLOSURES, ended, NOW, "zh", may=True, at=None)
    assert told(shown, "data-turn") == []
    assert "李 · 自己写的" in text(shown)
    assert plan_card.title(CLOSURES, ended, "en") == "Blocked street"


def test_the_pen_is_for_who_may_draw() -> None:
    assert told(chrome.tools("zh"), "data-plan") == []
    assert told(chrome.tools("zh", draws=True), "data-plan") == ["draw"]
    found = plan.panel("en")
    assert {"add", "undo", "area", "done", "cancel", "save", "again"} == set(told(found, "data-plan"))
    assert told(found, "data-choice") == ["blocked_street", "controlled_exit", *plan.REASONS]
    assert told(found, "aria-pressed").count("true") == 2


def shown(share: float | None, behind: bool | None, children: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "round": ROUND,
        "at": datetime(2020, 2, 14, 16, 52, tzinfo=UTC),
        "share": share,
        "behind": behind,
        "asked": 40,
        "households": 100,
        "expected": 0.5,
        "target": 0.98,
        "children": children,
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_round_says_how_far_and_who_is_behind(language: str) -> None:
    late = [{"code": str(n), "name": f"网格{n}", "behind": n < 5, "share": n / 10} for n in range(7)]
    region = sweep.section(shown(0.4, behind=True, children=late), language)
    assert told(region, "data-go") == ["area=0", "area=1", "area=2"]
    assert "40.0%" in text(region)
    assert ("落后 5 个" if language == "zh" else "5 of 7 behind") in text(region)
    assert having(region, "behind")
    calm = sweep.section(shown(0.6, behind=False, children=[]), language)
    assert not having(calm, "behind")
    assert "16:52" in text(region)
    assert "16:52" in text(calm), "no number without the time of its data"


def test_where_there_is_no_round_or_nobody_there_is_no_section() -> None:
    assert sweep.section(None, "zh") == []
    assert sweep.section(shown(None, behind=None, children=[]), "zh") == []


def test_the_list_can_be_filtered_by_who_is_left() -> None:
    region = homes.head((), sweep.NOT_ASKED, 3, "zh")
    chosen = dict(zip(told(region, "data-state"), told(region, "aria-pressed"), strict=True))
    assert chosen == {"": "false", sweep.NOT_ASKED: "true"}
