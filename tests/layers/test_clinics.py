from datetime import timedelta

import pytest

from geodata.database import Database
from tests.layers.looking import NOW, rows, view
from tests.layers.test_areas import clinic, without_care
from tests.places import EAST, GRIDS


@pytest.mark.parametrize("status", ["open", "full", "closed"])
def test_a_clinic_is_what_it_reported(tiny_city: Database, status: str) -> None:
    without_care(tiny_city)
    clinic(tiny_city, GRIDS[EAST][0], status, 3)
    (found,) = rows(tiny_city, "clinics", view())
    assert (found.status, found.kind) == (status, "fever_clinic")
    assert found.data_time == NOW - timedelta(hours=3)
    (later,) = rows(tiny_city, "clinics", view(at=NOW - timedelta(hours=2)))
    assert later.status == status


def test_what_it_was_before_its_newest_report_is_not_known(tiny_city: Database) -> None:
    without_care(tiny_city)
    clinic(tiny_city, GRIDS[EAST][0], "full", 3)
    (found,) = rows(tiny_city, "clinics", view(at=NOW - timedelta(hours=4)))
    assert (found.status, found.data_time) == ("unknown", None)
