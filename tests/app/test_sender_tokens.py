"""A sender's token delivers its own kind into its own areas and does nothing else, until it is taken back."""

from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from app.__main__ import command_line
from geodata.database import Database
from geodata.model import Role
from tests.app.running import Running, soon
from tests.app.test_reach import server_of
from tests.geodata.arrival.hours import passed
from tests.places import CITY, EAST, GRIDS, WEST

OWN = {"x-wangge": "1", "accept-language": "en"}
OFFICE = {"code": "traffic", "name": "交通局", "areas": [EAST]}
MINE, FOREIGN = f"P{GRIDS[EAST][0]}", f"P{GRIDS[WEST][0]}"


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "accept-language": "en"}


@pytest.fixture
async def office(house: Running) -> str:
    """Return the token of an office of the east that delivers passages."""
    await house.sign_in(Role.COMMAND)
    assert (await house.client.post("/api/senders", json=OFFICE, headers=OWN)).status_code == 200
    answer = await house.client.post("/api/senders/traffic/tokens", json={"kind": "passages"}, headers=OWN)
    return str(answer.json()["token"])


async def test_it_delivers_its_own_kind_into_its_own_area(house: Running, office: str) -> None:
    house.client.cookies.clear()
    taken = await house.client.post("/api/feeds/passages", json=passed(MINE), headers=bearer(office))
    assert (taken.status_code, taken.json()) == (200, {"accepted": 1, "repeated": 0, "refused": 0, "rows": []})
    foreign = await house.client.post("/api/feeds/passages", json=passed(FOREIGN), headers=bearer(office))
    assert (foreign.status_code, foreign.json()["rows"][0]["column"]) == (422, "checkpoint")
    both = [passed(FOREIGN), passed(MINE, 1)]
    part = await house.client.post("/api/feeds/passages?partial=true", json=both, headers=bearer(office))
    assert part.status_code == 200
    assert {name: part.json()[name] for name in ("accepted", "repeated", "refused")} == {
        "accepted": 1, "repeated": 0, "refused": 1,
    }  # fmt: skip
    assert [(row["row"], row["column"]) for row in part.json()["rows"]] == [(1, "checkpoint")]
    assert (await house.client.get("/api/feeds", headers=bearer(office))).status_code == 200
    await house.sign_in(Role.COMMAND)
    (arrived,) = [row for row in (await house.client.get("/api/arrivals")).json() if row["sender"] == "sender:traffic"]
    figures = ("office", "deliveries", "rows", "accepted", "refused", "late")
    assert [arrived[name] for name in figures] == ["交通局", 3, 4, 2, 2, False]
    (listed,) = [row for row in (await house.client.get("/api/senders")).json() if row["code"] == "traffic"]
    assert listed["tokens"][0]["last_used_at"] is not None
    assert office not in str(listed)


async def test_it_does_nothing_else(house: Running, office: str) -> None:
    """Every other route of the application, whatever it is, says so in a sentence."""
    house.client.cookies.clear()
    asked = 0
    for method, path in sorted(every(server_of(house.application))):
        said = await house.client.request(method, path, headers=bearer(office), json={})
        assert said.status_code == 403, (method, path, said.status_code)
        if "text/html" not in said.headers.get("content-type", ""):
            assert said.json()["error"] == "only_delivers"
            assert "only deliver passages" in said.json()["message"]
        asked += 1
    assert asked > 60
    assert (await house.client.post("/api/feeds/survey", json=[], headers=bearer(office))).status_code == 403


def every(server: Any) -> set[tuple[str, str]]:
    """Return every route with something in the place of its parameters, but those that are open to everybody."""
    from app.front import OPEN, OPEN_EXACTLY
    from tests.app.test_reach import routes

    found = {tuple(route.partition(" ")[::2]) for route in routes(server)}
    filled = {("GET" if method == "ANY" else method, path.replace("{", "").replace("}", "")) for method, path in found}
    filled -= {("GET", "/api/feeds")}
    return {(method, path) for method, path in filled if path not in OPEN_EXACTLY and not path.startswith(OPEN)} - {
        ("GET", "/assets")
    }


async def test_no_page_opens_a_socket_with_it(house: Running, office: str) -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"wangge"), (b"origin", b"http://wangge"), (b"authorization", f"Bearer {office}".encode())]
    asked = {"type": "websocket", "path": "/_dash-ws-callback", "headers": headers, "query_string": b""}
    await house.application(asked, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_it_ends_at_once_in_every_process(house: Running, office: str) -> None:
    """Also in this one, which keeps readers for a moment: the news of it arrives before that."""
    listed = (await house.client.get("/api/senders")).json()
    number = next(row["tokens"][0]["id"] for row in listed if row["code"] == "traffic")
    again = (await house.client.post("/api/senders/traffic/tokens", json={"kind": "passages"}, headers=OWN)).json()
    assert await status(house.client, office) == 200
    gone = await house.client.request("DELETE", f"/api/senders/traffic/tokens/{number}", headers=OWN)
    assert gone.status_code == 200
    await soon(lambda: is_out(house.client, office), 2)
    assert await status(house.client, again["token"]) == 200
    shut = await house.client.post("/api/senders/traffic/disable", headers=OWN)
    assert shut.json()["disabled"] is True
    await soon(lambda: is_out(house.client, again["token"]), 2)
    await house.client.post("/api/senders/traffic/disable", json={"disabled": False}, headers=OWN)
    assert await status(house.client, again["token"]) == 200


async def status(client: httpx.AsyncClient, token: str) -> int:
    return (await client.get("/api/feeds", headers=bearer(token))).status_code


async def is_out(client: httpx.AsyncClient, token: str) -> bool:
    return await status(client, token) == 401


async def test_only_the_command_centre_and_administrators_keep_senders(house: Running) -> None:
    for role, expected in {
        Role.COMMAND: 200,
        Role.ADMIN: 200,
        Role.OFFICER: 403,
        Role.GRID: 403,
        Role.PRESS: 403,
    }.items():
        await house.sign_in(role)
        assert (await house.client.get("/api/senders")).status_code == expected
        made = await house.client.post("/api/senders", json=OFFICE | {"code": role.value}, headers=OWN)
        assert made.status_code == expected
        watched = 403 if role in (Role.GRID, Role.PRESS) else 200
        assert (await house.client.get("/api/arrivals")).status_code == watched
        assert (await house.client.get("/api/refused-rows")).status_code == watched


async def test_a_refused_row_is_corrected_or_dropped_over_the_web(house: Running) -> None:
    await house.sign_in(Role.OFFICER)
    for number in range(2):
        await house.client.post("/api/feeds/passages", json=passed(FOREIGN, number), headers=OWN)
    rows = (await house.client.get("/api/refused-rows?sender=officer", headers=OWN)).json()
    assert [(row["kind"], row["row"], row["column"], row["times"]) for row in rows] == [
        ("passages", 1, "checkpoint", 1)
    ] * 2
    assert "not yours" in rows[0]["reason"]
    where = f"/api/refused-rows/{rows[0]['id']}"
    wrong = await house.client.post(f"{where}/correct", json={"fields": rows[0]["fields"]}, headers=OWN)
    assert (wrong.status_code, wrong.json()["rows"][0]["column"]) == (422, "checkpoint")
    done = await house.client.post(
        f"{where}/correct", json={"fields": rows[0]["fields"] | {"checkpoint": MINE}}, headers=OWN
    )
    assert (done.json()["state"], done.json()["settled_by"]) == ("sent", "officer")
    assert (await house.client.post(f"{where}/drop", json={"reason": "late"}, headers=OWN)).status_code == 409
    where = f"/api/refused-rows/{rows[1]['id']}"
    dropped = await house.client.post(f"{where}/drop", json={"reason": "not ours"}, headers=OWN)
    assert (dropped.json()["state"], dropped.json()["settled_reason"]) == ("dropped", "not ours")
    assert (await house.client.get("/api/refused-rows?state=open&sender=officer")).json() == []
    assert (
        await house.client.post("/api/refused-rows/999999/drop", json={"reason": "x"}, headers=OWN)
    ).status_code == 404


def test_the_command_line_keeps_senders(peopled_city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", peopled_city.url)
    monkeypatch.setenv("COLUMNS", "200")

    def said(*words: str) -> str:
        result = CliRunner().invoke(command_line(["sender"]), ["sender", *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    kinds = ("--kind", "passages", "--kind", "clinic_status")
    made = said("add", "health", "--name", "卫健委", "--area", CITY, *kinds, "--days", "30").splitlines()
    assert [line.split()[0] for line in made] == ["passages", "clinic_status", "health"]
    assert all("ws_" in line for line in made[:2])
    assert said("token", "health", "--kind", "occupancy").startswith("ws_")
    listed = said("list")
    assert "卫健委" in listed
    assert listed.count("health") == 3
    number = next(line for line in listed.splitlines() if "occupancy" in line).split()[3]
    assert "✓" in said("token", "health", "--revoke", number)
    assert "occupancy" not in said("list")
    assert "✓" in said("disable", "health")
    assert "disabled" in said("list")
