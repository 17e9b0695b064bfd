from datetime import timedelta

from geodata.database import Database
from layers.registry import get
from layers.render.card import card
from tests.layers.looking import NOW, ZONE, rows, run, scope, view
from tests.layers.reported import indicator
from tests.places import CITY, EAST, WEST


def test_an_area_shows_how_many_targets_it_reached(tiny_city: Database) -> None:
    indicator(tiny_city, EAST, "a", {1.2: 3, 0.2: 9}, target=8)
    indicator(tiny_city, EAST, "b", {0.2: 5}, target=8)
    indicator(tiny_city, EAST, "c", {0.2: 5}, target=8, better="lower")
    indicator(tiny_city, EAST, "d", {0.2: 5})
    indicator(tiny_city, WEST, "a", {0.2: 8}, target=8)
    found = {row.name: row for row in rows(tiny_city, "indicators", view())}
    east, west = found[f"county {EAST}"], found[f"county {WEST}"]
    assert (east.state, east.share, west.state, west.share) == ("short", "2/3", "reached", "1/1")
    assert [words.split(" ")[0] for words in east.listed.split("；")] == ["a", "b", "c", "d"]
    assert east.short.startswith("b 5件")


def test_what_is_old_counts_for_nothing_but_is_named(tiny_city: Database) -> None:
    indicator(tiny_city, CITY, "old", {2000: 1}, target=8)
    (found,) = rows(tiny_city, "indicators", view())
    assert (found.state, found.share, found.short) == ("stale", None, None)
    assert found.listed.startswith("old 1件（20")
    indicator(tiny_city, CITY, "new", {0.1: 9})
    (found,) = rows(tiny_city, "indicators", view())
    assert (found.state, found.share) == ("no_target", None)
    assert [words.split(" ")[0] for words in found.listed.split("；")] == ["new", "old"]


def test_closer_by_smaller_areas_are_shown(tiny_city: Database) -> None:
    for code in (CITY, EAST, EAST + "001"):
        indicator(tiny_city, code, "a", {0.1: 1})
    assert [len(rows(tiny_city, "indicators", view(zoom=zoom))) for zoom in (8, 10, 14)] == [2, 3, 3]
    assert len(rows(tiny_city, "indicators", view(zoom=8), scope(tiny_city, EAST + "001"))) == 1


def test_the_card_speaks_one_language(tiny_city: Database) -> None:
    indicator(tiny_city, EAST, "a", {0.2: 5}, target=8)
    run(tiny_city, "UPDATE indicator SET name_zh = '阅读量', name_en = 'News read', unit = ''")
    (found,) = rows(tiny_city, "indicators", view())
    said = {
        language: card(get("indicators", scope(tiny_city)), found._mapping, (), language) for language in ("zh", "en")
    }
    day = NOW - timedelta(days=0.2)
    assert [line.value for line in said["en"].lines[2:]] == [
        f"News read 5  ({day.astimezone(ZONE):%Y-%m-%d}, target 8)"
    ] * 2
    assert [line.value for line in said["zh"].lines[2:]] == [f"阅读量 5（{day.astimezone(ZONE):%Y-%m-%d}，目标 8）"] * 2
