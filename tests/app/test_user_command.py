import pytest
from typer.testing import CliRunner

from app.commands.user import user
from geodata.accounts import by_token
from geodata.database import Database
from geodata.errors import BadValue, UnknownArea
from tests.places import CITY, EAST

PASSWORD = "a-long-enough-one"


@pytest.fixture
def run(tiny_city: Database, monkeypatch: pytest.MonkeyPatch) -> "Run":
    monkeypatch.setenv("DATABASE_URL", tiny_city.url)
    return Run()


class Run:
    """The command as somebody types it."""

    def __call__(self, *words: str, typed: str = "") -> str:
        result = CliRunner().invoke(user, list(words), input=typed, env={"COLUMNS": "200"})
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output


async def test_an_account_from_its_first_day_to_its_last(run: Run, tiny_city: Database) -> None:
    run("add", "wang", "--role", "officer", "--area", EAST, typed=f"{PASSWORD}\n{PASSWORD}\n")
    listed = run("list")
    assert "wang" in listed
    assert "officer" in listed
    assert EAST in listed
    assert PASSWORD not in listed
    token = run("token", "wang", "--label", "qgis", "--days", "7").strip()
    assert await holder(tiny_city, token) == ("wang", (EAST,))
    run("areas", "wang", "--area", CITY)
    assert await holder(tiny_city, token) == ("wang", (CITY,))
    run("password", "wang", typed=f"{PASSWORD}x\n{PASSWORD}x\n")
    run("disable", "wang")
    assert "disabled" in run("list")
    assert await holder(tiny_city, token) is None
    run("disable", "wang", "--undo")
    assert await holder(tiny_city, token) is not None
    assert run("token", "wang", "--label", "qgis", "--revoke").strip() == "1"
    assert await holder(tiny_city, token) is None


async def holder(database: Database, token: str) -> tuple[str, tuple[str, ...]] | None:
    async with database.gate() as connection:
        found = await by_token(connection, token)
    await database.close()
    return (found.username, found.areas) if found else None


@pytest.mark.parametrize(
    ("name", "area", "password", "wrong"),
    [
        ("a b", EAST, PASSWORD, BadValue),
        ("a/b", EAST, PASSWORD, BadValue),
        ("a\u200b", EAST, PASSWORD, BadValue),
        ("x" * 65, EAST, PASSWORD, BadValue),
        ("wang", EAST, "short", BadValue),
        ("wang", "nowhere", PASSWORD, UnknownArea),
    ],
)
def test_a_wrong_account_is_refused_whole(
    run: Run, name: str, area: str, password: str, wrong: type[Exception]
) -> None:
    with pytest.raises(wrong):
        run("add", name, "--role", "officer", "--area", area, typed=f"{password}\n{password}\n")
    assert "officer" not in run("list")


def test_an_unknown_name_is_told(run: Run) -> None:
    for words in (["disable", "nobody"], ["areas", "nobody", "--area", EAST], ["token", "nobody"]):
        with pytest.raises(BadValue):
            run(*words)
