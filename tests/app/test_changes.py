"""Changes as a tablet sends them: each answered by itself, once whatever happens on the way."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.model import Role
from tests.app.running import Running, running, soon
from tests.places import BEGAN, EAST, GRIDS, WEST

OWN = {"x-wangge": "1", "accept-language": "en"}


def change(household: int, **more: Any) -> dict[str, Any]:
    """Return a change that has just been made, of a household that nobody changed before."""
    made = datetime.now(UTC) - timedelta(minutes=1)
    return {"client_id": str(uuid4()), "household": household, "to": "wuhan", "effective": made.isoformat(), **more}


async def send(house: Running, *changes: dict[str, Any], off: timedelta = timedelta(0)) -> dict[str, Any]:
    """Send changes as a device whose clock is `off`; return the whole answer."""
    body = {"sent_at": (datetime.now(UTC) + off).isoformat(), "changes": list(changes)}
    answer = await house.client.post("/api/changes", json=body, headers=OWN)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def doors(city: Database, grid: str) -> list[int]:
    """Return a grid's households."""
    asked = text("SELECT h.id FROM household h JOIN area a ON a.id = h.area_id WHERE a.code = :grid ORDER BY 1")
    with city.owner() as connection:
        return list(connection.scalars(asked, {"grid": grid}))


async def test_each_change_gets_its_own_answer(house: Running, peopled_city: Database) -> None:
    """Good and bad ones in one sending, sent twice: the good ones once, the bad ones kept for the officer."""
    own, foreign = doors(peopled_city, GRIDS[EAST][0]), doors(peopled_city, WEST + "001001001")
    queue = [
        change(own[0], reason="returned"),
        change(foreign[0]),
        change(own[1], kind="clear"),
        change(own[2], to="purple"),
        change(own[3], reason="call 13812345678"),
        change(own[4], to="hubei", effective=(BEGAN - timedelta(days=1)).isoformat()),
    ]
    await house.sign_in(Role.GRID)
    first, second = await send(house, *queue), await send(house, *queue)
    assert [one["outcome"] for one in first["results"]] == ["recorded", *["refused"] * 5]
    assert [one["outcome"] for one in second["results"]] == ["known", *["refused"] * 5]
    assert second["results"][0]["entry"] == first["results"][0]["entry"]
    assert "no longer yours" in first["results"][1]["message"]
    assert "not due" in first["results"][2]["message"]
    with peopled_city.owner() as connection:
        assert connection.scalar(text("SELECT count(*) FROM household_entry")) == 1
        assert "13812345678" not in str(connection.execute(text("SELECT * FROM refused_change")).all())
    await house.sign_in(Role.OFFICER)
    kept = (await house.client.get("/api/refused-changes", headers=OWN)).json()
    assert {row["client_id"] for row in kept} == {one["client_id"] for one in queue[2:]}
    await house.sign_in(Role.COMMAND)
    kept = (await house.client.get("/api/refused-changes", headers=OWN)).json()
    assert {row["client_id"] for row in kept} == {one["client_id"] for one in queue[1:]}
    assert {row["by"] for row in kept} == {"grid"}


async def test_two_tablets_on_one_household(house: Running, peopled_city: Database) -> None:
    """The second sees both versions, decides, and is then taken."""
    door = doors(peopled_city, GRIDS[EAST][0])[0]
    await house.sign_in(Role.GRID)
    taken = (await send(house, change(door, to="hubei", reason="returned")))["results"][0]
    await house.sign_in(Role.OFFICER)
    late = (await send(house, change(door)))["results"][0]
    assert (late["outcome"], late["entry"]) == ("conflict", taken["entry"])
    there = late["now"]
    assert (there["state"], there["by"], there["reason"], there["entry"]) == (
        "hubei",
        "grid",
        "returned",
        taken["entry"],
    )
    decided = (await send(house, change(door, seen=there["entry"])))["results"][0]
    assert decided["outcome"] == "recorded"
    history = (await house.client.get(f"/api/households/{door}")).json()
    assert [(row["from"], row["to"]) for row in history["history"]] == [
        ("hubei", "wuhan"),
        ("normal", "hubei"),
        (None, "normal"),
    ]
    assert history["entry"] == decided["entry"]


async def test_a_clock_two_days_off_is_put_right(house: Running, peopled_city: Database) -> None:
    """The server's time decides, and the difference is noted with the entry."""
    ahead, behind = doors(peopled_city, GRIDS[EAST][0])[:2]
    await house.sign_in(Role.GRID)
    for door, off in ((ahead, timedelta(days=2)), (behind, timedelta(days=-2))):
        made = datetime.now(UTC) + off - timedelta(minutes=30)
        answer = await send(house, change(door, effective=made.isoformat()), off=off)
        assert abs(answer["clock_off_s"] - off.total_seconds()) <= 2
        assert answer["results"][0]["outcome"] == "recorded"
        line = (await house.client.get(f"/api/households/{door}")).json()["history"][0]
        aside = datetime.fromisoformat(line["effective"]) - (datetime.now(UTC) - timedelta(minutes=30))
        assert abs(aside) < timedelta(seconds=20)
        assert abs(line["clock_off_s"] - off.total_seconds()) <= 2


async def test_what_is_no_sending_at_all(house: Running, peopled_city: Database) -> None:
    """Refused as a whole, in a sentence; nothing is taken. The media office enters nothing."""
    door = doors(peopled_city, GRIDS[EAST][0])[0]
    await house.sign_in(Role.GRID)
    good = {"sent_at": datetime.now(UTC).isoformat(), "changes": [change(door)]}
    wrong: list[Any] = [
        [],
        {**good, "changes": []},
        {**good, "sent_at": "yesterday"},
        {**good, "changes": [change(door, name="张三")]},
        {**good, "changes": [change(door, effective="0001-01-01T00:00:00+08:00")]},
        {**good, "changes": [change(door)] * 1001},
    ]
    for body in wrong:
        answer = await house.client.post("/api/changes", json=body, headers=OWN)
        assert answer.status_code == 400, body
    assert (await house.client.post("/api/changes", json=good)).status_code == 403
    await house.sign_in(Role.PRESS)
    assert (await house.client.post("/api/changes", json=good, headers=OWN)).status_code == 403
    assert (await house.client.get("/api/refused-changes")).json() == []
    with peopled_city.owner() as connection:
        assert connection.scalar(text("SELECT count(*) FROM household_entry")) == 0


async def test_the_server_clears_what_clears_by_itself(peopled_city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without anybody asking, soon after it starts; the ledger says that nobody confirmed it."""
    monkeypatch.setattr("app.house.CLEARED_FIRST_S", 0.1)
    door = doors(peopled_city, GRIDS[EAST][0])[0]
    with peopled_city.owner() as connection:
        connection.execute(text("UPDATE scheme_state SET automatic = true WHERE code = 'hubei'"))
        began = datetime.now(UTC) - timedelta(days=15)
        record = text("SELECT record_state(:door, 2::smallint, :began, 'returned', 'test', 'test')")
        connection.execute(record, {"door": door, "began": began})

    async def cleared() -> bool:
        with peopled_city.owner() as connection:
            last = connection.scalar(text("SELECT source FROM household_entry ORDER BY id DESC LIMIT 1"))
        return bool(last == "automatic")

    async with running(peopled_city, monkeypatch):
        await soon(cleared)
