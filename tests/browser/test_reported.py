"""The numbers that feeds bring, on the desk: asked for only while they are open, new as soon as something is delivered."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from geodata.database import Database
from tests.browser.conftest import Watched
from tests.browser.test_map import axe

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SAYS = "words => document.getElementById('reported-inside').innerText.includes(words)"
CALL = """INSERT INTO hotline_day (area_id, day, received, closed, first_reported_at, reported_at)
    SELECT id, local_day(now()) - 30, 1234567, 1234000, now() - interval '1 minute', now() - interval '1 minute'
    FROM area WHERE code = '411202'"""


def test_numbers_fold_out_follow_the_area_and_stay_out(
    own_city: Database, own_url: str, watch: Callable[..., Watched]
) -> None:
    """Nothing is asked before; a drill shows the other area's; a delivery is there by itself; the browser remembers."""
    desk = watch(own_url, 1440, 900)
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.post_data or "") if request.method == "POST" else None)
    desk.sign_in(then="/map")
    assert not desk.page.evaluate("document.getElementById('reported-box').open")
    assert not [body for body in asked if '"reported-inside-html' in body]
    desk.page.click("#reported-title")
    desk.page.wait_for_function(SAYS, arg="热线")
    whole = desk.page.inner_text("#reported-inside")
    assert "村级填报" in whole
    assert "健康码" in whole
    desk.page.click(".ranked a >> text=湖滨区")
    desk.heading("湖滨区")
    desk.page.wait_for_function(
        "() => !('waits' in document.getElementById('reported-box').dataset)"
        " && document.querySelector('#reported-inside .number')"
    )
    assert desk.page.inner_text("#reported-inside") != whole
    with own_city.owner() as connection:
        connection.execute(text(CALL))
    desk.page.wait_for_function(SAYS, arg="1,23")
    assert axe(desk) == []
    desk.open("/map?area=411202")
    desk.page.wait_for_function(SAYS, arg="1,23")
    desk.page.click("#reported-title")
    desk.page.wait_for_function("() => localStorage.getItem('wangge-reported') === null")


def test_one_colour_of_areas_at_a_time(desk: Watched) -> None:
    """Switching on areas by what was reported takes those by households away, and is coloured by its own choice."""
    desk.go(measure="unsurveyed")
    desk.page.click("#layers summary")
    desk.page.click("#layers [data-layer=four_groups]")
    desk.page.wait_for_selector("#layers [data-layer=areas][aria-pressed=false]")
    assert "four_groups" in (desk.asked("on") or "")
    assert desk.asked("measure") is None
    chooser = "#layers [data-layer=four_groups] + .legend [data-ask=measure]"
    desk.page.select_option(chooser, "returned_wuhan")
    desk.page.wait_for_function(
        "() => wangge.map.own.getSource('four_groups').tiles[0].endsWith('measure=returned_wuhan')"
    )
    desk.rest()
    desk.page.click("#layers [data-layer=areas]")
    desk.page.wait_for_selector("#layers [data-layer=four_groups][aria-pressed=false]")
    desk.page.click("#layers summary")
