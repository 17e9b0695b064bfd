"""A frozen sheet comes back as it was: geometries to the last bit, times with their offsets, layers in their order."""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
import shapely
from hypothesis import given, settings

from geodata.press.sheet import MAGIC, VERSION, Cell, Sheet, Spot
from tests.release_sheets import HOUR, SQUARE, sheet, sheets


def moments(one: Sheet) -> list[str | None]:
    """Return times as written: two moments are equal in Python whatever their offsets."""
    return [None if at is None else at.isoformat() for at in (one.order.at, one.data_time, one.vintage)]


@settings(max_examples=150, deadline=None)
@given(sheets)
def test_a_sheet_comes_back_as_it_was(one: Sheet) -> None:
    content = one.packed()
    found = Sheet.unpacked(content)
    assert found == one
    assert moments(found) == moments(one)
    assert list(found.spots) == list(one.spots)
    assert found.packed() == content
    wkb = [shapely.to_wkb(cell.geometry) for cell in one.cells if cell.geometry is not None]
    assert [shapely.to_wkb(cell.geometry) for cell in found.cells if cell.geometry is not None] == wkb


def test_what_differs_packs_differently() -> None:
    other = shapely.box(*(SQUARE.bounds[:3]), SQUARE.bounds[3] + 1e-9)
    changed = [
        sheet(),
        sheet(withdrawn=True),
        sheet(number="WG-2026-000001-0"),
        sheet(vintage=HOUR + timedelta(hours=1)),
        sheet(cells=(Cell("411202001", "街道", "township", other, "value", 120.0),)),
        sheet(spots={"clinics": (), "hotels": ()}),
        sheet(spots={"hotels": (), "clinics": ()}),
        sheet(order=sheet().order.model_copy(update={"note": "x"})),
    ]
    assert len({one.packed() for one in changed}) == len(changed)


def test_small_and_made_of_the_same_parts_it_is_the_same_in_another_process() -> None:
    code = "from tests.release_sheets import sheet; import hashlib; print(hashlib.sha256(sheet().packed()).hexdigest())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert said == sha256(sheet().packed()).hexdigest()
    many = sheet(cells=sheet().cells * 400)
    assert len(many.packed()) < len(many.cells) * 30


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"WGSHEET",
        MAGIC + bytes([VERSION + 1]) + sheet().packed()[len(MAGIC) + 1 :],
        sheet().packed()[:-5],
        sheet().packed()[: len(MAGIC) + 1] + b"nothing pressed",
        b"PK" + sheet().packed(),
    ],
)
def test_what_is_no_sheet_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="sheet"):
        Sheet.unpacked(content)


def test_a_value_that_is_no_number_is_not_kept() -> None:
    cell = replace(sheet().cells[0], value=float("nan"))
    with pytest.raises(ValueError, match="JSON"):
        sheet(cells=(cell,)).packed()


def test_a_fraction_of_a_second_and_a_strange_offset_survive() -> None:
    odd = datetime.fromisoformat("1999-12-31T23:59:59.000001+05:53:28")
    assert moments(Sheet.unpacked(sheet(data_time=odd).packed()))[1] == odd.isoformat()
    spot = Spot(shapely.Point(1, 2, 3), "高")
    assert Sheet.unpacked(sheet(spots={"x": (spot,)}).packed()).spots["x"][0].geometry.z == 3
