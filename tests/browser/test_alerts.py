"""Alerts beside the map in a real Chromium: seen, given to somebody, closed, by touch; on the map where they are."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.demo.people import accounts
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

GRID = {row["username"]: row for row in accounts()}["grid"]["area"]
FIRE = text(
    "INSERT INTO alert (rule_id, cause, severity, name, facts, began_at, fired_at, place, area_id) "
    "SELECT r.id, 'event:test', 'severe', a.name, '{\"at\": \"10:00\"}', now(), now(), ST_PointOnSurface(a.place), a.id "
    "FROM alert_rule r, area a WHERE r.code = 'held' AND a.code = :grid RETURNING id"
)
HELD = text(
    "INSERT INTO alert_rule (code, kind, severity, threshold, minutes, title_zh, title_en, one_zh, one_en, many_zh, many_en) "
    "SELECT 'held', 'held', severity, threshold, minutes, title_zh, title_en, one_zh, one_en, many_zh, many_en "
    "FROM alert_rule WHERE code = 'gathering'"
)
"""A rule of no kind is never judged, so that its alert stays until somebody closes it."""
SHOWN = "id => wangge.map.own.queryRenderedFeatures({layers: ['alerts']}).some(one => one.id === id)"


def test_an_alert_by_touch(own_city: Database, own_url: str, watch: Callable[..., Watched]) -> None:
    """It comes to the open page by itself; what is done about it is told by the list, the card and the journal."""
    with own_city.owner() as connection:
        connection.execute(HELD)
    window = watch(own_url, 1440, 900)
    window.sign_in("grid", f"/map?area={GRID}")
    page = window.page
    page.wait_for_selector("#alerts h2")
    with own_city.owner() as connection:
        alert = connection.execute(FIRE, {"grid": GRID}).scalar_one()
    row = page.locator(f"#alerts li:has([data-alert='{alert}'])")
    row.locator("summary").click()
    page.wait_for_function("id => document.querySelector(`#alerts [data-alert='${id}']`)?.offsetHeight", arg=alert)
    heights = page.evaluate(
        "line => [...document.querySelectorAll(`#alerts [data-line='${line}'] :is(summary, .turns button)`)]"
        ".map(one => one.getBoundingClientRect().height)",
        f"alert-{alert}",
    )
    assert len(heights) == 4
    assert min(heights) >= 44

    row.locator("[data-do=acknowledge]").click()
    page.wait_for_function(
        "id => document.querySelector(`#alerts [data-alert='${id}'] [data-do=acknowledge]`).disabled", arg=alert
    )
    page.wait_for_function("id => document.querySelector(`#alerts [data-alert='${id}']`).offsetHeight", arg=alert)
    row.locator("[data-do=assign]").click()
    row.locator("[data-step=assign] button").first.click()
    page.wait_for_function("() => document.querySelector('#alerts').textContent.includes('责任人 grid')")

    row.locator("a.to").click()
    window.rest()
    page.wait_for_function(SHOWN, arg=alert)
    page.wait_for_function("() => document.querySelector('#card .history')?.textContent.includes('指派给 grid')")
    found: dict[str, Any] = page.evaluate("() => axe.run('#alerts', {resultTypes: ['violations']})")
    assert [one["id"] for one in found["violations"]] == [], json.dumps(found["violations"], ensure_ascii=False)[:2000]

    page.locator("#card [data-do=close]").click()
    page.locator("#card [data-step=close] [data-told=handled]").click()
    page.wait_for_function("() => document.querySelector('#card .history')?.textContent.includes('关闭：已处置')")
    row.wait_for(state="detached")
    page.wait_for_function(f"id => !({SHOWN})(id)", arg=alert)
    with own_city.owner() as connection:
        steps = connection.execute(
            text("SELECT what, by, told FROM alert_event WHERE alert_id = :id ORDER BY id"), {"id": alert}
        )
        assert [tuple(step) for step in steps] == [
            ("acknowledged", "grid", None),
            ("assigned", "grid", "grid"),
            ("closed", "grid", "handled"),
        ]
