"""schemathesis takes /openapi.json at its word and asks everything, also what nobody would ask.

Codes and ids that are drawn at random name nothing, so that every answer would be 404 and no answer's schema be looked at.
Half of the questions therefore name things that exist, and every route must have answered with data in the end.
"""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from geodata import account_keeping
from geodata.feeds.floor.registry import all_feeds
from layers.registry import all_layers
from tests.app.running import served
from tests.lending import Lender
from tests.places import CITY, EAST, GRIDS
from tests.release_sheets import drafted

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
EXISTING: dict[str, list[Any]] = {
    "code": [CITY, EAST, GRIDS[EAST][0]],
    "layer_id": list(all_layers()),
    "household_id": [1, 2, 3],
    "building_id": [1, 2, 3],
    "feature_id": [1, 2, 3],
    "kind": list(all_feeds()),
    "gate_id": [1, 2, 3],
    "closure_id": [1, 2, 3],
    "sweep_id": [1, 2],
    "alert_id": [1, 2, 3, 4],
    "name": ["duty_round"],
    "template_id": [1, 2],
    "release_id": [1, 2],
    "form": ["png"],
    "sender": [f"S{GRIDS[EAST][0]}"],
    "token_id": [1],
    "row": [1, 2],
}
NEEDED = {"GET /api/same-trip": {"means": "train", "number": "G1234", "day": "2020-02-05"}}
"""What a question cannot do without."""


@pytest.fixture(scope="module")
def asked(lender: Lender, peopled_template: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Run a server over the tiny city and return its address and the headers of the command centre."""
    with lender.lent(peopled_template) as database:
        with database.owner() as connection:
            token = account_keeping.add_token(connection, "command", "schema")
        # Their own maker asks, who cannot approve them: they stay, and their files can be fetched.
        drafted(database, CITY, EAST, by="command")
        with served(database.url) as client:
            headers = {"authorization": f"Bearer {token}"}
            EXISTING["import_id"] = [brought(client, headers)]
            yield str(client.base_url), headers


def brought(client: httpx.Client, headers: dict[str, str]) -> str:
    """Bring a file and try it, so that there is one with a report; return its id."""
    sent = {"data": {"kind": "village_report"}, "files": {"file": ("x.csv", b"village,day\n1,2020-02-11\n")}}
    path = f"/api/imports/{client.post('/api/imports', headers=headers, **sent).json()['id']}"  # type: ignore[arg-type]
    for _ in range(2):
        for _ in range(600):
            found = client.get(path, headers=headers).json()
            if found["state"] in ("ready", "done"):
                break
            time.sleep(0.1)
        if found["state"] == "ready":
            client.post(f"{path}/run", headers=headers, json={"dry_run": True})
    assert found["report"], found
    return str(found["id"])


def operations(address: str, headers: dict[str, str]) -> list[Any]:
    schema = schemathesis.openapi.from_dict(httpx.get(f"{address}/openapi.json", headers=headers).json())
    schema.config.update(base_url=address)
    found = [found.ok() for found in schema.get_all_operations()]
    # What changes comes last: a file that was taken away or looked at anew has no report.
    return sorted(found, key=lambda operation: operation.method.upper() != "GET")


def test_every_answer_is_as_the_schema_says(asked: tuple[str, dict[str, str]]) -> None:
    address, headers = asked
    answered: Counter[tuple[str, int]] = Counter()
    found = operations(address, headers)
    assert len(found) >= 13
    for operation in found:
        ask(operation, headers, answered)
    silent = [name for operation in found if not answered[name := named(operation), 200] and name.startswith("GET")]
    assert silent == [], "these never answered with data, so nobody looked at what they say"
    assert answered["POST /api/feeds/{kind}", 422], "no delivery reached a feed"


def named(operation: Any) -> str:
    return f"{operation.method.upper()} {operation.path}"


def ask(operation: Any, headers: dict[str, str], answered: "Counter[tuple[str, int]]") -> None:
    """Ask one operation many times over, half of the times about things that exist and with nothing more asked."""

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), real=st.booleans(), plain=st.booleans(), data=st.data())
    def check(case: Any, real: bool, plain: bool, data: st.DataObject) -> None:
        if real:
            for name in case.path_parameters:
                case.path_parameters[name] = data.draw(st.sampled_from(EXISTING[name]))
        if real and plain:
            case.query = dict(NEEDED.get(named(operation), {}))
        answer = case.call_and_validate(checks=CHECKS, headers=headers)
        answered[named(operation), answer.status_code] += 1

    try:
        check()
    except Exception as error:
        raise AssertionError(f"{named(operation)}: {error}") from error
