"""`/api/same-trip` over the real application: yes or no, whoever asks, and nothing to the press."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.model import Role
from tests.app.test_reach import Ask, answer, running, world_templates, worlds  # noqa: F401 -- fixtures
from tests.places import EAST, WEST

DAY = datetime.now(UTC).date() - timedelta(days=3)
KEYS = {"known", "day", "means", "nearby_days", "data_time", "late", "advice"}


def told(database: Database, area: str, code: str, number: str = "G1234") -> None:
    with database.owner() as connection:
        connection.execute(
            text(
                "INSERT INTO case_trip (code, means, number, day, from_station, carriage, reported_at, area_id) "
                "SELECT :code, 'train', :number, :day, '起点站', '8', now(), id FROM area WHERE code = :area"
            ),
            {"code": code, "number": number, "day": DAY, "area": area},
        )


def ask(number: str = "G1234", day: object = DAY, means: str = "train") -> Ask:
    return Ask("GET", f"/api/same-trip?means={means}&number={number}&day={day}")


async def test_it_tells_yes_or_no_and_no_more(
    worlds: dict[str, Database],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A case of another county counts, and neither its county nor how many there are changes the answer."""
    told(worlds["whole"], WEST, "T1")
    async with running(worlds["whole"], monkeypatch) as (_, client):
        for role in Role:
            status, body = await answer(client, ask("%EF%BC%A7%201234"), role)
            if role is Role.PRESS:
                assert status == 403
                assert b"G1234" not in body
                continue
            said = json.loads(body)
            assert (status, said["known"], set(said)) == (200, "yes", KEYS)
            assert "起点站" not in body.decode()
        first = await answer(client, ask(), Role.GRID)
        told(worlds["whole"], EAST, "T2")
        assert await answer(client, ask(), Role.GRID) == first
        _, other = await answer(client, ask("G9"), Role.GRID)
        assert json.loads(other)["known"] == "no"
        _, near = await answer(client, ask(day=DAY + timedelta(days=1)), Role.GRID)
        assert (json.loads(near)["known"], json.loads(near)["nearby_days"]) == ("no", [DAY.isoformat()])


async def test_what_cannot_be_asked_is_refused_without_repeating_it(
    worlds: dict[str, Database],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(worlds["whole"], monkeypatch) as (_, client):
        for wrong in (
            ask("XM12345"),
            ask(means="rocket"),
            ask(day="x"),
            ask(day=datetime.now(UTC).date() + timedelta(days=9)),
        ):
            status, body = await answer(client, wrong, Role.GRID)
            assert status == 400
            assert b"XM12345" not in body
        status, _ = await answer(client, Ask("GET", "/api/same-trip?means=train"), Role.GRID)
        assert status == 400
