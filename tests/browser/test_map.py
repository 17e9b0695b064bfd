"""The desk in a real Chromium: what somebody does there who has never seen it, and what it does when things go wrong."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Route
from sqlalchemy import make_url, text

from geodata.database import Database
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SERIOUS = ("serious", "critical")
GRID = {"area": "411202002002008", "z": "16.20", "lat": "34.78497", "lon": "111.19759"}
"""A grid of a town, near enough for its doors."""
SEEN = """([name, wanted]) => { const map = wangge.map.own;
    return map.getLayersOrder().map(id => map.getLayer(id))
        .filter(layer => (layer.metadata || {})['wangge:layer'] === name)
        .every(layer => layer.getLayoutProperty('visibility') === wanted); }"""


def axe(desk: Watched) -> list[str]:
    """Return what axe finds that keeps somebody out."""
    found = desk.page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def drill(desk: Watched, name: str) -> None:
    desk.page.click(f".ranked a >> text={name}")
    desk.heading(name)
    desk.rest()


def drill_first(desk: Watched) -> str:
    name = desk.page.locator(".ranked a").first.inner_text()
    drill(desk, name)
    return name


def test_from_the_city_to_a_door_by_list(desk: Watched) -> None:
    assert "演示数据" in desk.page.inner_text(".bar")
    drill(desk, "湖滨区")
    names = [drill_first(desk) for _ in range(3)]
    assert desk.page.locator("#trail li").count() == 5
    assert names[-1] in desk.page.inner_text("#trail [aria-current]")
    desk.page.locator(".ag-row").first.click()
    desk.page.wait_for_selector("#card .verdict .swatch")
    card = desk.page.inner_text("#card")
    assert "历次变更" in card
    assert "逾期" in card or "到期" in card or "天" in card
    assert (desk.asked("pick") or "").startswith("households:")


def test_a_click_on_the_map_drills_and_picks(desk: Watched) -> None:
    where = desk.page.evaluate(
        """() => { const map = wangge.map.own, box = map.getContainer().getBoundingClientRect();
                   const at = map.project([110.65, 34.1]); return [box.left + at.x, box.top + at.y]; }"""
    )
    desk.page.mouse.click(*where)
    desk.page.wait_for_function("() => new URLSearchParams(location.search).get('area')?.length === 6")
    desk.go(area=GRID["area"], z="18.00", lat="34.78403", lon="111.19964")
    found = desk.page.evaluate(
        """() => { const map = wangge.map.own, box = map.getContainer().getBoundingClientRect();
                   const middle = {x: box.width / 2, y: box.height / 2};
                   const far = at => Math.hypot(at.x - middle.x, at.y - middle.y);
                   const doors = map.queryRenderedFeatures({layers: ['households']});
                   const [at] = doors.map(door => map.project(door.geometry.coordinates)).sort((a, b) => far(a) - far(b));
                   return [box.left + at.x, box.top + at.y]; }"""
    )
    desk.page.mouse.click(*found)
    desk.page.wait_for_selector("#card .verdict")
    boxes = desk.page.evaluate(
        "() => { const b = card.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; }"
    )
    assert not (boxes[0] <= found[0] <= boxes[2] and boxes[1] <= found[1] <= boxes[3]), (
        "the card covers what was clicked"
    )
    desk.page.keyboard.press("Escape")
    desk.page.wait_for_function("() => document.getElementById('card').childElementCount === 0")


def test_every_layer_goes_off_and_on(desk: Watched) -> None:
    desk.go(**GRID)
    desk.page.click("#layers summary")
    rows = desk.page.locator("#layers [data-layer]")
    names = [rows.nth(n).get_attribute("data-layer") for n in range(rows.count())]
    assert len(names) >= 10
    for name in names:
        first = desk.page.get_attribute(f"#layers [data-layer={name}]", "aria-pressed")
        for wanted in ("false", "true") if first == "true" else ("true", "false"):
            desk.page.click(f"#layers [data-layer={name}]")
            desk.page.wait_for_selector(f"#layers [data-layer={name}][aria-pressed={wanted}]")
            desk.page.wait_for_function(SEEN, arg=[name, "none" if wanted == "false" else "visible"])
            assert (name in (desk.asked("on") or "").split(",")) is (wanted == "true")
    desk.rest()


def test_a_link_reproduces_the_view(window: Watched) -> None:
    link = "/map?area=411282&z=11.50&lat=34.51000&lon=110.88000&on=areas,names,boundaries&measure=unsurveyed"
    window.open(link)
    window.heading("灵宝市")
    assert window.page.evaluate("wangge.map.own.getZoom()") == pytest.approx(11.5, abs=0.01)
    assert window.page.evaluate("wangge.map.own.getCenter().lng") == pytest.approx(110.88, abs=1e-4)
    assert window.page.evaluate("document.querySelector('[data-ask=measure]').value") == "unsurveyed"
    assert window.page.evaluate("wangge.map.own.getSource('areas').tiles[0]").endswith("measure=unsurveyed")
    assert window.page.evaluate("wangge.map.own.getLayoutProperty('hotels', 'visibility')") == "none"
    assert window.page.url.removeprefix(window.address) == link


def test_back_and_forward_walk_the_drill(desk: Watched) -> None:
    drill(desk, "湖滨区")
    drill(desk, "前进街道")
    deep = desk.page.evaluate("wangge.map.own.getZoom()")
    desk.page.go_back()
    desk.heading("湖滨区")
    desk.rest()
    assert desk.page.evaluate("wangge.map.own.getZoom()") < deep
    desk.page.go_back()
    desk.heading("三门峡市")
    desk.page.go_forward()
    desk.page.go_forward()
    desk.heading("前进街道")
    desk.rest()
    assert desk.page.evaluate("wangge.map.own.getZoom()") == pytest.approx(deep, abs=0.05)


def test_search_leads_to_an_area_by_keyboard_and_says_what_else_to_try(desk: Watched) -> None:
    for words, wanted in (("湖滨区", "湖滨区"), ("411282", "灵宝市"), ("hbq", "湖滨区"), ("yimashi", "义马市")):
        desk.page.keyboard.press("/")
        desk.page.keyboard.type(words, delay=20)
        desk.page.wait_for_selector(f"#found li:first-child a >> text={wanted}")
        desk.page.keyboard.press("ArrowDown")
        desk.page.keyboard.press("Enter")
        desk.heading(wanted)
        desk.page.wait_for_function("() => document.getElementById('search').value === ''")
    desk.page.fill("#search", "没有这个地方<b>")
    desk.page.wait_for_selector("#found .notice")
    assert "没有这个地方<b>" in desk.page.inner_text("#found")


def test_language_and_theme_change_and_the_view_stays(desk: Watched) -> None:
    drill(desk, "湖滨区")
    before = desk.page.url
    desk.page.click("[data-taste=language]")
    desk.page.wait_for_selector(".bar >> text=Sign out")
    desk.page.wait_for_selector("#numbers >> text=Not surveyed")
    desk.page.wait_for_selector("#side[aria-label=Figures]")
    desk.page.click("[data-taste=theme]")
    desk.page.wait_for_selector("[data-taste=theme] >> text=Dark")
    desk.rest()
    assert desk.page.url == before
    assert desk.page.evaluate("document.documentElement.lang + document.documentElement.dataset.theme") == "enlight"
    desk.page.reload()
    desk.settle()
    assert "Sign out" in desk.page.inner_text(".bar")


def test_a_new_measure_never_empties_the_map(desk: Watched) -> None:
    desk.page.evaluate(
        """() => { window.least = Infinity; const map = wangge.map.own;
                   window.count = () => { const n = map.queryRenderedFeatures({layers: ['areas']}).length;
                                          window.least = Math.min(window.least, n); };
                   map.on('render', window.count); }"""
    )
    desk.page.select_option("#below [data-ask=measure]", "total")
    desk.page.wait_for_function("() => wangge.map.own.getSource('areas').tiles[0].includes('total')")
    desk.rest()
    assert 0 < desk.page.evaluate("wangge.map.own.off('render', window.count) && window.least") < 1e9, "it was drawn"
    assert desk.asked("measure") == "total"


def test_the_bundle_still_needs_our_way_around_its_set_props(desk: Watched) -> None:
    """pydeck 0.9.3 calls itself for ever; when this fails, `draw` in map.js may use updateDeck as it is."""
    broken = desk.page.evaluate(
        "() => { try { wangge.map.overlay.setProps({layers: []}); return false; } catch (e) { return e instanceof RangeError; } }"
    )
    assert broken
    drawn = "wangge.map.overlay._deck.props.layers.map(layer => layer.id)"
    assert "drones" in desk.page.evaluate(drawn)
    drill(desk, "湖滨区")
    desk.page.click("[data-tool=zoom_in]")
    desk.rest()
    assert {"drones", "drones-names"} <= set(desk.page.evaluate(drawn))


def test_unknown_area_and_unreadable_moment_say_what_to_do(window: Watched) -> None:
    window.open("/map?area=999999")
    assert "999999" in window.page.inner_text("#numbers .notice")
    window.page.click("#numbers .notice a")
    window.heading("三门峡市")
    window.open("/map?at=yesterday")
    assert "yesterday" in window.page.inner_text("#numbers .notice")
    window.page.click("#past a")
    window.heading("三门峡市")
    window.expect("404", "400")


def test_no_picture_is_read_back_from_the_graphics_card(watch: Callable[..., Watched], server_url: str) -> None:
    """The page would stand still until the card has drawn all it was given, which is much while a style appears."""
    desk = watch(server_url)
    desk.page.add_init_script(
        """window.read = []; const { prototype } = CanvasRenderingContext2D, read = prototype.getImageData;
           prototype.getImageData = function (...asked) {
               window.read.push(this.getContextAttributes().willReadFrequently); return read.apply(this, asked); }"""
    )
    desk.sign_in(then=f"/map?{urlencode(GRID)}")
    drawn = "() => wangge.map.own.listImages().some(name => name.startsWith('hatch-'))"
    desk.page.wait_for_function(drawn)
    assert desk.page.evaluate("window.read.length") > 0
    assert desk.page.evaluate("window.read.every(Boolean)")


def test_the_past_is_marked_as_such(desk: Watched) -> None:
    desk.page.click("#layers summary")
    desk.page.select_option("#layers [data-ask=at]", index=2)
    desk.page.wait_for_selector("#past >> text=历史时刻")
    desk.rest()
    assert desk.asked("at")
    desk.page.click("#past a")
    desk.page.wait_for_function("() => document.getElementById('past').childElementCount === 0")
    assert desk.asked("at") is None


def test_the_press_sees_no_homes(watch: Callable[..., Watched], server_url: str) -> None:
    press = watch(server_url)
    press.sign_in("press", "/map")
    assert "不显示住户" in press.page.inner_text("#numbers")
    assert press.page.locator("[data-layer=households], [data-layer=buildings]").count() == 0
    assert "households" not in json.loads(press.page.get_attribute("#map", "data-layers") or "{}")


def test_a_grid_leader_begins_with_the_list(watch: Callable[..., Watched], server_url: str) -> None:
    grid = watch(server_url, 1280, 800)
    grid.sign_in("grid", "/map")
    grid.page.wait_for_selector(".ag-row")
    everybody = int(grid.page.inner_text("#homes-head .stamp"))
    grid.page.locator(".ag-cell").first.focus()
    grid.page.keyboard.press("Enter")
    grid.page.wait_for_selector("#card .verdict")
    grid.page.locator("#homes-head [data-state]").nth(3).click()
    grid.page.wait_for_function(
        "n => Number(document.querySelector('#homes-head .stamp').textContent) < n", arg=everybody
    )


def test_trouble_is_said_and_heals(desk: Watched) -> None:
    def away(route: Route) -> None:
        route.fulfill(status=503, body="{}", content_type="application/json")

    addresses = ("**/api/**", "**/tiles/**", "**/_dash-update-component*")
    for address in addresses:
        desk.page.route(address, away)
    desk.page.click(".ranked a >> text=湖滨区")
    desk.page.wait_for_selector("[data-trouble=database] #trouble .of-database")
    told = desk.page.inner_text("#trouble")
    assert "数据库" in told
    assert desk.page.inner_text("#numbers h1") == "三门峡市", "what was shown stays"
    for address in addresses:
        desk.page.unroute(address)
    desk.page.wait_for_selector("html:not([data-trouble])")
    desk.heading("湖滨区")
    desk.expect("503", "Callback error")


def test_a_lost_session_offers_to_sign_in_again(desk: Watched) -> None:
    desk.page.context.clear_cookies(name="wangge_session")
    desk.page.click(".ranked a >> text=湖滨区")
    again = desk.page.wait_for_selector("#trouble .again")
    assert again.get_attribute("href") == "/login?next=%2Fmap%3Farea%3D411202"
    desk.expect("401", "Callback error", "body stream already read")


def test_without_webgl_the_figures_still_work(watch: Callable[..., Watched], server_url: str) -> None:
    plain = watch(server_url)
    plain.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    plain.page.goto(f"{server_url}/login")
    plain.page.fill("input[name=username]", "command")
    plain.page.fill("input[name=password]", "wangge-command-demo")
    plain.page.click("button[type=submit]")
    plain.page.wait_for_selector("[data-trouble=webgl] #trouble .of-webgl")
    plain.page.click(".ranked a >> text=湖滨区")
    plain.heading("湖滨区")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nobody_is_kept_out(desk: Watched, watch: Callable[..., Watched], theme: str) -> None:
    door = watch(desk.address, theme=theme)
    door.page.goto(f"{desk.address}/login")
    assert axe(door) == []
    if theme == "light":
        desk.page.click("[data-taste=theme]")
        desk.page.wait_for_selector("html[data-theme=light]")
    desk.go(**GRID)
    desk.page.click("#layers summary")
    desk.page.locator(".ag-row").first.click()
    desk.page.wait_for_selector("#card .verdict")
    desk.page.fill("#search", "hbq")
    desk.page.wait_for_selector("#found a")
    assert axe(desk) == []
    desk.page.keyboard.press("Escape")
    desk.page.click("#trail a >> text=三门峡市")
    desk.page.wait_for_selector(".ranked a")
    assert axe(desk) == []


def test_nothing_sticks_out_at_any_size(desk: Watched) -> None:
    desk.go(**GRID)
    usual = desk.page.viewport_size
    for width, height in ((1280, 800), (800, 1280), (3840, 2160)):
        desk.page.set_viewport_size({"width": width, "height": height})
        # Not until the map is drawn: software takes its time over eight million pixels, and nothing here is about them.
        desk.page.wait_for_function("wanted => innerWidth === wanted", arg=width)
        over = desk.page.evaluate(
            """() => [...document.querySelectorAll('.bar *, .side *')].filter(e => {
                const b = e.getBoundingClientRect();
                return b.width && (b.right > innerWidth + 1 || b.left < -1) && !e.closest('.out-of-sight, .skip'); })
                .map(e => e.outerHTML.slice(0, 80))"""
        )
        assert over == [], (width, height)
        gap = desk.page.evaluate(
            "() => document.querySelector('.search').getBoundingClientRect().left"
            " - document.querySelector('#trail [aria-current]').getBoundingClientRect().right"
        )
        assert gap >= 0, "where somebody is stands in full before the search"
        small = desk.page.evaluate("parseFloat(getComputedStyle(document.querySelector('.stamp')).fontSize)")
        assert small >= (height / 90 if height > 1500 and width > height else 12)
    assert usual
    desk.page.set_viewport_size(usual)
    desk.settle()


def test_a_change_reaches_the_page_by_itself_and_so_does_the_end_of_trouble(
    watch: Callable[..., Watched], own_city: Database, own_url: str
) -> None:
    desk = watch(own_url)
    desk.sign_in()
    before = desk.page.url
    shown = desk.page.inner_text(".heads dd >> nth=0")
    with own_city.owner() as connection:
        connection.exec_driver_sql(
            """SELECT record_state(h.id, s.id, now(), 'survey', 'test', 'test') FROM household h, scheme_state s
               WHERE s.code = 'normal' AND h.due_on < current_date - 1 ORDER BY h.id LIMIT 3"""
        )
    # Well before the page's own heartbeat of half a minute.
    changed = "n => document.querySelector('.heads dd').textContent !== n"
    desk.page.wait_for_function(changed, arg=shown, timeout=15_000)
    assert desk.page.locator(".heads .changed").count() >= 1
    assert desk.page.url == before

    let_in(own_city, everybody=False)
    desk.page.wait_for_selector("[data-trouble=database] #trouble .of-database")
    desk.page.wait_for_timeout(20_000)
    assert "数据库" in desk.page.inner_text("#trouble")
    assert desk.page.inner_text("#numbers h1") == "三门峡市", "what was shown stays"
    let_in(own_city, everybody=True)
    desk.page.wait_for_selector("html:not([data-trouble])")
    drill(desk, "湖滨区")
    desk.expect("503", "Callback error")


def let_in(database: Database, *, everybody: bool) -> None:
    """Let everybody into a database again, or nobody any more and end who is there."""
    place = make_url(database.url)
    database.dispose()
    maker = Database(place.set(database="postgres").render_as_string(hide_password=False))
    with maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        admin.exec_driver_sql(f'ALTER DATABASE "{place.database}" ALLOW_CONNECTIONS {"true" if everybody else "false"}')
        if not everybody:
            ends = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
            admin.execute(ends, {"name": place.database})
    maker.dispose()
