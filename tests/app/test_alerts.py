"""Alerts over the API: read in one's own areas, acted on with who and when, refused outside; the server in a storm."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from callbacks.alerts import section
from geodata import wall
from geodata.alerts import rules
from geodata.alerts.reading import feed
from geodata.database import Database
from geodata.model import Role
from geodata.scope import Scope
from tests.app.running import Running, running, soon
from tests.callbacks.reading import text as words
from tests.places import CITY, EAST, GRIDS, WEST

RECOUNT = text(
    "SELECT a.severity, extract(epoch FROM CAST(:at AS timestamptz) - a.fired_at) / 3600 AS hours FROM alert a "
    "JOIN area p ON p.id = a.area_id JOIN area top ON top.code = :code AND p.path <@ top.path "
    "WHERE a.fired_at <= :at AND (a.closed_at IS NULL OR a.closed_at > :at)"
)
OWN = {"x-wangge": "1", "accept-language": "en"}


async def act(house: Running, alert: int, step: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    answer = await house.client.post(f"/api/alerts/{alert}/{step}", json=body, headers=OWN)
    return answer.status_code, answer.json()


async def told(house: Running, **asked: str) -> dict[str, Any]:
    answer = await house.client.get("/api/alerts", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_each_step_is_recorded_with_who_and_when(house: Running) -> None:
    """Seen, given to somebody, given to somebody else, closed: all of it in the journal, and no more after that."""
    await house.sign_in(Role.OFFICER)
    before = await told(house)
    alert = before["rows"][0]["id"]
    assert [row["area_code"] for row in before["rows"]] == sorted((*GRIDS[EAST],))
    assert (before["area"], before["open"]["open"], before["open"]["by_severity"]["warning"]) == (EAST, 2, 2)
    assert before["rows"][0]["text"]["en"].startswith(f"grid {GRIDS[EAST][0]} 卡口 due ")
    for _ in range(2):
        status, found = await act(house, alert, "acknowledge")
        assert (status, found["seen_by"]) == (200, "officer")
    assert (await act(house, alert, "assign", {}))[1]["assigned_to"] == "officer"
    assert (await act(house, alert, "assign", {"to": "王网格长"}))[1]["assigned_to"] == "王网格长"
    row = next(row for row in (await told(house))["rows"] if row["id"] == alert)
    assert (row["seen"], row["owners"]) == (1, ["王网格长"])
    status, found = await act(house, alert, "close", {"why": "handled"})
    assert (status, found["closed_by"], found["closed_why"]) == (200, "officer", "handled")
    steps = [(step["what"], step["by"], step["told"]) for step in found["journal"]]
    assert steps == [
        ("fired", None, None),
        ("acknowledged", "officer", None),
        ("assigned", "officer", "officer"),
        ("assigned", "officer", "王网格长"),
        ("closed", "officer", "handled"),
    ]
    assert (await told(house))["open"]["open"] == 1
    for step, body in (("acknowledge", None), ("assign", {}), ("close", {"why": "handled"})):
        status, refused = await act(house, alert, step, body)
        assert (status, refused["now"]["closed_by"]) == (409, "officer")


async def test_a_past_moment_shows_what_was_open_and_whose_it_was(house: Running, peopled_city: Database) -> None:
    """Also where it was given to somebody else, and closed, since."""
    now = datetime.now(UTC)
    with peopled_city.owner() as connection:
        alert = connection.scalar(text("SELECT min(id) FROM alert"))
        connection.execute(text("UPDATE alert SET fired_at = :at"), {"at": now - timedelta(hours=5)})
    await house.sign_in(Role.COMMAND)
    for body in ({"to": "first"}, {"to": "second"}):
        await act(house, alert, "assign", body)
    await act(house, alert, "close", {"why": "mistaken"})
    with peopled_city.owner() as connection:
        for hours, change in ((4, "told = 'first'"), (2, "told = 'second'"), (1, "what = 'closed'")):
            connection.execute(
                text(f"UPDATE alert_event SET at = :at WHERE {change}"), {"at": now - timedelta(hours=hours)}
            )
        connection.execute(
            text("UPDATE alert SET assigned_at = :second, seen_at = :first, closed_at = :closed WHERE id = :id"),
            {
                "first": now - timedelta(hours=4),
                "second": now - timedelta(hours=2),
                "closed": now - timedelta(hours=1),
                "id": alert,
            },
        )
    seen = {}
    for hours in (6.0, 4.5, 3, 1.5, 0.5):
        at = (now - timedelta(hours=hours)).isoformat()
        found = await told(house, at=at, rule="silent")
        mine = [row["owners"] for row in found["rows"] if row["id"] == alert]
        seen[hours] = (found["open"]["open"], found["open"]["unassigned"], mine)
    assert seen == {
        6.0: (0, 0, []),
        4.5: (4, 4, [[]]),
        3: (4, 3, [["first"]]),
        1.5: (4, 3, [["second"]]),
        0.5: (3, 3, []),
    }
    ahead = await told(house, at=(now + timedelta(days=3)).isoformat())
    assert ahead["open"]["open"] == 3, "of a future moment nobody knows more than of now"


async def test_nobody_acts_outside_their_own_areas(house: Running, peopled_city: Database) -> None:
    """What is not seen is not found; the press has no alerts; an administrator reads."""
    with peopled_city.owner() as connection:
        foreign = connection.scalar(
            text("SELECT a.id FROM alert a JOIN area p ON p.id = a.area_id WHERE p.code = :code"),
            {"code": GRIDS[WEST][0]},
        )
    wanted = {Role.OFFICER: 404, Role.GRID: 404, Role.PRESS: 403, Role.ADMIN: 403}
    for role, status in wanted.items():
        await house.sign_in(role)
        for step, body in (("acknowledge", None), ("assign", {}), ("close", {"why": "handled"})):
            assert (await act(house, foreign, step, body))[0] == status, (role, step)
        answer = await house.client.get(f"/api/alerts/{foreign}")
        assert answer.status_code == {Role.PRESS: 403, Role.ADMIN: 200}.get(role, 404)
    with peopled_city.owner() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alert_event WHERE what <> 'fired'")) == 0
    await house.sign_in(Role.PRESS)
    assert (await house.client.get("/api/alerts")).status_code == 403


@pytest.mark.parametrize("body", [{"why": "call 13812345678"}, {"why": "x\ny"}, {"why": ""}, {}, {"why": "x", "id": 1}])
async def test_a_reason_is_a_few_words_without_anybodys_number(house: Running, body: dict[str, Any]) -> None:
    await house.sign_in(Role.COMMAND)
    assert (await act(house, 1, "close", body))[0] == 400


@pytest.mark.parametrize(("code", "role"), [(CITY, Role.COMMAND), (EAST, Role.OFFICER), (GRIDS[EAST][0], Role.GRID)])
async def test_wall_map_api_and_recount_are_one_number(
    house: Running, peopled_city: Database, code: str, role: Role
) -> None:
    """Open alerts by severity and by age, now and at a past moment."""
    now = datetime.now(UTC)
    with peopled_city.owner() as connection:
        connection.execute(text("UPDATE alert SET fired_at = :now - id * interval '3 hours'"), {"now": now})
        connection.execute(text("UPDATE alert SET severity = 'severe' WHERE id = 1"))
        close = "UPDATE alert SET closed_at = :at, closed_by = 'x', closed_why = 'handled' WHERE id = 2"
        connection.execute(text(close), {"at": now - timedelta(hours=1)})
        scope = Scope(
            role, (connection.scalar(text("SELECT path::text FROM area WHERE code = :c"), {"c": code}) or "",)
        )
    await house.sign_in(role)
    for at in (None, now - timedelta(hours=2)):
        asked = {"area": code} if at is None else {"area": code, "at": at.isoformat()}
        by_api = (await told(house, **asked))["open"]
        async with peopled_city.scoped(scope) as reading:
            by_wall = await wall.read(reading, code, wall.Moment(now, at), ["alerts", "feed"])
            found = await feed(reading, code, now=now, at=at)
        with peopled_city.owner() as connection:
            recount = connection.execute(RECOUNT, {"code": code, "at": at or now}).all()
        shown = words(section(found, by_wall["alerts"], at or now, "en", may=False))
        assert by_api["open"] == by_wall["alerts"]["open"] == len(recount) == sum(row["n"] for row in found["rows"])
        for name in ("by_severity", "by_age"):
            assert by_api[name] == by_wall["alerts"][name]
        assert by_api["by_severity"]["severe"] == sum(row.severity == "severe" for row in recount)
        assert by_api["by_age"]["under_6h"] == sum(1 <= row.hours < 6 for row in recount)
        assert f"Alerts {len(recount)}" in shown
    await peopled_city.close()


async def test_a_line_of_many_can_be_opened(house: Running, peopled_city: Database) -> None:
    """One line while it is one among others; one by one for whoever asks for that rule, or for a smaller area."""
    with peopled_city.owner() as connection:
        connection.execute(
            text(
                "INSERT INTO alert (rule_id, cause, severity, name, facts, began_at, fired_at, area_id) "
                "SELECT r.id, 'x:' || n, 'warning', 'post ' || n, '{}', now(), now(), a.id "
                "FROM alert_rule r, area a, generate_series(1, 9) n WHERE a.code = :grid"
            ),
            {"grid": GRIDS[EAST][0]},
        )
    await house.sign_in(Role.COMMAND)
    lines = [(row["n"], row["id"] is None, row["area_code"], row["text"]["en"]) for row in (await told(house))["rows"]]
    assert lines[0] == (11, True, EAST, f"11 silent in county {EAST}")
    assert [(n, many) for n, many, *_ in lines[1:]] == [(1, False), (1, False)]
    assert len((await told(house, rule="silent"))["rows"]) == 13
    assert len((await told(house, area=GRIDS[EAST][1]))["rows"]) == 1
    assert "— " not in lines[0][3]


async def test_the_house_judges_by_itself_and_stays_alive_in_a_storm(
    peopled_city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five thousand posts fall silent while the server runs: it answers meanwhile, and then says so in a few lines."""
    monkeypatch.setattr("geodata.alerts.watch.FIRST_S", 0.0)
    monkeypatch.setattr("geodata.alerts.watch.QUIET_S", 0.1)
    async with running(peopled_city, monkeypatch) as house:
        await house.sign_in(Role.COMMAND)
        with peopled_city.owner() as connection:
            connection.execute(
                text(
                    "INSERT INTO checkpoint (code, name, kind, area_id, staffed_from, staffed_to, place, expected_by) "
                    "SELECT a.code || n, '卡口 ' || n, 'gate', a.id, '06:00', '22:00', ST_PointOnSurface(a.place), :at "
                    "FROM area a, generate_series(1, 1249) n WHERE a.level = 'grid'"
                ),
                {"at": datetime.now(UTC) - timedelta(hours=1)},
            )

        async def all_told() -> bool:
            assert (await house.client.get("/healthz")).json()["status"] == "ok"
            return bool((await told(house, area=CITY))["open"]["open"] == 5000)

        await soon(all_told, 60)
        found = await told(house, area=CITY)
        assert [(row["n"], row["area_code"]) for row in found["rows"]] == [(2500, EAST), (2500, WEST)]
        assert (await house.client.get("/api/features/alerts", params={"limit": 5000})).status_code == 200
        with peopled_city.owner() as connection:
            rules.change(connection, "silent", active=False)

        async def none_left() -> bool:
            return bool((await told(house, area=CITY))["open"]["open"] == 0)

        await soon(none_left, 60)
