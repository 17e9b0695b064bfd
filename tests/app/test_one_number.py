"""One number is one number: on the wall, on the map, from the API and recounted from rows, at the same moment, in any scope."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from callbacks import ids
from callbacks.regions import told
from geodata.database import Database
from geodata.demo.people import accounts
from tests import recounting
from tests.app.running import Running, running
from tests.lending import Lender

KEY = re.compile(r'data-key="([^"]*)"')
ROW = re.compile(r'<tr data-key="(\d+)">(.*?)</tr>')
CITY, COUNTY = "411200", "411202"
PEOPLE = {row["username"]: row for row in accounts()}
BACK = (timedelta(0), timedelta(minutes=40), timedelta(hours=9), timedelta(days=1, hours=5), timedelta(days=9))
AREAS = {"command": (CITY, COUNTY), "county": (PEOPLE["county"]["area"],), "grid": (PEOPLE["grid"]["area"],)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(lender: Lender, demo_template: str) -> AsyncIterator[Running]:
    """Run the application over the small demo city, in which somebody is late and somebody came back; tests only read."""
    with lender.lent(demo_template) as city, pytest.MonkeyPatch.context() as monkeypatch:
        _happen(city)
        async with running(city, monkeypatch) as found:
            yield found


def _happen(database: Database) -> None:
    """Change some doors now and, late, in the past: the ledger must move every kept figure with it."""
    with database.owner() as connection:
        doors = connection.scalars(text("SELECT id FROM household WHERE id % 997 = 0 ORDER BY id")).all()
        states = connection.scalars(text("SELECT id FROM scheme_state ORDER BY id")).all()
        for nth, door in enumerate(doors):
            moment = datetime.now(UTC) - timedelta(days=nth % 12, minutes=nth + 2)
            connection.execute(
                text("SELECT record_state(:door, CAST(:state AS smallint), :at, 'late', 'test', 'test')"),
                {"door": door, "state": states[nth % len(states)], "at": moment},
            )
        connection.execute(text("ANALYZE"))


def flat(found: dict[str, Any], before: str = "") -> dict[str, float]:
    """Return the numbers of nested figures by flat keys."""
    numbers: dict[str, float] = {}
    for name, content in found.items():
        if isinstance(content, dict):
            numbers |= flat(content, f"{before}{name}.")
        elif isinstance(content, int | float) and not isinstance(content, bool):
            numbers[before + name] = content
    return numbers


async def of_the_wall(client: httpx.AsyncClient, code: str, at: str) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the wall's numbers under the names that a summary gives them, and its blocks."""
    answer = await client.get(f"/api/wall/{code}", params={"at": at} if at else {})
    assert answer.status_code == 200, answer.text
    blocks = answer.json()["blocks"]
    assert [name for name, block in blocks.items() if "error" in block] == []
    homes = dict(blocks["households"])
    named = {"households": homes.pop("states"), **homes}
    return flat(
        named | {name: blocks[name] for name in ("checkpoints", "hotels", "clinics", "patrols", "reports")}
    ), blocks


async def of_the_api(client: httpx.AsyncClient, code: str, at: str) -> dict[str, float]:
    """Return the numbers of a summary."""
    answer = await client.get(f"/api/areas/{code}/summary", params={"at": at} if at else {})
    assert answer.status_code == 200, answer.text
    return flat(answer.json())


async def of_the_map(client: httpx.AsyncClient, code: str, at: str) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return the numbers that the map's panel shows, by the keys of its components, and the rows of its ranks."""
    inputs = {ids.AREA: code, ids.MOMENT: at, ids.MEASURE: "overdue", ids.TASTE: {"theme": "dark", "language": "en"}}
    trail, numbers, ranks = map(told, (ids.TRAIL, ids.NUMBERS, ids.BELOW))
    shown = (
        (trail, "data"),
        (numbers, "data"),
        (ranks, "data"),
        (ids.FIT, "data"),
        (ids.GRID, "data"),
        (ids.BEFORE, "data"),
    )
    asked = {
        "output": ".." + "...".join(f"{place}.{prop}" for place, prop in shown) + "..",
        "outputs": [{"id": place, "property": prop} for place, prop in shown],
        "inputs": [{"id": place, "property": "data", "value": given} for place, given in inputs.items()]
        + [{"id": ids.NEWS, "property": "data", "value": None}],
        "state": [{"id": ids.BEFORE, "property": "data", "value": {}}],
        "changedPropIds": [f"{ids.AREA}.data"],
    }
    answer = await client.post("/_dash-update-component", json=asked, headers={"x-wangge": "1"})
    assert answer.status_code == 200, answer.text
    regions = answer.json()["response"]
    return _keyed(regions[numbers]["data"]), _rows(regions[ranks]["data"])


def _keyed(html: str) -> dict[str, float]:
    pairs = [key.split("=", 1) for key in KEY.findall(html) if "=" in key]
    return {name: json.loads(number) for name, number in pairs if number != "None"}


def _rows(html: str) -> list[dict[str, Any]]:
    return [{"code": code} | _keyed(cells) for code, cells in ROW.findall(html)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("username", sorted(AREAS))
async def test_wall_map_api_and_recount_say_the_same(house: Running, username: str) -> None:
    """Now and at past moments, over the whole city, one county, and one grid; each number under one name everywhere."""
    row = PEOPLE[username]
    house.client.cookies.clear()
    await house.client.post("/login", data={"username": username, "password": row["password"]})
    for code in AREAS[username]:
        for back in BACK:
            moment = datetime.now(UTC) - back
            at = moment.isoformat() if back else ""
            blocks = await _numbers(house, code, moment, at)
            if code != CITY or back == BACK[3]:
                _days(house.database, code, moment, blocks)


async def _numbers(house: Running, code: str, moment: datetime, at: str) -> dict[str, Any]:
    """Compare every number of one area at one moment; return the wall's blocks."""
    wall, blocks = await of_the_wall(house.client, code, at)
    api = await of_the_api(house.client, code, at)
    shown, ranks = await of_the_map(house.client, code, at)
    with house.database.owner() as connection:
        recount = recounting.counted(connection, code, moment)
        children = recounting.below(connection, code, moment)
    assert len(wall) > 20
    # What a camera sees is a polygon here and a circle there: a cell whose middle lies between the two may differ.
    assert abs(recount["patrols.unseen"] - wall["patrols.unseen"]) <= 2, at
    recount["patrols.unseen"] = wall["patrols.unseen"]
    assert wall == recount, at
    assert api == recount, at
    unsaid = {"surveyed"} | {name for name in recount if name.startswith("households.") and name not in shown}
    assert {name: number for name, number in shown.items() if name in recount} == {
        name: number for name, number in recount.items() if name not in unsaid
    }, at
    _ranked(blocks, children, ranks)
    return blocks


def _days(database: Database, code: str, moment: datetime, blocks: dict[str, Any]) -> None:
    """Compare the charts: what was true at the end of each day, and what is to become due."""
    with database.owner() as connection:
        ends = recounting.ends(connection, moment, 14)
        homes = recounting.homes_of(connection, [code], ends.values())
        due = recounting.due(connection, code, moment, 14)
    for row in blocks["trend"]["days"]:
        truth = homes[code, ends[datetime.fromisoformat(row["day"]).date()]]
        wanted = (truth["new_today"], truth["followed"], truth["overdue"])
        assert (row["new"], row["followed"], row["overdue"]) == wanted, row
    assert {row["day"]: row["due"] for row in blocks["forecast"]["days"]} == {
        day.isoformat(): number for day, number in due.items()
    }


def _ranked(blocks: dict[str, Any], children: dict[str, Any], shown: list[dict[str, Any]]) -> None:
    """Compare the areas below on the wall and on the map with their recount; the wall's worst come first."""
    rows = blocks["ranked"]["rows"]
    assert {row["code"]: {name: row[name] for name in children[row["code"]]} for row in rows} == children
    assert [row["wrong"] for row in rows] == sorted((row["wrong"] for row in rows), reverse=True)
    assert {row["code"]: row["overdue"] for row in shown} == {code: row["overdue"] for code, row in children.items()}
