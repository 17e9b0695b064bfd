"""The plan of the compound in a real Chromium: a gate opened and closed again, a street blocked and freed."""

import pytest
from sqlalchemy import text

from geodata.database import Database
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

GATE = text(
    "SELECT g.id, ST_X(g.place) AS lon, ST_Y(g.place) AS lat FROM gate g JOIN area a ON a.id = g.area_id "
    "WHERE a.code = '411202002002008' AND g.state = 'closed' ORDER BY g.id LIMIT 1"
)
DRAWN = """id => wangge.map.own.queryRenderedFeatures({layers: ['closures', 'closures-surface']}).some(one => one.id === id)"""


def verdict(window: Watched, wanted: str) -> None:
    window.page.wait_for_function(
        "words => document.querySelector('#card .verdict')?.textContent.includes(words)", arg=wanted
    )


def test_a_gate_and_a_closure_by_hand(window: Watched, database: Database) -> None:
    """The city of these tests is everybody's: the gate ends as it was, and what was drawn is ended."""
    page = window.page
    with database.owner() as connection:
        gate = connection.execute(GATE).one()
    here = {"area": "411202002002008", "z": "17", "lat": f"{gate.lat:.5f}", "lon": f"{gate.lon:.5f}"}
    page.evaluate("place => wangge.go(place)", here | {"pick": f"gates:{gate.id}"})
    verdict(window, "关闭")
    for turn, why, wanted in (("open", "lifted", "开放"), ("closed", "control", "关闭")):
        page.click(f"#card [data-turn={turn}]")
        page.click(f"#card [data-step={turn}] [data-why={why}]")
        verdict(window, wanted)
    assert page.locator("#card .history li").count() == 4

    page.click("[data-plan=draw]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#draw", state="hidden")
    page.click("[data-plan=draw]")
    box = page.evaluate("() => { const b = wangge.map.own.getContainer().getBoundingClientRect(); return [b.x, b.y]; }")
    for x, y in ((200, 200), (330, 240), (330, 330), (90, 330)):
        page.mouse.click(box[0] + x, box[1] + y)
    page.click("[data-plan=undo]")
    page.mouse.click(box[0] + 200, box[1] + 200)  # the first point again: an area
    page.click("#draw [data-choice=controlled_exit]")
    page.click("[data-plan=save]")
    verdict(window, "管控出口")
    number = int((window.asked("pick") or "").removeprefix("closures:"))
    page.wait_for_function(DRAWN, arg=number)
    with database.owner() as connection:
        kind = connection.scalar(text("SELECT GeometryType(place) FROM closure WHERE id = :id"), {"id": number})
    assert kind == "POLYGON"
    page.click("#card [data-turn=end]")
    page.click("#card [data-step=end] [data-why=mistaken]")
    verdict(window, "已解除")
    page.wait_for_function(f"id => !({DRAWN})(id)", arg=number)
