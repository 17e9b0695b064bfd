"""The map book as it is asked for: by route and by command, within one's own areas, and never by the press."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner, Result

from app.commands.book import book
from geodata.database import Database
from geodata.errors import BadValue, UnknownArea, WanggeError
from geodata.model import Role
from layers.render.book.content import MOST_GRIDS
from tests import places
from tests.app.running import Running, running
from tests.papers import pages
from tests.places import CITY, EAST, GRIDS, WEST

OWN, NEXT = GRIDS[EAST]
VILLAGE, FOREIGN = EAST + "001001", WEST + "001001"
DOORS = ("1单元101", "1单元102", "1单元201", "1单元202", "1单元301", "1单元302")


@contextmanager
def changed(database: Database, *statements: str) -> Iterator[None]:
    """Change the city before it is asked."""
    with database.owner() as connection:
        for statement in statements:
            connection.execute(text(statement))
    database.dispose()
    yield


async def test_an_officer_prints_a_village_of_theirs_with_every_household(house: Running) -> None:
    await house.sign_in(Role.OFFICER)
    got = await house.client.get(f"/api/book/{VILLAGE}.pdf", headers={"accept-language": "zh"})
    assert got.status_code == 200
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["cache-control"] == "no-store"
    found = pages(got.content)
    assert len(found) == 2, "a sheet a grid"
    for grid, page in zip((OWN, NEXT), found, strict=True):
        assert f"grid {grid}" in page
        assert "内部资料" in page
        assert "officer 制作于" in page
        listed = page[page.index("逐户清单") :]
        assert [listed.count(door) for door in DOORS] == [1] * len(DOORS)
        assert f"{WEST}001" not in page


async def test_a_grid_leader_prints_their_own_grid_and_hears_nothing_of_the_next(house: Running) -> None:
    await house.sign_in(Role.GRID)
    (page,) = pages((await house.client.get(f"/api/book/{OWN}.pdf")).content)
    assert NEXT not in page
    for foreign in (NEXT, VILLAGE, FOREIGN, CITY, "nowhere"):
        got = await house.client.get(f"/api/book/{foreign}.pdf")
        assert got.status_code == 404, foreign
        assert got.json()["error"] == "unknown_area"


@pytest.mark.parametrize("area", [OWN, VILLAGE, CITY, "nowhere"])
async def test_the_press_is_refused_whatever_it_asks(house: Running, area: str) -> None:
    await house.sign_in(Role.PRESS)
    got = await house.client.get(f"/api/book/{area}.pdf")
    assert got.status_code == 403
    assert "press" in got.json()["message"]


async def test_nobody_prints_without_signing_in(house: Running) -> None:
    assert (await house.client.get(f"/api/book/{OWN}.pdf")).status_code == 401


async def test_a_county_is_no_book_and_the_answer_says_what_is(house: Running) -> None:
    await house.sign_in(Role.COMMAND)
    got = await house.client.get(f"/api/book/{EAST}.pdf", headers={"accept-language": "zh"})
    assert got.status_code == 400
    assert "村" in got.json()["message"]


async def test_a_village_without_grids_is_told_apart(peopled_city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = "990100001009"
    with peopled_city.owner() as connection:
        places.area(connection, bare, "village", EAST + "001", (0, 0, 1, 1))
    async with running(peopled_city, monkeypatch) as house:
        await house.sign_in(Role.COMMAND)
        got = await house.client.get(f"/api/book/{bare}.pdf")
        assert (got.status_code, got.json()["error"]) == (400, "no_grids")


async def test_more_grids_than_are_bound_at_once_are_refused_with_a_way_out(
    peopled_city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with peopled_city.owner() as connection:
        for n in range(MOST_GRIDS):
            places.area(connection, f"{VILLAGE}{n + 100}", "grid", VILLAGE, (0, 0, 1, 1))
    async with running(peopled_city, monkeypatch) as house:
        await house.sign_in(Role.COMMAND)
        got = await house.client.get(f"/api/book/{VILLAGE}.pdf")
        assert (got.status_code, got.json()["error"]) == (400, "too_many_grids")
        assert "snapshot book" in got.json()["message"]
        assert (await house.client.get(f"/api/book/{VILLAGE}100.pdf")).status_code == 200, "an empty grid is a sheet"


def command(database: Database, out: Path, *more: str, user: str = "officer", area: str = VILLAGE) -> Result:
    """Run the command as the shell does."""
    line = typer.Typer()
    line.command()(book)
    asked = ["--area", area, "--user", user, "--out", str(out), *more]
    return CliRunner(env={"DATABASE_URL": database.url}).invoke(line, asked)


def test_the_command_writes_what_the_account_may_see(peopled_city: Database, tmp_path: Path) -> None:
    done = command(peopled_city, tmp_path / "book.pdf", "--base-url", "https://wangge.example")
    assert done.exit_code == 0, done.output
    assert "127.0.0.1" not in done.output
    found = pages((tmp_path / "book.pdf").read_bytes())
    assert [f"grid {grid}" in page for grid, page in zip((OWN, NEXT), found, strict=True)] == [True, True]
    assert (tmp_path / "book.pdf").stat().st_mode & 0o077 == 0, "it tells about homes"
    assert [file.name for file in tmp_path.iterdir()] == ["book.pdf"]


def test_a_code_that_no_tablet_can_open_is_told_of(peopled_city: Database, tmp_path: Path) -> None:
    assert "--base-url" in command(peopled_city, tmp_path / "book.pdf", area=OWN).output


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"user": "press"}, "book.not_allowed"),
        ({"user": "nobody"}, "book.unknown_user"),
        ({"area": FOREIGN}, UnknownArea.key),
        ({"area": EAST}, "book.not_a_village"),
    ],
)
def test_the_command_refuses_and_leaves_no_file(
    peopled_city: Database, tmp_path: Path, asked: dict[str, str], key: str
) -> None:
    done = command(peopled_city, tmp_path / "book.pdf", **asked)
    assert isinstance(done.exception, WanggeError)
    assert done.exception.key == key
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("more", [("--base-url", "wangge"), ("--base-url", "http://a/?b"), ("--lang", "fr")])
def test_the_command_refuses_what_it_cannot_read(peopled_city: Database, tmp_path: Path, more: tuple[str, str]) -> None:
    assert isinstance(command(peopled_city, tmp_path / "book.pdf", *more).exception, BadValue)


def test_a_disabled_account_makes_nothing(peopled_city: Database, tmp_path: Path) -> None:
    with changed(peopled_city, "UPDATE account SET disabled = true WHERE username = 'officer'"):
        assert isinstance(command(peopled_city, tmp_path / "book.pdf").exception, WanggeError)
