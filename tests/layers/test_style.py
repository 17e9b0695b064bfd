import json
import re
from typing import Any

import pytest

from geodata.model import Role
from geodata.scope import Scope
from layers.registry import all_layers, visible
from layers.render.style import style
from layers.render.style_base import BaseStyle
from tests.layers.test_legend import SCHEME

ROOT = "https://city.example/tiles"
THEMES = pytest.mark.parametrize("theme", ["dark", "light"])


def made(role: Role = Role.COMMAND, **more: Any) -> dict[str, Any]:
    asked = {"theme": "dark", "language": "zh", "tiles_root": ROOT} | more
    return style(visible(Scope(role, ("1",))), SCHEME, **asked)


@THEMES
def test_it_asks_nobody_but_us(theme: str) -> None:
    found = made(theme=theme)
    assert not {"glyphs", "sprite"} & set(found)
    hosts = re.findall(r"https?://[^/\"]+", json.dumps(found))
    assert set(hosts) == {"https://city.example"}
    assert all("+" not in name for name in found["sources"])


@THEMES
def test_every_layer_with_a_switch_is_drawn_and_can_be_switched(theme: str) -> None:
    found = made(theme=theme)
    switched = {part.get("metadata", {}).get("wangge:layer") for part in found["layers"]} - {None}
    assert switched == {layer.id for layer in all_layers().values() if layer.group != "base" and not layer.live}
    names = [part["id"] for part in found["layers"]]
    assert len(set(names)) == len(names)
    for part in found["layers"][1:]:
        assert part["source"] in found["sources"]
        assert part["source-layer"] == part["source"]


def test_sources_carry_zooms_moment_and_measure() -> None:
    found = made(at="2020-02-20T08:00:00+08:00", measure="total")["sources"]
    assert found["areas"]["tiles"] == [
        f"{ROOT}/areas/{{z}}/{{x}}/{{y}}.mvt?at=2020-02-20T08%3A00%3A00%2B08%3A00&measure=total"
    ]
    assert found["hotels"]["tiles"] == [f"{ROOT}/hotels/{{z}}/{{x}}/{{y}}.mvt?at=2020-02-20T08%3A00%3A00%2B08%3A00"]
    assert (found["hotels"]["minzoom"], found["hotels"]["maxzoom"]) == (8, 15)
    assert made()["sources"]["hotels"]["tiles"] == [f"{ROOT}/hotels/{{z}}/{{x}}/{{y}}.mvt"]


def test_the_press_gets_public_layers_only() -> None:
    assert set(made(Role.PRESS)["sources"]) == {"areas", "boundaries", "names", "hotels", "clinics", "shops"}


def test_names_lie_over_points_over_lines_over_surfaces() -> None:
    kinds = [part["id"] for part in made()["layers"]]
    order = [
        "ground",
        "areas",
        "footprints",
        "boundaries-city",
        "grids",
        "tracks",
        "households",
        "checkpoints",
        "names",
    ]
    assert [kinds.index(name) for name in order] == sorted(kinds.index(name) for name in order)
    assert kinds[-1] == "names"


def test_what_is_not_known_is_hatched_and_never_coloured() -> None:
    parts = {part["id"]: part for part in made()["layers"]}
    assert parts["areas"]["filter"] == ["has", "value"]
    assert parts["areas-unknown"]["filter"] == ["!", ["has", "value"]]
    assert parts["areas-unknown"]["paint"]["fill-pattern"] == "hatch-diagonal-6b7a8c"
    pattern = parts["buildings-hatch-diagonal"]["paint"]["fill-pattern"]
    assert all(re.fullmatch(r"hatch-[a-z]+-[0-9a-f]{6}", name) for name in (pattern[3], pattern[-1]))


def test_who_is_followed_carries_a_letter_before_all_others_do() -> None:
    parts = {part["id"]: part for part in made()["layers"]}
    loud, all_of_them = parts["households-loud"], parts["households-letter"]
    assert loud["minzoom"] < loud["maxzoom"] == all_of_them["minzoom"]
    _, _, *cases, otherwise = loud["layout"]["text-field"]
    drawn = {letter for letter in cases[1::2] if letter}
    assert drawn == {state.letter for state in SCHEME if state.follow_days is not None}
    assert otherwise == ""


def test_a_silent_post_carries_its_letter_from_where_it_is_drawn_for_itself() -> None:
    parts = {part["id"]: part for part in made()["layers"]}
    loud, letter = parts["checkpoints-loud"], parts["checkpoints-letter"]
    assert parts["checkpoints"]["minzoom"] == loud["minzoom"]
    assert loud["maxzoom"] == letter["minzoom"]
    assert loud["layout"]["text-field"][2:4] == [["silent"], "!"]


def test_the_number_of_an_area_stands_under_its_own_disc() -> None:
    parts = {part["id"]: part for part in made()["layers"]}
    assert parts["checkpoints-total-label"]["layout"]["text-variable-anchor"] == ["top"]
    assert parts["names"]["layout"]["text-anchor"] == "bottom", "its name stands above it"


def test_hundreds_of_warnings_do_not_hide_a_city() -> None:
    """At the size of a city 396 posts are late within an hour: from afar only what is severe is drawn large."""
    (disc,) = (part for part in made()["layers"] if part["id"] == "alerts")
    _, _, _, _, (_, size, relative), *_ = disc["paint"]["circle-radius"]
    drawn = {tuple(values): size * share for values, share in zip(relative[2:-1:2], relative[3:-1:2], strict=True)}
    assert drawn[("severe",)] > 2.5 * drawn[("warning",)]


def test_text_is_drawn_with_fonts_of_the_machine_in_front_of_the_user() -> None:
    fonts = [part["layout"]["text-font"] for part in made()["layers"] if part["type"] == "symbol"]
    assert fonts
    assert all(any("CJK SC" in font for font in stack) for stack in fonts)


def test_nothing_moves_by_itself() -> None:
    assert made()["transition"] == {"duration": 0, "delay": 0}


def test_a_demonstration_says_so() -> None:
    assert "演示数据" in json.dumps(made(demo=True), ensure_ascii=False)
    assert "Demonstration" in json.dumps(made(demo=True, language="en"))
    assert "演示" not in json.dumps(made(), ensure_ascii=False)


def test_the_chosen_area_is_outlined() -> None:
    parts = {part["id"]: part for part in made(outline="411202")["layers"]}
    assert parts["boundaries-outline"]["filter"] == ["==", ["get", "code"], "411202"]


@THEMES
def test_a_citys_own_base_map_lies_under_everything(theme: str) -> None:
    base = BaseStyle("https://city.example/base/{z}/{x}/{y}", 3, 16, "测绘院")
    found = made(theme=theme, base=base)
    assert [part["id"] for part in found["layers"][:3]] == ["ground", "base", "areas"]
    source = found["sources"]["base"]
    assert (source["type"], source["tileSize"], source["attribution"]) == ("raster", 256, "测绘院")
    vectors = BaseStyle(
        "https://city.example/base/{z}/{x}/{y}", 0, 14, "", ("water", "roads", "buildings", "road_names", "x")
    )
    found = made(theme=theme, base=vectors)
    drawn = [part["id"] for part in found["layers"] if part.get("source") == "base"]
    assert drawn == ["base-water", "base-water-line", "base-roads", "base-buildings"]


def test_a_scheme_without_states_still_gives_a_map() -> None:
    found = style(visible(Scope(Role.COMMAND, ("1",))), (), theme="dark", language="zh", tiles_root=ROOT)
    assert {"areas", "households"} <= set(found["sources"])
    assert not re.search(r'\["match", \["get", "\w+"\], [^\[,]+\]', json.dumps(found))
