"""A city in which red means something else, from the database to the page; the start, and the command."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.commands.scheme import scheme
from app.house import House
from app.settings import Settings
from callbacks import chrome, homes, hub, layer_panel
from callbacks.services import Services, current
from geodata.accounts import Principal
from geodata.database import Database
from geodata.installation import owner_installation
from geodata.model import Role, SchemeState
from geodata.schemes import Scheme, State, drawn_states, shipped, shipped_names
from geodata.schemes.check import Refused
from geodata.scope import Scope
from geodata.summaries import summary
from layers.registry import all_layers, visible
from layers.render.legend import legend
from layers.render.style import style
from tests.callbacks.reading import text as words_of
from tests.geodata.test_schemes import FIVE, OTHER, TODAY, give
from tests.layers.looking import NOW, layer, rows, run, scope, view
from tests.places import CITY, EAST, GRIDS
from tests.test_imports import FILES, PROJECT


async def test_a_broken_scheme_in_force_is_told_and_used(
    tiny_city: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DATABASE_URL", tiny_city.url)
    house = House(Settings(), tiny_city)
    assert not house._look()[0].faulty_scheme
    run(tiny_city, "UPDATE scheme_state SET hatch = NULL WHERE code = 'unsurveyed'")
    installation = house._look()[0]
    assert "unsurveyed says that nobody has asked, but is not hatched: add a hatch" in caplog.text
    services = Services(tiny_city, installation, lambda: NOW)
    for role, told in ((Role.COMMAND, True), (Role.ADMIN, True), (Role.GRID, False)):
        current.set(Principal(1, "x", role, scope(tiny_city), (CITY,)))
        words = words_of(chrome.words(services, "", {"language": "zh", "theme": "dark"}))
        assert ("户色方案有误" in words) == told
    own = Database(tiny_city.url)
    async with own.scoped(scope(tiny_city)) as reader:
        assert len(await drawn_states(reader, CITY, TODAY)) == 6
    await own.close()


def speak(city: Database, scheme: Scheme) -> None:
    """Let the tiny city's scheme be another one from its beginning, state by state in order of severity."""
    for state in scheme.states:
        fields = ", ".join(f"{name} = :{name}" for name in State.model_fields)
        run(city, f"UPDATE scheme_state SET {fields} WHERE id = :severity", **state.model_dump())


async def test_everything_follows_a_scheme_in_which_red_means_something_else(tiny_city: Database) -> None:
    speak(tiny_city, OTHER)
    for door, code in enumerate(("sealed", "home_watch", "unregistered", "free_to_go"), 1):
        give(tiny_city, door, code)
    own = Database(tiny_city.url)
    with own.owner() as connection:
        services = Services(own, owner_installation(connection), lambda: NOW)
    eyes = scope(tiny_city)
    current.set(Principal(1, "command", Role.COMMAND, eyes, (CITY,)))
    async with own.scoped(eyes) as reader:
        drawn = await drawn_states(reader, CITY, TODAY)
        counts = (await summary(reader, CITY, now=NOW))["households"]
    head, listed, *_ = await homes.show(services, GRIDS[EAST][0], "", {"language": "zh"})
    panel = words_of((await layer_panel.show(services, None, "", "", {"language": "zh", "theme": "dark"}))[0])
    assert await hub.new_scheme(services, eyes) is False
    run(tiny_city, "INSERT INTO colour_scheme VALUES (2, :city, :today, 'x', 'x')", city=CITY, today=TODAY)
    assert await hub.new_scheme(services, eyes) is True
    run(tiny_city, "DELETE FROM colour_scheme WHERE id = 2")
    await own.close()

    assert counts == {"sealed": 1, "home_watch": 1, "unregistered": 1, "free_to_go": 1, "uninhabited": 20}
    assert [row["state"] for row in listed[:5]] == ["居家观察", "封控", "未登记", "通行", "无人居住"]
    assert [row["left"] for row in listed[:3]] == ["4 天", "18 天", ""]
    assert [row["sign"]["letter"] for row in listed[:4]] == ["H", "L", "?", "P"]
    assert all(state.zh in panel for state in drawn)
    # What villages report is called as they report it, whatever colours mean.
    reported = {measure.words.zh for one in all_layers().values() for measure in one.measures}
    assert not any(
        state.zh in panel + words_of(head) for state in FIVE.states if state.surveyed and state.zh not in reported
    )
    assert [row.value for row in legend(layer("households"), drawn)] == [state.code for state in OTHER.states]
    painted(drawn)
    worst = next(row for row in rows(tiny_city, "households", view(zoom=14)) if row.state != "uninhabited")
    assert worst.state == "sealed"


def painted(drawn: tuple[SchemeState, ...]) -> None:
    """The style gives each of the scheme's states its colour and letter, and knows no other."""
    made = style(visible(Scope(Role.COMMAND, ("1",))), drawn, theme="dark", language="zh", tiles_root="http://x")
    parts = {part["id"]: part for part in made["layers"]}
    colour = parts["buildings-outline"]["paint"]["line-color"]
    assert all(state.colour in str(colour) and state.code in str(colour) for state in drawn)
    disc = str(parts["households"]["paint"]["circle-color"])
    assert all(state.colour in disc for state in drawn), "what nobody asked about is no open, white disc"
    letters = str(parts["households-letter"]["layout"]["text-field"])
    assert all(f"'{state.letter}'" in letters for state in drawn)
    assert "hatch-cross-6b7a8c" in str(made)
    assert not any(f"'{state.code}'" in str(made) for state in FIVE.states if state.code != "unsurveyed")


def test_no_code_knows_what_a_colour_means() -> None:
    """No state of either shipped scheme is named in what is no scheme and no demonstration of one."""
    # `unsurveyed` is also a figure's name, and a close contact one of the four groups that a village counts.
    codes = {state.code for name in shipped_names() for state in shipped(name).states} - {"unsurveyed", "close_contact"}
    quoted = re.compile(r"""["'](?:{})["']""".format("|".join(sorted(codes))))
    saturated = {state.colour.lower() for state in FIVE.states if not state.hatch}
    others = [file for kind in ("assets/**/*.js", "assets/*.css") for file in sorted(PROJECT.glob(kind))]
    others += [*sorted(PROJECT.glob("geodata/sql/*.sql")), *sorted(PROJECT.glob("geodata/words/*.toml"))]
    for file in (*FILES, *others):
        name = str(file.relative_to(PROJECT))
        if name.startswith("geodata/demo/"):
            continue
        content = file.read_text(encoding="utf-8")
        assert not quoted.search(content), name
        assert not [colour for colour in saturated if colour in content.lower()], name


Told = Callable[..., str]


@pytest.fixture
def told(tiny_city: Database, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Return the command as somebody types it."""
    monkeypatch.setenv("DATABASE_URL", tiny_city.url)

    def typed(*words: str, fails: bool = False) -> str:
        result = CliRunner().invoke(scheme, list(words), env={"COLUMNS": "200"})
        assert isinstance(result.exception, Refused) if fails else result.exit_code == 0, result.output
        return result.output

    return typed


def test_the_command_lists_checks_and_adds(told: Told, tiny_city: Database, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    words = (PROJECT / "geodata/schemes/five_colours.toml").read_text(encoding="utf-8")
    file.write_text(words.replace('"#46A758"', '"#6B7A8C"'), encoding="utf-8")
    assert "未排查的" not in told("check", "five_colours")
    refused = told("check", str(file), fails=True)
    assert "请换颜色" in refused
    assert "change a colour" in refused
    assert "never looks safe" in told("add", str(file), fails=True)
    file.write_text(words.replace("武汉返回", "武汉来人"), encoding="utf-8")
    tomorrow = str(TODAY + timedelta(days=1))
    assert tomorrow in told("add", str(file), "--from", tomorrow)
    listed = told("list")
    assert [word in listed for word in ("health_code", tomorrow, "planned", "24")] == [True] * 4
    assert "households are still" in told("add", "health_code", "--from", "2099-01-01", fails=True)
    run(tiny_city, "UPDATE scheme_state SET hatch = NULL WHERE code = 'unsurveyed'")
    assert "✗ 1" in told("list")
