"""What callbacks answer over the real demo city, as each role; and what they say while the database is away."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dash import no_update
from sqlalchemy import text as sql

from callbacks import area, card, chrome, face, find, homes, hub, layer_panel, live
from callbacks.services import Services, current
from geodata.accounts import Principal
from geodata.database import Database
from geodata.demo.people import accounts
from geodata.errors import DatabaseAway
from geodata.installation import owner_installation
from geodata.model import Role
from geodata.scope import Scope
from tests.callbacks.reading import having, text, told

FOREIGN = "411282"
"""灵宝市, which neither the county officer nor the grid leader answers for."""


@pytest.fixture
async def services(database: Database) -> AsyncIterator[Services]:
    own = Database(database.url)
    with own.owner() as connection:
        installation = owner_installation(connection)
    yield Services(own, installation, lambda: datetime.now(UTC))
    await own.close()


@pytest.fixture
def sign_in(database: Database) -> Any:
    """Return what makes one of the demo's people the one who asks."""

    def become(username: str) -> str:
        row = next(row for row in accounts() if row["username"] == username)
        with database.owner() as connection:
            path = connection.scalar(sql("SELECT path::text FROM area WHERE code = :code"), {"code": row["area"]})
        role = Role(row["role"])
        current.set(Principal(1, username, role, Scope(role, (str(path),)), (row["area"],)))
        return row["area"]

    return become


async def test_the_city_with_nothing_asked(services: Services, sign_in: Any) -> None:
    own = sign_in("command")
    trail, numbers, children, fit, grid, before = await area.show(services, "", "", "", "zh", {})
    assert "三门峡市" in text(trail)
    assert "59,941" in text(numbers)
    assert len(told(children, "data-go")) == 7
    assert "第2轮排查" in text(having(numbers, "sweep"))
    assert fit["area"] == own
    assert len(fit["box"]) == 4
    assert grid == ""
    again = await area.show(services, own, "", "overdue", "zh", before)
    assert having(again[1], "changed") == [], "nothing changed in between"


async def test_a_foreign_area_and_an_unknown_one_look_the_same(services: Services, sign_in: Any) -> None:
    sign_in("county")
    foreign, unknown = [await area.show(services, code, "", "", "en", {}) for code in (FOREIGN, "999999")]
    assert text(foreign[1]).replace(FOREIGN, "x") == text(unknown[1]).replace("999999", "x")
    assert told(foreign[1], "data-go") == ["area=411202"]


async def test_a_grid_is_listed_now_and_not_in_the_past(services: Services, sign_in: Any) -> None:
    own = sign_in("grid")
    assert (await area.show(services, own, "", "", "zh", {}))[4] == own
    yesterday = (services.now() - timedelta(days=1)).strftime("%Y-%m-%dT20:00")
    assert (await area.show(services, own, yesterday, "", "zh", {}))[4] == ""
    head, rows, columns, hidden = await homes.show(services, own, "", {"language": "zh"})
    assert not hidden
    assert len(rows) == int(having(head, "stamp")[0].children)
    assert [column["field"] for column in columns] == ["state", "door", "since", "left"]
    normal = (await homes.show(services, own, "normal", {"language": "zh"}))[1]
    assert 0 < len(normal) < len(rows)
    left = (await homes.show(services, own, "sweep:open", {"language": "zh"}))[1]
    assert 0 < len(left) < len(rows)
    assert (await homes.show(services, "", "", {"language": "zh"}))[3] is True
    foreign = await homes.show(services, f"{FOREIGN}001001001", "", {"language": "zh"})
    assert foreign[1] == []


async def test_a_household_shows_its_history_to_its_own_people_alone(services: Services, sign_in: Any) -> None:
    own = sign_in("grid")
    door = (await homes.show(services, own, "", {"language": "zh"}))[1][0]
    shown, spot = await card.show(services, f"households:{door['id']}", "", "zh")
    assert "历次变更" in text(shown)
    assert spot["lon"] == pytest.approx(door["lon"], abs=1e-4)
    with services.database.owner() as connection:
        other = connection.scalar(
            sql("SELECT h.id FROM household h JOIN area a ON a.id = h.area_id WHERE a.code LIKE :code LIMIT 1"),
            {"code": f"{FOREIGN}%"},
        )
    refused = [await card.show(services, pick, "", "zh") for pick in (f"households:{other}", "households:999999999")]
    assert text(refused[0][0]) == text(refused[1][0])
    assert refused[0][1] is None
    sign_in("press")
    assert "没有这个对象" in text((await card.show(services, f"households:{door['id']}", "", "zh"))[0])


@pytest.mark.parametrize("layer", ["checkpoints", "hotels", "clinics", "buildings", "grids", "gates", "closures"])
async def test_every_kind_of_thing_has_a_card(services: Services, sign_in: Any, layer: str) -> None:
    sign_in("command")
    table = {"checkpoints": "checkpoint", "hotels": "hotel", "clinics": "clinic", "buildings": "building"}
    table |= {"gates": "gate", "closures": "closure"}
    query = f"SELECT min(id) FROM {table.get(layer, 'area')}" + (" WHERE level = 'grid'" if layer == "grids" else "")
    with services.database.owner() as connection:
        row = connection.scalar(sql(query))
    for language in ("zh", "en"):
        shown, spot = await card.show(services, f"{layer}:{row}", "", language)
        assert having(shown, "foot"), text(shown)
        assert spot["pick"] == f"{layer}:{row}"
    assert await card.show(services, "", "", "zh") == ([], None)


async def test_what_a_card_cannot_read_is_said(services: Services, sign_in: Any) -> None:
    sign_in("command")
    for pick in ("nonsense", "hotels:0", "nolayer:5"):
        assert "没有这个对象" in text((await card.show(services, pick, "", "zh"))[0])


async def test_search_knows_names_codes_and_pinyin_of_ones_own(services: Services, sign_in: Any) -> None:
    sign_in("command")
    for words in ("湖滨区", "411202", "hbq", "hubinqu"):
        assert "area=411202" in told(await find.show(services, words, "zh"), "data-go"), words
    sign_in("grid")
    assert told(await find.show(services, "灵宝市", "zh"), "data-go") == []
    assert await find.show(services, "  ", "zh") == []
    assert await find.show(services, None, "zh") == []
    assert "没有找到" in text(await find.show(services, "'; DROP TABLE area; --" * 9, "zh"))


def parts_of(name: str) -> list[str]:
    return [name, f"{name}-letters", f"{name}-names"]


async def test_layers_and_drones_by_role(services: Services, sign_in: Any) -> None:
    taste = {"language": "zh", "theme": "light"}
    sign_in("press")
    inside, past = await layer_panel.show(services, None, "", "", taste)
    assert not {"households", "buildings"} & set(told(inside, "data-layer"))
    assert past == []
    assert await live.positions(services, "", "dark") == []
    sign_in("command")
    inside, past = await layer_panel.show(services, ["areas"], "2020-02-14T08:00", "rooms", taste)
    assert "households" in told(inside, "data-layer")
    assert "2020年2月14日 08:00" in text(past)
    drawn = [layer["id"] for layer in await live.positions(services, "", "dark")]
    assert drawn == ["trails", "footprints", *parts_of("ground_patrols"), *parts_of("drones")]


@pytest.mark.parametrize(("username", "makes"), [("press", True), ("county", True), ("command", True), ("grid", False)])
async def test_whoever_makes_pictures_finds_the_way_to_the_press_desk(
    services: Services, sign_in: Any, username: str, makes: bool
) -> None:
    sign_in(username)
    who = chrome.account(services.principal(), "", "dark", "zh")
    assert [one for one in told(who, "href") if one == "/press"] == ["/press"] * makes


async def test_words_name_who_is_signed_in(services: Services, sign_in: Any) -> None:
    sign_in("county")
    words = chrome.words(services, await chrome.topmost(services), {"language": "zh", "theme": "dark"})
    assert "county" in text(words)
    assert "湖滨区" in text(words)
    assert "演示数据" in text(words)


async def test_while_the_database_is_away_what_is_shown_stays(services: Services, sign_in: Any) -> None:
    own = sign_in("command")
    before = (await area.show(services, own, "", "", "zh", {}))[5]
    away = Services(Database("postgresql://nobody@127.0.0.1:1/none"), services.installation, services.clock)
    assert set(await area.show(away, own, "", "", "zh", before)) == {no_update}
    assert "恢复后会自动更新" in text((await area.show(away, FOREIGN, "", "", "zh", before))[1])
    assert set(await homes.show(away, own, "", {"language": "zh"})) == {no_update}
    assert set(await card.show(away, "hotels:1", "", "zh")) == {no_update}
    assert "暂时不可用" in text(await find.show(away, "x", "zh"))
    assert await live.positions(away, "", "dark") == []
    assert await chrome.topmost(away) == ""
    inside, _ = await layer_panel.show(away, None, "", "", {"language": "zh", "theme": "dark"})
    assert told(inside, "data-layer")


def test_news_names_the_layers_that_are_touched() -> None:
    from geodata.news import Item

    assert hub.touched(Item("changed", "hotel_day")) == {"areas", "hotels"}
    assert "households" in hub.touched(Item("found"))
    assert hub.touched(Item("changed", "session")) == frozenset()


async def test_a_face_is_shown_to_its_own_people_alone(services: Services, sign_in: Any) -> None:
    own = sign_in("grid")
    with services.database.owner() as connection:
        query = "SELECT min(b.id) FROM building b JOIN area a ON a.id = b.area_id WHERE a.code LIKE :code AND b.kind <> 'house'"
        mine, other = (connection.scalar(sql(query), {"code": f"{code}%"}) for code in (own, FOREIGN))
    shown = await face.show(services, str(mine), "", "zh")
    assert shown.found
    assert told(shown.parts, "data-sheet")
    refused = [await face.show(services, asked, "", "zh") for asked in (str(other), "999999999", "x", "٣", "9" * 40)]
    assert {text(one.parts) for one in refused} == {text(refused[0].parts)}
    assert not any(one.found for one in refused)
    assert "无法识别" in text((await face.show(services, str(mine), "yesterday", "zh")).parts)
    before = await face.show(services, str(mine), "2020-01-01", "zh")
    assert "此刻没有任何住户的记录" in text(before.parts)
    away = Services(Database("postgresql://nobody@127.0.0.1:1/none"), services.installation, services.clock)
    with pytest.raises(DatabaseAway):
        await face.show(away, str(mine), "", "zh")
