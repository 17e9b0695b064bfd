from geodata.model import SchemeState
from layers.declaration import Measure, Words
from layers.render.legend import bounds, chosen, legend
from tests.layers.looking import layer

ONE = Words("户", "households")
SCHEME = tuple(
    SchemeState(code=code, severity=i, colour=colour, letter=letter, hatch=hatch, follow_days=days, zh=code, en=code)
    for i, (code, colour, letter, hatch, days) in enumerate(
        [("normal", "#F5F7FA", "W", None, None), ("wuhan", "#E5484D", "R", None, 14), ("asked", "#6B7A8C", "?", "diagonal", None)]
    )
)  # fmt: skip


def said(measure: Measure) -> list[str]:
    return [words.zh for words in bounds(measure)]


def test_classes_in_words() -> None:
    assert said(Measure("a", ONE, (1, 10, 50), ONE, whole=True)) == ["0", "1–9", "10–49", "≥ 50"]
    assert said(Measure("a", ONE, (1, 2, 4), ONE, whole=True)) == ["0", "1", "2–3", "≥ 4"]
    assert said(Measure("a", ONE, (300, 1000), ONE, whole=True)) == ["< 300", "300–999", "≥ 1,000"]
    assert said(Measure("a", ONE, (1, 5), ONE)) == ["< 1", "1–5", "≥ 5"]


def test_a_choropleth_explains_what_is_not_known() -> None:
    found = legend(layer("areas"), SCHEME, "unsurveyed")
    assert len(found) == 6
    assert (found[-1].value, found[-1].hatch, found[-1].words.zh) == ("", "diagonal", "无数据")
    assert legend(layer("areas"), SCHEME, chosen(layer("areas"), "unsurveyed")) == found
    assert legend(layer("areas"), SCHEME, "nonsense") == legend(layer("areas"), SCHEME)


def test_the_citys_scheme_in_its_own_order() -> None:
    found = legend(layer("households"), tuple(reversed(SCHEME)))
    assert [(row.value, row.letter, row.hatch) for row in found] == [
        ("normal", "W", None),
        ("wuhan", "R", None),
        ("asked", "?", "diagonal"),
    ]
    assert found[1].colour("dark") == found[1].colour("light") == "#E5484D"


def test_signs_come_after_colours() -> None:
    found = legend(layer("checkpoints"), SCHEME)
    assert [row.sign for row in found] == sorted(row.sign for row in found)
    assert {row.letter for row in found if row.sign} == set("GVMSEW")
    assert legend(layer("names"), SCHEME) == []
