import gzip
import json
from typing import Any

import pytest

from geodata import account_keeping
from geodata.database import Database
from geodata.feeds.floor.registry import all_feeds
from geodata.model import Role
from tests.app.running import Running

OWN = {"x-wangge": "1"}


def as_sent(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


async def test_every_kind_says_what_it_takes(house: Running) -> None:
    await house.sign_in(Role.OFFICER)
    listed = (await house.client.get("/api/feeds")).json()
    assert {row["kind"] for row in listed} == set(all_feeds())
    for row in listed:
        assert row["title"]["zh"] != row["title"]["en"]
        assert set(row["key"]) <= set(row["row"]["properties"])
        assert row["row"]["additionalProperties"] is False


@pytest.mark.parametrize("kind", sorted(all_feeds()))
async def test_a_program_with_a_token_delivers_in_its_own_area_alone(
    house: Running, peopled_city: Database, kind: str
) -> None:
    with peopled_city.owner() as connection:
        who = "admin" if all_feeds()[kind].foundation else "officer"
        token = account_keeping.add_token(connection, who, "feed")
    bearer = {"authorization": f"Bearer {token}", "accept-language": "en"}
    example = as_sent(all_feeds()[kind].example)
    for body in (json.dumps(example), json.dumps([example]), json.dumps(example) + "\n" + json.dumps(example)):
        for content in (body.encode(), gzip.compress(body.encode())):
            answer = await house.client.post(f"/api/feeds/{kind}", content=content, headers=bearer)
            assert answer.status_code in (200, 422), answer.text
    personal = {**example, "identity_number": "张三"}
    refused = await house.client.post(f"/api/feeds/{kind}", json=personal, headers=bearer)
    assert (refused.status_code, refused.json()["error"]) == (422, "refused_rows")
    assert "identity_number" in {row["column"] for row in refused.json()["rows"]}
    assert "张三" not in refused.text


async def test_what_nobody_may_deliver(house: Running) -> None:
    await house.sign_in(Role.OFFICER)
    assert (await house.client.post("/api/feeds/nothing", json=[], headers=OWN)).json()["error"] == "unknown_kind"
    assert (await house.client.post("/api/feeds/passages", json=[])).json()["error"] == "cross_site"
    large = await house.client.post("/api/feeds/passages", content=b"[" + b" " * 16_100_000 + b"]", headers=OWN)
    assert (large.status_code, large.json()["error"]) == (413, "too_large")
    for broken in (b"", b"{", b"\xff", b"[[[[", b'{"a": NaN}', b"1e999"):
        answer = await house.client.post("/api/feeds/passages", content=broken, headers=OWN)
        assert answer.status_code == 422, broken
    unclear = await house.client.post("/api/feeds/passages?partial=maybe", json=[], headers=OWN)
    assert (unclear.status_code, unclear.json()["facts"]["wanted"]) == (400, "true, false"), "in the reader's language"
    house.client.cookies.clear()
    assert (await house.client.post("/api/feeds/passages", json=[], headers=OWN)).status_code == 401
    await house.sign_in(Role.PRESS)
    assert (await house.client.post("/api/feeds/passages", json=[], headers=OWN)).json()["error"] == "not_allowed"
    assert (await house.client.get("/api/feeds")).status_code == 403
