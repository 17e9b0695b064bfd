import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from geodata.errors import BadShape, CrossesItself, TooManyPoints, WrongSize
from geodata.shapes import MOST_POINTS, drawn

SQUARE = [[111.0, 34.0], [111.001, 34.0], [111.001, 34.001], [111.0, 34.001], [111.0, 34.0]]


def line(*points: Any) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": list(points)}


def area(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_line_and_an_area() -> None:
    assert isinstance(drawn(line([111.0, 34.0], [111.001, 34])), LineString)
    found = drawn(area(SQUARE))
    assert isinstance(found, Polygon)
    assert len(found.exterior.coords) == 5


@pytest.mark.parametrize(
    ("shape", "refusal"),
    [
        ({}, BadShape),
        ({"type": "Point", "coordinates": [111.0, 34.0]}, BadShape),
        (line([111.0, 34.0]), BadShape),
        (line([111.0, 34.0, 5], [111.1, 34.0, 5]), BadShape),
        (line([111.0, True], [111.1, 34.0]), BadShape),
        (line([111.0, "34"], [111.1, 34.0]), BadShape),
        (line([float("nan"), 34.0], [111.1, 34.0]), BadShape),
        (line([181.0, 34.0], [111.1, 34.0]), BadShape),
        (line([111.0, 34.0], [111.0, 34.0]), WrongSize),
        (line([111.0, 34.0], [112.0, 34.0]), WrongSize),
        (line(*([111.0 + n / 1e5, 34.0] for n in range(MOST_POINTS + 1))), TooManyPoints),
        (area(SQUARE[:-1]), BadShape),
        (area(SQUARE, SQUARE), BadShape),
        (area([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]), CrossesItself),
        (area([SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[0]]), CrossesItself),
    ],
)
def test_what_cannot_be_kept_is_refused(shape: dict[str, Any], refusal: type[BadShape]) -> None:
    with pytest.raises(BadShape) as refused:
        drawn(shape)
    assert type(refused.value) is refusal


anything = st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4), st.lists)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["type", "coordinates", "x"]), anything | st.sampled_from(["LineString", "Polygon"])
    )
)
def test_nothing_but_a_refusal_comes_of_nonsense(shape: dict[str, Any]) -> None:
    try:
        drawn(json.loads(json.dumps(shape)))
    except BadShape:
        return
