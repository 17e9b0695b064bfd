"""The tablet in a real Chromium: what a grid leader enters arrives once and exactly once, whatever happens in between."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import text

from geodata.database import Database
from geodata.demo.people import accounts
from tests.browser.conftest import AXE
from tests.browser.tablets import AHEAD, LANDSCAPE, NO_MAP, PORTRAIT, Tablet, tablet

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SMALL = (960, 480)
"""Wide enough for a map beside the list, and quickly drawn by software."""
GRID = next(row["area"] for row in accounts() if row["username"] == "grid")
NEIGHBOUR = GRID[:-1] + "2"


@pytest.fixture
def entries(own_city: Database) -> Iterator["Entries"]:
    """Return the ledger of the own city from here on."""
    yield Entries(own_city)
    own_city.dispose()


class Entries:
    """What devices entered since the test began."""

    def __init__(self, database: Database) -> None:
        self.database = database
        newest = "SELECT coalesce(max(id), 0) AS n FROM {}"
        self.before = {name: self._ask(newest.format(name))[0].n for name in ("household_entry", "refused_change")}

    def _ask(self, statement: str) -> list:
        with self.database.owner() as connection:
            return list(connection.execute(text(statement), getattr(self, "before", {})).all())

    def all(self) -> list:
        return self._ask(
            "SELECT e.*, s.code AS to FROM household_entry e JOIN scheme_state s ON s.id = e.to_state_id "
            "WHERE e.id > :household_entry AND e.source = 'device' ORDER BY e.id"
        )

    def most_due(self) -> tuple[str, int]:
        """Return the grid of the officer's county where most households are to be cleared, and how many."""
        found = self._ask(
            "SELECT a.code, count(*) AS n FROM household h JOIN area a ON a.id = h.area_id "
            "WHERE h.due_on <= local_day(now()) AND a.path <@ (SELECT path FROM area WHERE code = '411202') "
            "GROUP BY a.code ORDER BY n DESC, a.code LIMIT 1"
        )
        return found[0].code, found[0].n

    def refused(self) -> list:
        return self._ask("SELECT * FROM refused_change WHERE id > :refused_change")

    def do(self, statement: str) -> None:
        with self.database.owner() as connection:
            connection.execute(text(statement))


def test_twelve_changes_survive_the_cut_and_the_closed_browser(
    chromium: Browser, own_url: str, tmp_path: Path, entries: Entries
) -> None:
    with tablet(chromium, own_url, tmp_path) as one:
        one.sign_in()
        one.ready()
        one.page.wait_for_selector("html[data-landed]", state="attached")
        one.cut()
        # By hand, as at a door: the building's face, a cell, the state, save.
        one.page.click("[data-key=tab-buildings]")
        one.page.locator(".block").first.click()
        cell = one.page.locator(".cell", has_text="W").first
        doors = one.doors("normal", 12)
        first = int((cell.get_attribute("data-key") or "").removeprefix("cell-"))
        doors = [first, *(door for door in doors if door != first)][:12]
        cell.click()
        one.page.click("[data-key=do-change]")
        one.page.click("[data-key=to-vacant]")
        one.page.click("[data-key=why-phoned]")
        one.page.click("[data-key=save]")
        one.unsent(1)
        one.change(doors[1:], "vacant")
        one.unsent(12)
    assert entries.all() == []

    with tablet(chromium, own_url, tmp_path, offline=True, size=SMALL, scripts=()) as one:
        one.page.goto(f"{own_url}/grid?area={NEIGHBOUR}")
        one.page.wait_for_selector(".alone .notice")
        one.page.goto(f"{own_url}/grid")
        one.unsent(12)
        one.page.wait_for_selector(".signal.is-away")
        one.page.wait_for_selector("html[data-map=idle]")
        one.page.click("[data-key=tab-unsent]")
        one.page.wait_for_function("() => document.querySelectorAll('.entry').length === 12")
        one.cut(off=False)
        one.unsent(0)
        found = entries.all()
        assert [row.household_id for row in found] == doors
        assert {row.to for row in found} == {"vacant"}
        assert found[0].reason == "phoned"
        assert found[0].entered_by == "grid"
        one.page.reload()
        one.unsent(0)
    assert len(entries.all()) == 12


def test_a_session_that_ends_without_signal_loses_nothing_of_five_hundred(
    chromium: Browser, own_url: str, entries: Entries
) -> None:
    with tablet(chromium, own_url) as one:
        one.sign_in()
        one.ready()
        one.cut()
        entries.do("DELETE FROM session")
        doors = one.doors("normal", 125)
        one.page.evaluate(
            """async doors => { const { add } = await import('/assets/grid/queue.js');
                const { state, reload } = await import('/assets/grid/app.js');
                for (const to of ['vacant', 'normal', 'vacant', 'normal'])
                    await add('grid', state.grid, doors.map(household => ({ household, door: '', kind: 'change', to,
                        reason: 'survey', then: { state: to, since: new Date().toISOString(), due_on: null } })));
                await reload(); }""",
            doors,
        )
        one.unsent(500)
        one.cut(off=False)
        one.page.click(".strip.severe a")
        one.expect("401")
        one.enter()
        one.unsent(0)
        found = entries.all()
        assert len(found) == 500
        assert len({row.client_id for row in found}) == 500
        assert {row.household_id for row in found} == set(doors)
        one.expect("401")


def test_due_households_are_cleared_in_two_taps_several_at_once_and_taken_back(
    chromium: Browser, own_url: str, entries: Entries
) -> None:
    grid, count = entries.most_due()
    assert count >= 3, "the demo city always has somebody to clear"
    with tablet(chromium, own_url) as one:
        one.sign_in("county", f"/grid?area={grid}")
        waiting = ".group[data-group=overdue] .door, .group[data-group=due] .door"
        there = f"n => document.querySelectorAll('{waiting}').length === n"
        one.page.wait_for_function(there, arg=count)
        one.page.locator(waiting).first.click()
        one.page.click("[data-key=do-clear]")
        one.page.wait_for_function(there, arg=count - 1)
        one.send()
        [first] = entries.all()
        assert (first.to, first.reason) == ("normal", "cleared")
        one.page.click("[data-key=choose]")
        for nth in (0, 1):
            one.page.locator(waiting).nth(nth).click()
        one.page.click("[data-key=clear] >> text=2")
        one.page.wait_for_function(there, arg=count - 3)
        one.page.click("[data-key=toast-undo]")
        one.page.wait_for_function(there, arg=count - 1)
        # The sheet of the first one offers the same, for ten minutes.
        one.page.evaluate("where => { location.hash = where; }", f"#today/h{first.household_id}")
        one.page.click(".sheet [data-key=undo]")
        one.page.click("[data-key=close]")
        one.page.wait_for_function(there, arg=count)
        one.send()
        one.page.wait_for_function(there, arg=count)
        one.unsent(0)
        found = entries.all()
        assert len(found) == 6
        assert sum(row.undoes is not None for row in found) == 3
        one.page.click("[data-key=tab-unsent]")
        one.page.wait_for_function("() => document.querySelectorAll('.entry').length === 6")


def test_two_tablets_on_one_household_a_person_decides(chromium: Browser, own_url: str, entries: Entries) -> None:
    with tablet(chromium, own_url) as one, tablet(chromium, own_url) as other:
        one.sign_in()
        other.sign_in("county", f"/grid?area={GRID}")
        mine, theirs = one.doors("normal", 2)
        one.cut()
        one.change([mine, theirs], "vacant")
        other.change([mine, theirs], "unsurveyed")
        other.unsent(0)
        one.cut(off=False)
        one.page.wait_for_selector("[data-key=tab-unsent] .count")
        one.page.click("[data-key=tab-unsent]")
        said = one.page.locator(".conflict").first.inner_text()
        assert "county" in said
        assert "grid" in said
        one.page.locator(".conflict").first.get_by_text("仍按我的登记").click()
        one.page.wait_for_function("() => document.querySelectorAll('.conflict').length === 1")
        one.page.locator(".conflict").first.get_by_text("以对方为准").click()
        one.page.wait_for_selector("[data-key=tab-unsent]:not(:has(.count))")
        one.unsent(0)
        last = {row.household_id: (row.to, row.entered_by) for row in entries.all()}
        assert last == {mine: ("vacant", "grid"), theirs: ("unsurveyed", "county")}
        assert len(entries.all()) == 3


def test_a_clock_two_days_fast_is_said_and_put_right(chromium: Browser, own_url: str, entries: Entries) -> None:
    with tablet(chromium, own_url, scripts=(NO_MAP, AHEAD)) as one:
        one.sign_in()
        one.page.wait_for_selector(".strip >> text=快了 2 天")
        [door] = one.doors("normal", 1)
        one.page.evaluate(f"location.hash = '#today/h{door}'")
        one.page.click("[data-key=do-change]")
        one.page.click("[data-key=to-other_city]")
        one.page.click("[data-key=why-returned]")
        one.page.click("[data-key=save]")
        one.page.wait_for_selector(".toast:not(:empty)")
        one.send()
        one.unsent(0)
        one.page.wait_for_selector(f".group[data-group=new] [data-key=door-{door}]")
        [row] = entries.all()
        assert abs((row.entered_at - row.effective).total_seconds()) < 60
        assert row.clock_off_s == pytest.approx(172_800, abs=60)
        one.page.click("[data-key=toast-undo]")
        one.page.wait_for_selector(f".group[data-group=new] [data-key=door-{door}]", state="detached")
        one.send()
        one.unsent(0)
        assert [entry.undoes for entry in entries.all()] == [None, row.id]


def test_who_signs_out_leaves_nothing_and_nobody_sees_anothers(
    chromium: Browser, own_url: str, entries: Entries
) -> None:
    with tablet(chromium, own_url) as one:
        one.sign_in()
        one.ready()
        one.cut()
        one.change(one.doors("normal", 2), "vacant")
        # Signed out elsewhere, and somebody else signs in before anything was sent.
        one.turn()
        one.context.set_offline(False)
        one.page.goto(f"{own_url}/login")
        one.page.evaluate("fetch('/logout', { method: 'POST', headers: { 'X-Wangge': '1' } })")
        one.page.goto(f"{own_url}/login")
        one.page.wait_for_function("async () => !(await caches.keys()).some(name => name.startsWith('wangge-land'))")
        assert one.kept()["rows"] == {"done": [], "notes": [], "packs": [], "queue": ["grid", "grid"]}
        one.page.goto(f"{own_url}/login?next=/grid%3Farea%3D{GRID}")
        one.enter("county")
        one.page.wait_for_selector(".strip >> text=他人未发送的变更 2 条")
        one.unsent(0)
        assert [row.entered_by for row in entries.all()] == []
        one.page.evaluate("fetch('/logout', { method: 'POST', headers: { 'X-Wangge': '1' } })")
        one.sign_in()
        one.unsent(0)
        assert [row.entered_by for row in entries.all()] == ["grid", "grid"]
        # Now by the page itself, with something unsent: it asks, and then nothing is left.
        one.cut()
        one.change(one.doors("normal", 1), "vacant")
        one.page.click("[data-key=settings]")
        one.page.click("[data-key=leave]")
        assert "1" in one.page.inner_text(".sheet .said.severe")
        one.context.set_offline(False)
        one.page.click("[data-key=leave]")
        one.page.wait_for_url("**/login?next=/grid")
        assert one.kept() == {"rows": {}, "caches": [], "workers": 0, "local": 0}
        one.expect("401")


def test_neither_a_stranger_on_the_way_nor_one_bad_change_holds_up_the_others(
    chromium: Browser, own_url: str, entries: Entries
) -> None:
    with tablet(chromium, own_url) as one:
        one.sign_in()
        good = one.doors("normal", 2)
        for address in ("**/api/changes", "**/api/grids/**"):
            one.page.route(address, lambda route: route.fulfill(status=404, body="<h1>Hotel network</h1>"))
        one.page.evaluate(
            """async ([first, second]) => { const { add } = await import('/assets/grid/queue.js');
                const { state, reload } = await import('/assets/grid/app.js');
                const then = { state: 'vacant', since: new Date().toISOString(), due_on: null };
                await add('grid', state.grid, [first, 0, second].map(household => ({ household, door: 'door ' + household,
                    kind: 'change', to: 'vacant', reason: 'survey', then })));
                await reload(); }""",
            good,
        )
        one.send()
        one.page.wait_for_selector(".signal.is-away")
        one.unsent(3)
        assert one.kept()["rows"]["packs"] == ["grid"]
        one.page.unroute_all()
        one.send()
        one.unsent(0)
        assert [row.household_id for row in entries.all()] == good
        one.page.click("[data-key=tab-unsent]")
        one.page.wait_for_selector(".entry:has(.severe) >> text=door 0")
        one.expect("404", "400")


def test_what_was_entered_by_who_lost_the_right_is_refused_with_a_sentence_and_kept(
    chromium: Browser, own_url: str, entries: Entries
) -> None:
    move = (
        "UPDATE account_area SET area_id = (SELECT id FROM area WHERE code = '{}') "
        "WHERE account_id = (SELECT id FROM account WHERE username = 'grid')"
    )
    with tablet(chromium, own_url) as one:
        one.sign_in()
        one.ready()
        one.cut()
        one.change(one.doors("normal", 1), "vacant")
        entries.do(move.format(NEIGHBOUR))
        while NEIGHBOUR not in one.context.request.get(f"{own_url}/api/grids").text():
            one.page.wait_for_timeout(50)
        one.cut(off=False)
        one.page.wait_for_selector(".alone[data-why=refused] .entry .severe >> text=已不在您的管辖范围内")
        assert one.kept()["rows"]["packs"] == []
        assert entries.all() == []
        assert len(entries.refused()) == 1
        one.page.click(".alone .entry button")
        one.page.wait_for_selector(".alone:not(:has(.entry))")
        one.send()
        entries.do(move.format(GRID))
        one.expect("404")


def test_nothing_is_too_small_or_keeps_somebody_out(chromium: Browser, own_url: str) -> None:
    with tablet(chromium, own_url, scripts=(NO_MAP, AXE.read_text(encoding="utf-8"))) as one:
        one.sign_in()
        door = one.doors("normal", 1)[0]
        for size, theme, lang in ((PORTRAIT, "dark", "zh-CN"), (LANDSCAPE, "light", "en")):
            one.page.set_viewport_size({"width": size[0], "height": size[1]})
            one.page.evaluate(f"Object.assign(document.documentElement, {{lang: '{lang}'}}).dataset.theme = '{theme}'")
            for place in ("#today", "#buildings", f"#unsent/h{door}", "#today/settings"):
                one.page.evaluate("where => { location.hash = where; }", place)
                one.page.wait_for_function(
                    "() => document.querySelector('dialog').open === location.hash.includes('/')"
                )
                assert troubles(one) == [], (size, place)


def troubles(one: Tablet) -> list[str]:
    """Return what sticks out, is too small to touch, or is serious to axe."""
    found: list[str] = one.page.evaluate(
        """async () => {
            const top = document.querySelector('dialog[open]') || document;
            const small = [...top.querySelectorAll('button, a, select, summary')].filter(e => {
                const b = e.getBoundingClientRect(); return b.width && (b.width < 43.5 || b.height < 43.5); });
            const out = [...top.querySelectorAll('*')].filter(e => { const b = e.getBoundingClientRect();
                return b.width && (b.right > innerWidth + 1 || b.left < -1) && !e.closest('.out-of-sight, .face'); });
            const { violations } = await axe.run(document, { resultTypes: ['violations'] });
            const bad = violations.filter(rule => ['serious', 'critical'].includes(rule.impact))
                .flatMap(rule => rule.nodes.map(node => `${rule.id} ${node.html.slice(0, 120)}`));
            const told = (what, found) => found.map(e => `${what} ${e.outerHTML.slice(0, 120)}`);
            return [...told('small', small), ...told('out', out), ...bad];
        }"""
    )
    return found
