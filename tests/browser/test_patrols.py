"""Patrols in a real Chromium: what flies and walks, where it came from, what it sees, and what nobody has seen."""

import pytest

from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

LIVE = ("trails", "footprints", "ground_patrols", "drones")
DRAWN = "() => (wangge.map.overlay._deck?.props.layers || []).map(layer => layer.id)"


def test_what_is_live_is_drawn_and_goes_off_and_on(desk: Watched) -> None:
    # The city does not live on: later only patrols that fell silent would be there, whose trails have ended.
    flown = (
        "async () => (await (await fetch('/api/features/drones')).json()).features.map(one => one.properties.data_time)"
    )
    heard = max(desk.page.evaluate(flown))
    desk.go(on=f"areas,{','.join(LIVE)}", at=heard.replace("+00:00", "Z"))
    desk.page.wait_for_function(f"() => {list(LIVE)!r}.every(name => ({DRAWN})().includes(name))")
    order = desk.page.evaluate(DRAWN)
    assert [name for name in order if "-" not in name] == list(LIVE)
    assert "drones-letters" in order
    desk.page.click("#layers summary")
    desk.page.click("#layers [data-layer=trails]")
    desk.page.wait_for_function(f"() => !({DRAWN})().includes('trails')")
    assert "drones" in desk.page.evaluate(DRAWN)
    desk.rest()


def test_unseen_cells_are_hatched_explained_and_say_since_when(desk: Watched) -> None:
    desk.go(on="areas,unseen", z="14.00", lat="34.78600", lon="111.19900")
    desk.page.click("#layers summary")
    assert "24 小时未巡" in desk.page.inner_text("#layers")
    assert "从未巡到" in desk.page.inner_text("#layers")
    desk.page.click("#layers summary")
    desk.rest()
    hatches = (
        "() => wangge.map.own.queryRenderedFeatures({layers: ['unseen-hatch-cross', 'unseen-hatch-diagonal']}).length"
    )
    assert desk.page.evaluate(hatches) > 0
    cell = desk.page.evaluate(
        """() => { const map = wangge.map.own, box = map.getContainer().getBoundingClientRect();
                   const cells = map.queryRenderedFeatures({layers: ['unseen']});
                   const middle = ([ring]) => [0, 1].map(axis => (ring[0][axis] + ring[2][axis]) / 2);
                   const far = at => Math.hypot(at.x - box.width / 2, at.y - box.height / 2);
                   const [at] = cells.map(one => map.project(middle(one.geometry.coordinates)))
                       .sort((a, b) => far(a) - far(b));
                   return [box.left + at.x, box.top + at.y]; }"""
    )
    desk.page.mouse.click(*cell)
    desk.page.wait_for_selector("#card h2, #card h1")
    assert "最后巡到" in desk.page.inner_text("#card")
    assert (desk.asked("pick") or "").startswith("unseen:")
