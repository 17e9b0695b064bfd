"""Senders: an office with tokens of its own; each delivers one kind into its areas, and ends at once."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from geodata.accounts import Principal
from geodata.arrival import senders
from geodata.arrival.senders import NewToken
from geodata.database import Database
from geodata.errors import BadValue, UnknownArea, UnknownKind, UnknownSender
from geodata.model.people import Role
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.places import CITY, EAST, GRIDS, WEST


async def made(database: Database, scope: Scope, code: str = "D1", areas: tuple[str, ...] = (EAST,)) -> None:
    async with database.writing(scope) as connection:
        await senders.add(connection, code, "交通局", areas, by="tests")


async def token(database: Database, scope: Scope, kind: str = "passages", days: int | None = None) -> NewToken:
    async with database.writing(scope) as connection:
        return await senders.add_token(connection, "D1", kind, days, by="tests")


async def holder(database: Database, secret: str) -> Principal | None:
    async with database.gate() as connection:
        return await senders.by_token(connection, secret)


async def test_a_token_stands_for_its_office_kind_and_areas(city: Database, everywhere: Scope, east: Scope) -> None:
    await made(city, everywhere)
    secret = await token(city, everywhere)
    found = await holder(city, secret.token)
    assert found is not None
    assert (found.username, found.feed, found.areas, found.scope.paths) == (
        "sender:D1",
        "passages",
        (EAST,),
        east.paths,
    )
    assert await holder(city, secret.token + "x") is None
    assert secret.token not in str(one(city, "SELECT string_agg(t::text, '') FROM sender_token t"))
    assert one(city, "SELECT last_used_at > now() - interval '1 minute' FROM sender_token ORDER BY id DESC LIMIT 1")


async def test_it_ends_by_time_by_hand_and_with_its_office(city: Database, everywhere: Scope) -> None:
    await made(city, everywhere)
    short, gone, other = [await token(city, everywhere, days=days) for days in (1, None, None)]
    with city.owner() as connection:
        connection.execute(text("UPDATE sender_token SET expires_at = now() WHERE id = :id"), {"id": short.id})
    async with city.writing(everywhere) as connection:
        await senders.revoke(connection, "D1", gone.id)
        with pytest.raises(UnknownSender):
            await senders.revoke(connection, "D1", gone.id)
    assert [await holder(city, one_.token) is None for one_ in (short, gone, other)] == [True, True, False]
    for disabled in (True, False):
        async with city.writing(everywhere) as connection:
            await senders.disable(connection, "D1", disabled=disabled)
        assert (await holder(city, other.token) is None) is disabled


async def test_several_areas_and_one_below_another(city: Database, everywhere: Scope) -> None:
    await made(city, everywhere, areas=(EAST, GRIDS[EAST][0], GRIDS[WEST][0]))
    found = await holder(city, (await token(city, everywhere)).token)
    assert found is not None
    assert len(found.scope.paths) == 2
    assert set(found.areas) == {EAST, GRIDS[EAST][0], GRIDS[WEST][0]}


async def test_a_county_keeps_its_own_senders_alone(
    city: Database, scope: Callable[..., Scope], everywhere: Scope
) -> None:
    east, west = scope(EAST, role=Role.ADMIN), scope(WEST, role=Role.ADMIN)
    await made(city, east)
    kept = await token(city, east)
    with pytest.raises(UnknownArea):
        await made(city, east, "D2", (WEST,))
    with pytest.raises(UnknownArea):
        await made(city, scope(*GRIDS[EAST]), "D2", GRIDS[EAST])
    for work in (
        lambda c: senders.add_token(c, "D1", "passages", by="x"),
        lambda c: senders.revoke(c, "D1", kept.id),
        lambda c: senders.disable(c, "D1"),
    ):
        with pytest.raises(UnknownSender):
            async with city.writing(west) as connection:
                await work(connection)

    async def seen(reader: Scope) -> list[str]:
        async with city.scoped(reader) as connection:
            return [row["code"] for row in await senders.senders(connection) if not row["code"].startswith("S")]

    assert [await seen(reader) for reader in (east, west, everywhere, scope(CITY, role=Role.PRESS))] == [
        ["D1"], [], ["D1"], [],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name", "areas", "error"),
    [
        ("", "office", (EAST,), BadValue),
        ("a b", "office", (EAST,), BadValue),
        ("a:b", "office", (EAST,), BadValue),
        ("a", " ", (EAST,), BadValue),
        ("a", "王五 13800138000", (EAST,), BadValue),
        ("a", "office", (), UnknownArea),
        ("a", "office", ("nowhere",), UnknownArea),
        (f"S{GRIDS[EAST][0]}", "office", (EAST,), BadValue),
    ],
)
async def test_what_no_sender_can_be(
    city: Database, everywhere: Scope, code: str, name: str, areas: Any, error: Any
) -> None:
    with pytest.raises(error):
        async with city.writing(everywhere) as connection:
            await senders.add(connection, code, name, areas, by="tests")
    assert one(city, "SELECT count(*) FROM sender") == 4


async def test_a_token_is_for_a_kind_that_exists(city: Database, everywhere: Scope) -> None:
    await made(city, everywhere)
    with pytest.raises(UnknownKind):
        await token(city, everywhere, "rumours")
