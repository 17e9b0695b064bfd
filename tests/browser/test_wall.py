"""The command wall in a real Chromium: it fits every display, ages by itself, tours, replays, and stays light for hours."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Route
from sqlalchemy import text

from geodata.database import Database
from geodata.demo.people import accounts
from tests.browser.conftest import Watched, begin
from tests.browser.test_map import axe

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

Watch = Callable[..., Watched]
SIZES = ((3840, 2160), (1920, 1080), (6656, 1792), (7680, 2160))
REGIONS = ("head", "heads", "ranked", "trend", "map", "feed", "patrols", "posts", "bar")
BEGIN = """SELECT record_state(h.id, s.id, now(), 'survey', 'test', 'test') FROM household h, scheme_state s, scheme_state was
    WHERE s.code = 'hubei' AND was.code = 'normal' AND h.state_id = was.id ORDER BY h.id LIMIT 1"""
PATIENCE_MS = 90_000
SMALLEST = 1 / 90
"""Of the height: 24 px at 2160."""
TEXTS = """() => { const found = [];
    const walk = document.createTreeWalker(document.getElementById('wall'), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const at = walk.currentNode.parentElement, box = at.getBoundingClientRect();
        if (!walk.currentNode.data.trim() || !box.width || at.closest('#map, .out-of-sight')) continue;
        const range = document.createRange(); range.selectNodeContents(walk.currentNode);
        const ink = 0.2 * parseFloat(getComputedStyle(at).fontSize); // above and below the letters a line is empty
        const { left, right, ...line } = range.getBoundingClientRect().toJSON();
        const [top, bottom] = [line.top + ink, line.bottom - ink];
        let cut = '';
        for (let up = at; up && up.id !== 'wall'; up = up.parentElement) {
            const frame = up.getBoundingClientRect();
            if (getComputedStyle(up).overflow === 'visible') continue;
            const out = [right - frame.right, frame.left - left, bottom - frame.bottom, frame.top - top];
            if (Math.max(...out) > 1.5) cut = up.className || up.tagName;
        }
        if (right > innerWidth + 1 || bottom > innerHeight + 1) cut = 'screen';
        found.push({ text: walk.currentNode.data.trim(), size: parseFloat(getComputedStyle(at).fontSize), cut });
    } return found; }"""


def sign_in(found: Watched, username: str = "command") -> None:
    """Sign in without the desk, which takes its time to draw."""
    password = next(row["password"] for row in accounts() if row["username"] == username)
    sent = {"username": username, "password": password}
    assert found.page.request.post(f"{found.address}/login", form=sent, max_redirects=0).status == 303


def open_wall(found: Watched, query: str = "") -> Watched:
    """Sign in and wait until the wall has its figures from the hub."""
    sign_in(found)
    found.page.goto(f"{found.address}/wall{query}")
    found.page.wait_for_function(
        "() => window.wangge?.wall?.seq && wangge.wall.card && wangge.map", timeout=PATIENCE_MS
    )
    found.page.wait_for_selector("[data-head=overdue] .value")
    return found


def row(nth: int | None, severity: str = "severe", **more: Any) -> dict[str, Any]:
    """Return one row of the feed as the block of alerts gives it."""
    at = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
    words = {"zh": f"第 {nth} 条告警", "en": f"Alert {nth}"}
    return {
        "id": nth, "n": 1, "rule": "rule", "title": words, "text": words, "severity": severity, "name": "东门",
        "facts": {}, "area_code": "411202", "area_name": "湖滨区", "lon": 111.2, "lat": 34.77, "began_at": at,
        "fired_at": at, "newest_at": at, "seen": 0, "seen_at": None, "assigned": 0, "owners": [], **more,
    }  # fmt: skip


def push(wall: Watched, **blocks: Any) -> None:
    """Hand the page a message as the hub would."""
    wall.page.evaluate(
        "blocks => { wangge.wall.seq += 1; wangge.heard({ seq: wangge.wall.seq + 1, area: wangge.wall.code, "
        "at: new Date().toISOString(), blocks, layers: [], scheme: false }); }",
        blocks,
    )


def feed(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"rows": list(rows), "more": 0, "data_time": datetime.now(UTC).isoformat()}


@pytest.fixture(scope="module")
def wall(chromium: Any, server_url: str) -> Any:
    """Return one wall of the command centre for many tests."""
    found = begin(chromium, server_url, 1920, 1080, "dark", "zh", still=True)
    yield open_wall(found)
    found.page.context.close()
    assert found.foreign == []
    assert found.loud == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_cut_or_too_small_at_any_size(wall: Watched, language: str) -> None:
    if wall.page.evaluate("document.documentElement.lang.slice(0, 2)") != language:
        wall.page.click("[data-key=language]")
    push(
        wall, feed=feed(*(row(nth, severity) for nth, severity in enumerate(("severe", "warning", "information") * 9)))
    )
    for width, height in SIZES:
        wall.page.set_viewport_size({"width": width, "height": height})
        wall.page.wait_for_function("size => document.documentElement.dataset.drawn === size", arg=f"{width}x{height}")
        texts = wall.page.evaluate(TEXTS)
        assert len(texts) > 60
        assert [found for found in texts if found["size"] < SMALLEST * height - 0.01] == []
        assert [found for found in texts if found["cut"]] == []
        boxes = wall.page.evaluate(
            "names => names.map(name => { const b = document.querySelector(`[data-region=${name}]`).getBoundingClientRect();"
            " return [b.left, b.top, b.right, b.bottom]; })",
            list(REGIONS),
        )
        for nth, one in enumerate(boxes):
            assert one[2] - one[0] > 0.05 * width
            for other in boxes[:nth]:
                assert (
                    one[0] >= other[2] - 1 or other[0] >= one[2] - 1 or one[1] >= other[3] - 1 or other[1] >= one[3] - 1
                )
        share = (boxes[4][2] - boxes[4][0]) / width
        assert share > (0.55 if width / height < 2.5 else 1 / 3)
    wall.page.set_viewport_size({"width": 1920, "height": 1080})
    if language == "en":
        wall.page.click("[data-key=language]")


def test_every_figure_is_the_one_of_the_api(wall: Watched) -> None:
    said = wall.page.evaluate("async () => (await (await fetch('/api/wall/411200')).json()).blocks")
    shown = {name: wall.page.inner_text(f"[data-head={name}] .value") for name in ("overdue", "due_today", "silent")}
    assert shown["overdue"].replace(",", "") == str(said["households"]["overdue"])
    assert shown["due_today"].replace(",", "") == str(said["households"]["due_today"])
    states = wall.page.locator("#wall-states .value").all_inner_texts()
    assert sum(int(count.replace(",", "")) for count in states) == said["households"]["total"]
    names = wall.page.locator(".below-areas tbody a").all_inner_texts()
    assert names == [area["name"] for area in said["ranked"]["rows"]][: len(names)]


def test_every_figure_leads_to_the_desk(wall: Watched) -> None:
    links = wall.page.eval_on_selector_all("#wall a", "all => all.map(one => one.getAttribute('href'))")
    assert len(links) > 15
    assert all(link.startswith("/map?area=4112") for link in links)


def test_from_a_figure_to_the_desk_and_back(watch: Watch, server_url: str) -> None:
    wall = open_wall(watch(server_url, 1280, 720))
    wall.page.click("[data-head=overdue]")
    wall.page.wait_for_url("**/map?area=411200&measure=overdue*")
    wall.heading("三门峡市")
    wall.page.click("#back-to-wall")
    wall.page.wait_for_url("**/wall")
    wall.page.wait_for_selector("[data-head=overdue] .value")


def test_a_panel_that_fails_says_so_and_the_others_go_on(wall: Watched) -> None:
    before = wall.page.inner_text("[data-region=posts] table")
    push(wall, checkpoints={"error": "error.too_slow"})
    wall.page.wait_for_selector("[data-region=posts].stale .failure:not(:empty)")
    assert wall.page.inner_text("[data-region=posts] table") == before, "what was known stays"
    assert wall.page.inner_text("[data-region=ranked] .failure") == ""
    said = wall.page.evaluate("async () => (await (await fetch('/api/wall/411200')).json()).blocks.checkpoints")
    push(wall, checkpoints=said)
    wall.page.wait_for_function("() => !document.querySelector('[data-region=posts] .failure').textContent")


def test_figures_age_by_themselves_whatever_the_displays_clock_says(wall: Watched) -> None:
    age = "document.querySelector('[data-head=silent] .stamp').textContent"
    assert "stale" not in (wall.page.get_attribute("[data-head=silent]", "class") or "")
    before = wall.page.evaluate(age)
    wall.page.evaluate("() => { const real = Date.now; Date.now = () => real() + 86400e3 * 3; wangge.tick(); }")
    assert wall.page.evaluate(age) == before
    wall.page.evaluate("() => { wangge.clock.pass(4 * 3600e3); wangge.tick(); }")
    assert "小时前" in wall.page.evaluate(age)
    assert "stale" in (wall.page.get_attribute("[data-head=silent]", "class") or "")
    wall.page.evaluate("() => { wangge.clock.pass(-4 * 3600e3); wangge.tick(); }")


def test_a_lost_connection_dims_everything_and_heals(wall: Watched) -> None:
    wall.page.evaluate("document.dispatchEvent(new CustomEvent('wangge:lost', { detail: { kind: 'server' } }))")
    wall.page.wait_for_selector("[data-signal=lost] [data-region=ranked].stale")
    assert "连接中断" in wall.page.inner_text("#wall-signal")
    wall.page.evaluate("document.dispatchEvent(new CustomEvent('wangge:again'))")
    wall.page.wait_for_selector("[data-signal=live]")


def test_another_moment_shows_as_another_and_comes_back(wall: Watched) -> None:
    wall.page.click("[data-act=back]")
    wall.page.wait_for_selector("[data-when=past] #wall-moment .not")
    said = wall.page.inner_text("#wall-moment")
    assert "不是现在" in said
    assert "1 天前" in said
    moment = wall.page.evaluate("new Date(wangge.wall.at).toISOString()")
    then = wall.page.evaluate("async at => (await (await fetch(`/api/wall/411200?at=${at}`)).json()).blocks", moment)
    shown = wall.page.inner_text("[data-head=overdue] .value").replace(",", "")
    assert shown == str(then["households"]["overdue"])
    assert moment[:10] in wall.page.evaluate("wangge.map.own.getSource('areas').tiles[0]")
    wall.page.click("[data-act=on]")
    wall.page.wait_for_selector("[data-when=now]")
    wall.page.click("[data-act=on]")
    wall.page.wait_for_selector("[data-when=future] #wall-moment .not")
    assert "不是事实" in wall.page.inner_text("#wall-moment")
    wall.page.click("[data-act=to_now]")
    wall.page.wait_for_selector("[data-when=now]")


def test_it_plays_through_days_and_can_be_held(wall: Watched) -> None:
    wall.page.evaluate("wangge.bar.to(-3)")
    for _ in range(2):
        wall.page.click("[data-act=speed]")
    wall.page.click("[data-act=play]")
    wall.page.wait_for_function("() => wangge.bar.day() >= -1")
    wall.page.click("[data-act=play]")
    held = wall.page.evaluate("wangge.bar.day()")
    wall.page.wait_for_timeout(1500)
    assert wall.page.evaluate("wangge.bar.day()") - held <= 1
    wall.page.click("[data-act=to_now]")
    wall.page.wait_for_selector("[data-when=now]")


def test_a_new_severe_alert_interrupts_a_touch_holds_and_the_tour_goes_on(watch: Watch, server_url: str) -> None:
    wall = open_wall(watch(server_url, 1280, 720), "?programme=duty_round")
    wall.page.wait_for_function("() => wangge.wall.live.feed?.figures && wangge.tour.tour.nth === 0")
    before = wall.page.evaluate("wangge.wall.live.feed.figures.rows")
    assert any(line["severity"] == "severe" for line in before)
    assert wall.page.evaluate("wangge.tour.tour.alert") is None, "what was there before is no news"
    wall.page.evaluate("() => { wangge.clock.pass(45e3); wangge.tour.tick(); }")
    wall.page.wait_for_function("() => wangge.tour.tour.nth === 1")
    worst = wall.page.evaluate("wangge.wall.live.ranked.figures.rows[0].name")
    wall.page.wait_for_function("name => document.querySelector('#wall-scene strong').textContent === name", arg=worst)
    push(wall, feed=feed(row(2), row(3, "warning"), *before))
    wall.page.wait_for_selector("#wall-alert .words >> text=第 2 条告警")
    wall.page.wait_for_function("() => Math.abs(wangge.map.own.getCenter().lng - 111.2) < 0.001")
    assert wall.page.is_visible("#wall-pin")
    wall.page.evaluate("() => { wangge.clock.pass(31e3); wangge.tour.tick(); }")
    wall.page.wait_for_function("() => !wangge.tour.tour.alert && document.getElementById('wall-alert').hidden")
    wall.page.mouse.click(700, 20)
    wall.page.wait_for_function("() => document.querySelector('#wall-scene .going').textContent.includes('暂停')")
    held = wall.page.evaluate("wangge.tour.tour.nth")
    wall.page.evaluate("() => { wangge.clock.pass(60e3); wangge.tour.tick(); }")
    assert wall.page.evaluate("wangge.tour.tour.nth") == held
    wall.page.evaluate(
        "() => { wangge.clock.pass(61e3); wangge.tour.tick(); wangge.clock.pass(40e3); wangge.tour.tick(); }"
    )
    wall.page.wait_for_function("held => wangge.tour.tour.nth !== held", arg=held)


@pytest.mark.timeout(600)
def test_eight_hours_leave_the_browser_as_light_as_before(watch: Watch, server_url: str) -> None:
    wall = open_wall(watch(server_url, 640, 360), "?programme=duty_round")
    session = wall.page.context.new_cdp_session(wall.page)
    hour = """async () => {
        const blocks = (await (await fetch('/api/wall/411200')).json()).blocks;
        for (let second = 0; second < 3600; second += 10) {
            wangge.clock.pass(10000);
            blocks.households.overdue += 1;
            const at = new Date(wangge.clock.now()).toISOString();
            const rows = [...Array(40).keys()].map(n => ({ id: second + n, n: 1, rule: 'r',
                severity: n % 7 ? 'warning' : 'severe',
                text: { zh: `${second} ${n}`, en: `${second} ${n}` }, name: 'x', area_code: '411202', area_name: 'x',
                lon: 111.2, lat: 34.7, began_at: at, assigned: 0, owners: [] }));
            wangge.heard({ seq: (wangge.wall.seq || 0) + 1, area: wangge.wall.code, at,
                blocks: { households: { ...blocks.households }, ranked: blocks.ranked, trend: blocks.trend,
                          feed: { rows, more: 0, data_time: at } },
                layers: second % 600 ? [] : ['households'], scheme: false });
            wangge.tour.tick();
            if (second % 120 === 0) await new Promise(done => requestAnimationFrame(done));
        } }"""

    def heap() -> float:
        session.send("HeapProfiler.collectGarbage")
        return float(session.send("Runtime.getHeapUsage")["usedSize"])

    wall.page.evaluate(hour)
    began, nodes = heap(), wall.page.evaluate("document.getElementsByTagName('*').length")
    for _ in range(7):
        wall.page.evaluate(hour)
    assert wall.page.evaluate("document.getElementsByTagName('*').length") <= nodes + 50
    assert heap() < began * 1.15 + 3e6


def test_a_change_is_on_the_wall_by_itself(watch: Watch, own_url: str, own_city: Database) -> None:
    wall = open_wall(watch(own_url, 1280, 720))
    before = wall.page.inner_text("[data-head=new_today] .value")
    with own_city.owner() as connection:
        connection.execute(text(BEGIN))
    wall.page.wait_for_function(
        "before => document.querySelector('[data-head=new_today] .value').textContent !== before", arg=before
    )


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_that_keeps_somebody_out(wall: Watched, theme: str) -> None:
    if wall.page.evaluate("document.documentElement.dataset.theme") != theme:
        wall.page.click("[data-key=theme]")
        wall.page.wait_for_timeout(300)
    assert axe(wall) == []


def test_without_figures_at_the_start_it_says_so_and_fills_itself_later(watch: Watch, server_url: str) -> None:
    found = watch(server_url, 1280, 720)
    away = {"on": True}

    def refuse(route: Route) -> None:
        route.fulfill(status=503, body=json.dumps({})) if away["on"] else route.continue_()

    found.page.route("**/api/wall/*", refuse)
    sign_in(found)
    found.page.goto(f"{found.address}/wall")
    found.page.wait_for_selector("[data-signal=lost]")
    away["on"] = False
    found.page.wait_for_selector("[data-signal=live]")
    found.page.wait_for_selector("[data-head=overdue] .value")
    found.expect("503")
