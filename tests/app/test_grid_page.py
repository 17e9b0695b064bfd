import json
import re

import pytest

from app.pages import grid
from app.routes.pages import START
from geodata.database import Database
from geodata.model import Role
from tests.app.running import Running
from tests.places import EAST, GRIDS, WEST

PAGE = {"accept": "text/html"}
OWN, NEIGHBOUR = GRIDS[EAST]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DISPLAY])
async def test_everybody_begins_with_their_own_page(house: Running, role: Role) -> None:
    await house.sign_in(role)
    assert (await house.client.get("/")).headers["location"] == START.get(role, "/map")
    page = await house.client.get("/grid", headers=PAGE)
    assert page.status_code == (403 if role is Role.PRESS else 200)
    if page.status_code == 200:
        assert f"wangge_user={role.value};" in page.headers["set-cookie"]


async def test_the_page_says_nothing_of_anybody(house: Running) -> None:
    """What a device keeps to start without signal may be read by whoever holds it."""
    await house.sign_in(Role.GRID)
    page = (await house.client.get("/grid")).text
    house.client.cookies.clear()
    kept = await house.client.get("/grid/shell")
    assert (kept.status_code, kept.text) == (200, page)
    assert "set-cookie" not in kept.headers
    words = json.loads(re.search(r'id="words">(.*?)</script>', page, re.DOTALL).group(1))  # type: ignore[union-attr]
    assert set(words["zh"]) == set(words["en"])
    assert not re.findall(r"<script(?![^>]*(src=|json))", page)


async def test_every_text_that_the_scripts_ask_for_is_there() -> None:
    said = grid.words()["zh"]
    for file in grid.MODULES.glob("*.js"):
        for key in re.findall(r'say\("([a-z_.]+)"', file.read_text(encoding="utf-8")):
            assert key in said, (file.name, key)


async def test_the_worker_keeps_what_the_page_needs_and_changes_with_it(
    house: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (await house.client.get("/sw.js")).text
    facts = json.loads(script.partition("\n")[0].removeprefix("self.KEPT = ").removesuffix(";"))
    assert {"/grid/shell", "/assets/wangge.css", "/assets/grid/app.js"} <= set(facts["files"])
    assert not [name for name in facts["files"] if "/api/" in name]
    page = (await house.client.get("/grid/shell")).text
    needed = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert set(needed) <= set(facts["files"])
    for address in facts["files"]:
        assert (await house.client.get(address)).status_code == 200, address
    monkeypatch.setattr(grid, "shell", lambda: "another page")
    assert grid.worker().partition("\n")[0] != script.partition("\n")[0]


async def test_the_page_can_be_installed(house: Running) -> None:
    answer = await house.client.get("/manifest.webmanifest")
    said = answer.json()
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert (said["start_url"], said["display"]) == ("/grid", "standalone")
    assert {icon["sizes"] for icon in said["icons"]} == {"192x192", "512x512"}
    for icon in said["icons"]:
        assert (await house.client.get(icon["src"])).headers["content-type"] == "image/png"


async def test_a_pack_is_sent_again_only_when_something_changed(house: Running, peopled_city: Database) -> None:
    await house.sign_in(Role.GRID)
    first = await house.client.get(f"/api/grids/{OWN}/pack")
    held = {"if-none-match": first.headers["etag"]}
    assert len(first.json()["households"]) == 6
    assert (await house.client.get(f"/api/grids/{OWN}/pack", headers=held)).status_code == 304
    with peopled_city.owner() as connection:
        connection.exec_driver_sql("SELECT record_state(1, 1::smallint, now(), 'returned', 'test', 'test')")
    again = await house.client.get(f"/api/grids/{OWN}/pack", headers=held)
    assert again.status_code == 200
    [door] = [door for door in again.json()["households"] if door["id"] == 1]
    assert (door["state"], door["entry"] is None) == ("wuhan", False)


async def test_a_grid_leader_reaches_nothing_of_a_neighbour(house: Running) -> None:
    await house.sign_in(Role.GRID)
    for code in (NEIGHBOUR, WEST, "nothing"):
        for what in ("pack", "today", "care"):
            answer = await house.client.get(f"/api/grids/{code}/{what}")
            assert (answer.status_code, answer.json()["error"]) == (404, "unknown_area"), (code, what)
    assert [one["code"] for one in (await house.client.get("/api/grids")).json()["grids"]] == [OWN]


async def test_the_press_has_no_grid(house: Running) -> None:
    await house.sign_in(Role.PRESS)
    for path in ("/api/grids", f"/api/grids/{OWN}/pack"):
        assert (await house.client.get(path)).status_code == 403


async def test_what_one_entered_is_not_sent_in_the_name_of_another(house: Running) -> None:
    """Somebody else may have signed in on the tablet between two looks at its cookie."""
    await house.sign_in(Role.COMMAND)
    for named, status in (("command", 200), ("grid", 401), ("%E7%BD%91", 401)):
        answer = await house.client.get(f"/api/grids/{OWN}/pack", headers={"x-wangge-user": named})
        assert answer.status_code == status


async def test_who_signs_out_leaves_no_tile_behind_and_a_tablet_nothing_at_all(house: Running) -> None:
    for address, cleared in (("/logout", '"cache"'), ("/logout?device=wipe", '"cache", "storage"')):
        await house.sign_in(Role.GRID)
        assert house.client.cookies["wangge_user"] == "grid"
        answer = await house.client.post(address, headers={"x-wangge": "1"})
        assert answer.headers["clear-site-data"] == cleared
        assert "wangge_user" not in house.client.cookies
