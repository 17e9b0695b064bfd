"""The API of the press desk: from an order to a released file, who may do what, and what a number says afterwards."""

import asyncio
import hashlib
import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.press_making import Here
from geodata import account_keeping
from geodata.database import Database
from geodata.model import Role
from geodata.press import manifest, work
from geodata.press.numbers import tidy
from geodata.press.sheet import Sheet
from geodata.press.stamp import number_in
from geodata.scope import Scope
from tests.app.running import Running, soon
from tests.places import CITY, EAST, GRIDS, WEST

ORDER = {"area": CITY, "measure": "households", "title": "住户总数", "size": "640x480", "days": 2}
GOOD = 60
"""Seconds that drawing may take where six others compute on two cores."""


class Desk:
    """The application as each account speaks to it."""

    def __init__(self, house: Running) -> None:
        self.house = house
        with house.database.owner() as connection:
            self.tokens = {role: account_keeping.add_token(connection, role.value, "t") for role in list(Role)[:5]}

    async def ask(self, who: Role, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.tokens[who]}", "accept-language": "en"}
        return await self.house.client.request(method, f"/api/press{path}", headers=headers, **more)

    async def get(self, who: Role, path: str) -> Any:
        answer = await self.ask(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, who: Role, path: str, body: Any = None) -> Any:
        answer = await self.ask(who, "POST", path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def begin(self, who: Role = Role.PRESS, forms: tuple[str, ...] = ("png",), **changes: Any) -> int:
        """Begin a release and wait until it is a draft."""
        found = await self.post(who, "/releases", {"order": {**ORDER, **changes}, "forms": list(forms)})
        await self.until(found["ids"][0], "draft")
        return int(found["ids"][0])

    async def until(self, number: int, state: str) -> None:
        async def there() -> bool:
            found = await self.get(Role.COMMAND, f"/releases/{number}")
            assert found["state"] != "failed" or state == "failed", found["reason"]
            return bool(found["state"] == state)

        await soon(there, GOOD)

    async def approved(self, number: int, who: Role = Role.COMMAND) -> dict[str, Any]:
        """Approve a draft and wait until its files are drawn."""
        await self.post(who, f"/releases/{number}/approve")

        async def there() -> bool:
            return (await self.get(who, f"/releases/{number}"))["manifest"] is not None

        await soon(there, GOOD)
        found: dict[str, Any] = await self.get(who, f"/releases/{number}")
        return found

    async def released(self, forms: tuple[str, ...] = ("png",)) -> dict[str, Any]:
        found = await self.approved(await self.begin(forms=forms))
        out: dict[str, Any] = await self.post(Role.PRESS, f"/releases/{found['id']}/release")
        return out

    async def file(self, number: int, form: str = "png") -> httpx.Response:
        return await self.ask(Role.PRESS, "GET", f"/releases/{number}/files/{form}")

    def owner(self, statement: str, **values: object) -> Any:
        with self.house.database.owner() as connection:
            result = connection.execute(text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else None


@pytest.fixture
async def desk(house: Running) -> Desk:
    """Return the desk, drawing in this process: starting others takes longer than all that a test draws."""
    house.server.state.house.maker.pool = Here()
    return Desk(house)


async def test_what_may_be_chosen(desk: Desk) -> None:
    found = await desk.get(Role.PRESS, "/options")
    assert [area["code"] for area in found["areas"]] == [CITY, EAST, f"{EAST}001", WEST, f"{WEST}001"]
    assert all("pinyin" in area for area in found["areas"])
    assert found["areas"][0]["parts"] == ["county", "township", "village"]
    assert {"households", "followed"} <= {one["id"] for one in found["measures"]}
    assert {one["id"] for one in found["layers"]} == {"hotels", "clinics", "shops"}
    assert found["forms"] == ["png", "pdf", "svg", "html", "gif", "mp4"]
    a4 = next(size for size in found["sizes"] if size["id"] == "a4")
    assert (a4["width"], a4["height"], a4["group"]) == (2480, 3508, "paper")
    assert found["newest"].endswith(":00:00+08:00")
    assert [area["code"] for area in (await desk.get(Role.OFFICER, "/options"))["areas"]] == [EAST, f"{EAST}001"]
    assert len((await desk.get(Role.COMMAND, f"/options?area={WEST}"))["areas"]) == 2
    assert (await desk.ask(Role.OFFICER, "GET", f"/options?area={WEST}")).status_code == 404


async def test_a_preview_is_the_picture_made_small(house: Running) -> None:
    desk = Desk(house)
    answer = await desk.ask(Role.PRESS, "POST", "/preview", json={**ORDER, "size": "uhd"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert int.from_bytes(answer.content[16:20]) == 1600
    assert answer.headers["x-vintage"].endswith("+08:00")
    assert answer.headers["x-suppressed"].isdigit()
    assert answer.headers["x-no-data"].isdigit()


async def test_an_export_is_a_draft_without_a_number(desk: Desk) -> None:
    for form, kind in (("pdf", b"%PDF"), ("svg", b"<?xml"), ("html", b"<!DOCTYPE"), ("gif", b"GIF8")):
        answer = await desk.ask(Role.PRESS, "POST", f"/export?form={form}", json=ORDER)
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(kind)
        assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''draft-")
        assert number_in(answer.content) is None


async def test_an_order_that_cannot_be_is_refused(desk: Desk) -> None:
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"area": "424242"}, 404),
        ({"measure": "nonsense"}, 400),
        ({"at": "2099-01-01T00:00:00+08:00"}, 400),
        ({"at": "2020-01-01T00:00:00"}, 400),
        ({"title": "长" * 201}, 400),
        ({"size": "9x9"}, 400),
        ({"days": 99}, 400),
        ({"household": 1}, 400),
        ({"layers": ["households"]}, 404),
    ]
    for changes, status in wrong:
        answer = await desk.ask(Role.PRESS, "POST", "/preview", json={**ORDER, **changes})
        assert answer.status_code == status, answer.text
        assert answer.json()["message"]


async def test_who_may_use_the_desk(desk: Desk) -> None:
    paths = ("/options", "/templates", "/releases", "/releases/1", "/releases/1/files/png", "/verify?number=x")
    for path in paths:
        assert (await desk.ask(Role.GRID, "GET", path)).status_code == 403, path
    for path, body in (
        ("/preview", ORDER),
        ("/export?form=png", ORDER),
        ("/releases", {"order": ORDER, "forms": ["png"]}),
        ("/releases/1/approve", None),
        ("/verify", None),
    ):
        assert (await desk.ask(Role.GRID, "POST", path, json=body)).status_code == 403, path
    assert (await desk.ask(Role.OFFICER, "POST", "/preview", json=ORDER)).status_code == 404, "the city is not theirs"
    assert (await desk.ask(Role.OFFICER, "POST", "/preview", json={**ORDER, "area": EAST})).status_code == 200


async def test_from_the_draft_to_the_withdrawal(desk: Desk) -> None:
    made = await desk.begin(forms=("png", "svg", "pdf", "html", "gif"))
    draft = await desk.get(Role.PRESS, f"/releases/{made}")
    assert (draft["number"], draft["manifest"], draft["made_by"], draft["progress"]) == (None, None, "press", 1.0)
    assert draft["order"]["at"].endswith(":00:00+08:00"), "the hour is fixed when it is asked for"
    assert [file["form"] for file in draft["files"]] == ["gif", "html", "pdf", "png", "svg"]
    assert number_in((await desk.file(made)).content) is None

    own = await desk.ask(Role.PRESS, "POST", f"/releases/{made}/approve")
    assert (own.status_code, own.json()["error"]) == (403, "own_work")
    early = await desk.ask(Role.COMMAND, "POST", f"/releases/{made}/release")
    assert (early.status_code, early.json()["now"]["state"]) == (409, "draft")

    found = await desk.approved(made)
    number = found["number"]
    assert tidy(number) == number
    assert (found["state"], found["approved_by"]) == ("approved", "command")
    assert (await desk.get(Role.PRESS, f"/verify?number={number}"))["verdict"] == "unknown", "it is not out yet"

    out = await desk.post(Role.PRESS, f"/releases/{made}/release")
    assert (out["state"], out["released_by"]) == ("released", "press")
    said = out["manifest"]
    assert (said["number"], said["made"]["by"], said["approved"]["by"]) == (number, "press", "command")
    assert said["order"]["title"] == "住户总数"
    # Both counties have so few households that not even their number may be told.
    assert said["suppressed"] == ["990100", "990200"]
    with desk.house.database.owner() as connection:
        assert manifest.bears_signature(said, account_keeping.ensure_secret(connection))
        assert not manifest.bears_signature({**said, "suppressed": ["x"]}, account_keeping.ensure_secret(connection))
    for file in said["files"]:
        got = await desk.file(made, file["form"])
        assert hashlib.sha256(got.content).hexdigest() == file["sha256"]
        assert number_in(got.content) == number, file["form"]
        verdict = await desk.ask(Role.OFFICER, "POST", "/verify", content=got.content)
        assert (verdict.json()["verdict"], verdict.json()["number"]) == ("genuine", number)
        forged = await desk.ask(Role.OFFICER, "POST", "/verify", content=got.content + b"\n<!-- -->")
        assert forged.json()["verdict"] == "altered"
    assert (await desk.get(Role.OFFICER, f"/verify?number={number.lower()}"))["verdict"] == "genuine"

    released = (await desk.file(made)).content
    gone = await desk.post(Role.COMMAND, f"/releases/{made}/withdraw", {"reason": "数字有误"})
    assert (gone["state"], gone["reason"], gone["number"]) == ("withdrawn", "数字有误", number)
    verdict = await desk.ask(Role.PRESS, "POST", "/verify", content=released)
    assert (verdict.json()["verdict"], verdict.json()["reason"]) == ("withdrawn", "数字有误")
    assert (await desk.get(Role.PRESS, f"/verify?number={number}"))["verdict"] == "withdrawn"

    async def marked() -> bool:
        return (await desk.file(made)).status_code == 200

    await soon(marked, GOOD)
    last = await desk.file(made)
    assert last.content != released, "what was withdrawn is handed out with that word on it alone"
    assert last.headers["x-release-state"] == "withdrawn"
    assert "withdrawn-" in last.headers["content-disposition"]
    assert (await desk.ask(Role.PRESS, "POST", "/verify", content=last.content)).json()["verdict"] == "withdrawn"
    assert "已撤回" in (await desk.file(made, "html")).text
    steps = (await desk.get(Role.PRESS, f"/releases/{made}"))["journal"]
    assert [(step["what"], step["by"], step["told"]) for step in steps] == [
        ("making", "press", None),
        ("draft", None, None),
        ("approved", "command", number),
        ("released", "press", None),
        ("withdrawn", "command", "数字有误"),
    ]
    assert [row["state"] for row in await desk.get(Role.PRESS, "/releases?state=withdrawn")] == ["withdrawn"]


async def test_of_two_who_approve_at_once_one_wins(desk: Desk) -> None:
    drafts = [await desk.begin() for _ in range(3)]
    for made in drafts:
        both = (Role.COMMAND, Role.ADMIN)
        answers = await asyncio.gather(*(desk.ask(who, "POST", f"/releases/{made}/approve") for who in both))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        loser = next(answer for answer in answers if answer.status_code == 409).json()
        assert (loser["error"], loser["now"]["state"]) == ("wrong_state", "approved")
    numbers = [(await desk.get(Role.PRESS, f"/releases/{made}"))["number"] for made in drafts]
    assert [int(number.split("-")[2]) for number in numbers] == [1, 2, 3], "no number is missing"


async def test_a_number_of_an_approval_that_failed_is_given_to_the_next(desk: Desk) -> None:
    first, second = await desk.begin(), await desk.begin()
    approve = (
        "UPDATE press_release SET state = 'approved', approved_by = 'x', approved_by_id = 99, approved_at = now() "
        f"WHERE id = {first} RETURNING serial"
    )
    with desk.house.database.engine.connect() as connection:
        assert connection.scalar(text(approve)) == 1
        connection.rollback()
    assert (await desk.approved(second))["number"].split("-")[2] == "000001"


async def test_a_rejected_draft_stays_as_it_is(desk: Desk) -> None:
    made = await desk.begin()
    assert (await desk.ask(Role.COMMAND, "POST", f"/releases/{made}/reject", json={})).status_code == 400
    found = await desk.post(Role.COMMAND, f"/releases/{made}/reject", {"reason": "标题有误"})
    assert (found["state"], found["reason"], found["number"]) == ("rejected", "标题有误", None)
    for what, body in (
        ("approve", None),
        ("release", None),
        ("withdraw", {"reason": "x"}),
        ("reject", {"reason": "x"}),
    ):
        answer = await desk.ask(Role.COMMAND, "POST", f"/releases/{made}/{what}", json=body)
        assert (answer.status_code, answer.json()["error"]) == (409, "wrong_state")


async def test_releases_are_seen_in_their_areas_alone(desk: Desk) -> None:
    whole, west, east = await desk.begin(), await desk.begin(area=WEST), await desk.begin(Role.OFFICER, area=EAST)
    assert [row["id"] for row in await desk.get(Role.OFFICER, "/releases")] == [east]
    assert [row["id"] for row in await desk.get(Role.PRESS, "/releases")] == [east, west, whole]
    assert [row["id"] for row in await desk.get(Role.PRESS, f"/releases?before={east}&limit=1")] == [west]
    for made in (whole, west, 0, 2**31, 10**30):
        for method, path in (("GET", ""), ("GET", "/files/png"), ("POST", "/approve"), ("POST", "/release")):
            answer = await desk.ask(Role.OFFICER, method, f"/releases/{made}{path}")
            assert answer.status_code in ({404} if made < 2**40 else {400, 404}), (made, path, answer.text)
    assert (await desk.approved(east))["made_by"] == "officer"
    answer = await desk.ask(Role.PRESS, "GET", f"/releases/{east}/files/svg")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_this_file")
    bad = {"order": {**ORDER, "area": GRIDS[EAST][0]}, "forms": ["png"]}
    assert (
        await desk.ask(Role.OFFICER, "POST", "/releases", json={"order": ORDER, "forms": ["png"]})
    ).status_code == 404
    failed = await desk.post(Role.PRESS, "/releases", bad)
    await desk.until(failed["ids"][0], "failed")
    found = await desk.get(Role.PRESS, f"/releases/{failed['ids'][0]}")
    assert "area" in found["reason"]
    assert found["files"] == []


async def test_a_template_over_all_counties_and_one_that_fails_stops_no_other(desk: Desk) -> None:
    kept = await desk.post(Role.PRESS, "/templates", {"name": "每日", "order": ORDER, "forms": ["png", "svg"]})
    assert (kept["area"], kept["forms"]) == (CITY, ["png", "svg"])
    taken = await desk.ask(Role.COMMAND, "POST", "/templates", json={"name": "每日", "order": ORDER})
    assert (taken.status_code, taken.json()["error"]) == (409, "template_taken")
    east = await desk.post(Role.OFFICER, "/templates", {"name": "每日", "order": {**ORDER, "area": EAST}})
    assert [row["area"] for row in await desk.get(Role.PRESS, "/templates")] == [CITY, EAST]
    assert [row["id"] for row in await desk.get(Role.OFFICER, "/templates")] == [east["id"]]
    changed = await desk.post(Role.PRESS, "/templates", {"id": kept["id"], "name": "每天", "order": ORDER})
    assert (changed["id"], changed["name"], changed["forms"]) == (kept["id"], "每天", ["png"])
    outside = {"name": "x", "order": {**ORDER, "area": WEST}, "area": EAST}
    assert (await desk.ask(Role.PRESS, "POST", "/templates", json=outside)).status_code == 404
    assert (await desk.ask(Role.OFFICER, "DELETE", f"/templates/{kept['id']}")).status_code == 404

    ids = (await desk.post(Role.PRESS, "/releases", {"template": kept["id"], "areas": "counties"}))["ids"]
    assert len(ids) == 2
    for one in ids:
        await desk.until(one, "draft")
    rows = [await desk.get(Role.PRESS, f"/releases/{one}") for one in ids]
    assert [row["area_code"] for row in rows] == [EAST, WEST]
    assert len({row["batch"] for row in rows}) == 1
    assert len({row["order"]["at"] for row in rows}) == 1
    desk.owner(
        "UPDATE press_template SET ordered = jsonb_set(ordered, '{parts}', '\"village\"') WHERE id = :id", id=kept["id"]
    )
    desk.owner(
        "UPDATE press_template SET ordered = jsonb_set(ordered, '{measure}', '\"nonsense\"') WHERE id = :id",
        id=east["id"],
    )
    bad = (await desk.post(Role.PRESS, "/releases", {"template": east["id"]}))["ids"]
    good = (await desk.post(Role.PRESS, "/releases", {"template": kept["id"], "areas": "counties"}))["ids"]
    for one in good:
        await desk.until(one, "draft")
    await desk.until(bad[0], "failed")
    assert (await desk.ask(Role.PRESS, "DELETE", f"/templates/{kept['id']}")).status_code == 204
    assert (await desk.ask(Role.PRESS, "POST", "/releases", json={"template": kept["id"]})).status_code == 404


async def test_the_database_keeps_the_rules_whoever_writes(desk: Desk) -> None:
    out = await desk.released()
    made, draft = out["id"], await desk.begin()
    for statement in (
        f"UPDATE press_release SET manifest = '{{}}' WHERE id = {made}",
        f"UPDATE press_release SET serial = 99 WHERE id = {made}",
        f"UPDATE press_release SET released_by = 'x' WHERE id = {made}",
        f"UPDATE press_release SET made_by = 'x' WHERE id = {made}",
        f"UPDATE press_release SET ordered = '{{}}' WHERE id = {draft}",
        f"UPDATE press_release SET state = 'draft' WHERE id = {made}",
        f"UPDATE press_release SET state = 'released', released_by = 'x', released_at = now() WHERE id = {draft}",
        f"UPDATE press_release SET approved_by = 'x', approved_by_id = 1, approved_at = now() WHERE id = {draft}",
        f"DELETE FROM press_release WHERE id = {draft}",
        "UPDATE press_release_event SET by = 'x'",
        "DELETE FROM press_release_event",
        "DELETE FROM press_release_sheet",
        "DELETE FROM press_release_file WHERE stage = 'final'",
        "UPDATE press_release_file SET content = ''",
    ):
        with pytest.raises(DBAPIError, match=r"rewritten|does not become"):
            desk.owner(statement)
    maker = desk.owner("SELECT made_by_id FROM press_release WHERE id = :id", id=draft)[0][0]
    for name, number in (("press", 99), ("x", maker)):
        with pytest.raises(IntegrityError, match="two_people"):
            desk.owner(
                "UPDATE press_release SET state = 'approved', approved_by = :name, approved_by_id = :number, "
                "approved_at = now() WHERE id = :id",
                name=name,
                number=number,
                id=draft,
            )
    paths = desk.owner("SELECT path::text FROM area WHERE code = :code", code=CITY)[0]
    for statement in (
        f"UPDATE press_release SET manifest = 'x' WHERE id = {draft}",
        "INSERT INTO press_release_file VALUES (1, 'final', 'png', '', '', 0)",
        "SELECT * FROM press_release_sheet",
        "INSERT INTO press_release_event (release_id, what, at, area_id) VALUES (1, 'x', now(), 1)",
        "UPDATE press_release_serial SET last = 0",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with desk.house.database.writing(Scope(Role.ADMIN, paths)) as connection:
                await connection.execute(text(statement))


async def test_what_a_killed_server_left_is_taken_up_again_and_its_own_work_counts_no_more(desk: Desk) -> None:
    database = desk.house.database
    await desk.house.server.state.house.workshop.stop()
    made = (await desk.post(Role.PRESS, "/releases", {"order": ORDER, "forms": ["png"]}))["ids"][0]
    with database.owner() as connection:
        now = connection.scalar(text("SELECT now()"))
        killed = work.claim(connection, now)
        assert killed is not None
        assert work.claim(connection, now) is None, "somebody works at it"
    assert (await desk.get(Role.PRESS, f"/releases/{made}"))["files"] == [], "nothing half is kept"
    with database.owner() as connection:
        second = work.claim(connection, now + 2 * work.LEASE)
        assert second is not None
        assert (second.id, second.attempt) == (made, 2)
    sheet = Sheet.unpacked(one_sheet())
    with database.owner() as connection:
        assert not work.renew(connection, killed, now, 1)
        assert not work.keep(connection, killed, [sheet], {"png": b"late"}, "1")
    with database.owner() as connection:
        assert work.keep(connection, second, [sheet], {"png": b"whole"}, "1")
    found = await desk.get(Role.PRESS, f"/releases/{made}")
    assert (found["state"], [file["bytes"] for file in found["files"]]) == ("draft", [5])


async def test_what_is_interrupted_again_and_again_fails(desk: Desk) -> None:
    await desk.house.server.state.house.workshop.stop()
    made = (await desk.post(Role.PRESS, "/releases", {"order": ORDER, "forms": ["png"]}))["ids"][0]
    with desk.house.database.owner() as connection:
        now = connection.scalar(text("SELECT now()"))
        for attempt in range(work.MOST_ATTEMPTS):
            assert work.claim(connection, now + attempt * 2 * work.LEASE) is not None
        assert work.claim(connection, now + 10 * work.LEASE) is None
    found = await desk.get(Role.PRESS, f"/releases/{made}")
    assert found["state"] == "failed"
    assert "interrupted" in found["reason"]


async def test_too_many_previews_are_told_when_to_come_back(desk: Desk) -> None:
    maker = desk.house.server.state.house.maker
    most = maker.pool.workers * 9
    asking = (desk.ask(Role.PRESS, "POST", "/preview", json=ORDER) for _ in range(most + 4))
    answers = await asyncio.gather(*asking)
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 1 <= len(refused) <= 4
    assert all(answer.headers["retry-after"].isdigit() for answer in refused)
    assert {answer.status_code for answer in answers} == {200, 429}


def one_sheet() -> bytes:
    from tests.release_sheets import sheet

    return sheet().packed()


def test_the_manifest_is_canonical() -> None:
    said = manifest.signed({"b": 1, "a": "网格"}, "secret")
    assert said.startswith('{"a":"网格","b":1,"signature":"hmac-sha256:')
    assert manifest.bears_signature(json.loads(json.dumps(json.loads(said), indent=2)), "secret")
    assert not manifest.bears_signature(json.loads(said), "another")
    assert not manifest.bears_signature({"a": 1, "signature": "网"}, "secret")


async def test_the_database_and_we_write_numbers_alike(tiny_city: Database) -> None:
    """The check characters that the database makes are those that we read."""
    from geodata.press.numbers import number_of

    with tiny_city.owner() as connection:
        for serial in (1, 9, 10, 123, 4711, 999_999, 1_000_000, 12_345_678):
            assert connection.scalar(text("SELECT release_number(2026, :n)"), {"n": serial}) == number_of(2026, serial)
