"""What a delivery looks up is found through an index also under row-level security, whose conditions come first."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.feeds import (
    checkpoints,
    clinic_status,
    closures,
    gates,
    ground_patrol,
    occupancy,
    passages,
    patrol_events,
    shop_prices,
    survey,
    telemetry,
)
from geodata.feeds.floor import places
from geodata.scope import Scope

CLIENT = UUID("0d5b9d3e-3f0c-4a52-8f5c-6f1d6c1d0a00")
DOORS = {"household": [1, None], "building": [None, 1], "unit": [None, 1], "room": [None, "101"]}


@pytest.mark.parametrize(
    ("statement", "values", "indexes"),
    [
        (passages._POSTS, {"codes": ["x"]}, {"ix_checkpoint_code"}),
        (occupancy._HOTELS, {"codes": ["x"]}, {"uq_hotel_code"}),
        (clinic_status._CLINICS, {"codes": ["x"]}, {"uq_clinic_code"}),
        (telemetry._DRONES, {"codes": ["x"]}, {"uq_drone_code"}),
        (telemetry.FLIGHTS.holding, {"codes": ["x"]}, {"uq_flight_code"}),
        (checkpoints._REGISTER.holding, {"code": ["x"]}, {"ix_checkpoint_code"}),
        (gates._REGISTER.holding, {"code": ["x"]}, {"uq_gate_code"}),
        (shop_prices._SHOPS, {"codes": ["x"]}, {"uq_shop_code"}),
        (closures._KNOWN, {"clients": [CLIENT]}, {"uq_closure_client_id"}),
        (ground_patrol._PATROLS.holding, {"codes": ["x"]}, {"uq_ground_patrol_code"}),
        (patrol_events._THERE, {"codes": ["x"]}, {"uq_patrol_event_code"}),
        (survey._DOORS, DOORS, {"pk_household", "uq_household_building_id_unit_floor_room"}),
        (places._DEEPEST, {"lons": [111.0], "lats": [34.0]}, {"ix_area_place"}),
    ],
)
async def test_a_lookup_can_use_its_index(
    city: Database, everywhere: Scope, statement: Any, values: dict[str, Any], indexes: set[str]
) -> None:
    """Where no table is read whole, the index that the lookup was written for is the way in."""
    async with city.writing(everywhere) as connection:
        for way in ("seqscan", "hashjoin", "mergejoin"):
            await connection.execute(text(f"SET LOCAL enable_{way} = off"))
        plan = "\n".join(await connection.scalars(text(f"EXPLAIN {statement.text}"), values))
    assert indexes <= {index for index in indexes if index in plan}, plan
