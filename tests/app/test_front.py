import asyncio
import gzip
import json
import socket
import time
from collections.abc import Iterator

import brotli
import httpx
import pytest
from sqlalchemy import make_url, text

from app import VERSION, vendor
from app.house import House
from app.leaving import WhileConnected
from app.settings import Settings
from geodata.database import Database
from geodata.errors import WanggeError
from geodata.postgres import ClusterError
from geodata.words import catalogue, say
from tests.app.running import Running, running, served, soon
from tests.places import CITY, EAST, GRIDS

PAGE = {"accept": "text/html"}
NONSENSE = [
    "'; DROP TABLE area; --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%",
    "\\",
    "户",
    "😀",
    "%00",
    "a" * 300,
    "\u202e",
]


async def test_health_is_open_to_everybody(house: Running) -> None:
    answer = await house.client.get("/healthz")
    assert answer.json() == {"status": "ok", "database": "here", "version": VERSION}


async def test_every_answer_forbids_what_is_not_ours(house: Running) -> None:
    await house.sign_in()
    for path in ("/map", "/login", "/api/layers", "/healthz", "/nowhere", "/style.json"):
        headers = (await house.client.get(path, headers=PAGE)).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


async def test_the_page_names_no_other_host_and_carries_no_script_of_its_own(house: Running) -> None:
    await house.sign_in()
    assert (await house.client.get("/")).headers["location"] == "/map"
    page = (await house.client.get("/map", headers=PAGE)).text
    assert "https://" not in page
    assert "http://" not in page
    assert all('type="application/json"' in tag or "src=" in tag for tag in _script_tags(page))


def _script_tags(page: str) -> list[str]:
    return ["<script" + part.split(">", 1)[0] for part in page.split("<script")[1:]]


@pytest.mark.parametrize(
    "path", ["/nowhere", "/wp-login.php", "/api/nowhere", "/map/x", "/assets/nothing.js", "/vendor/x.js"]
)
async def test_an_unknown_address_is_not_found(house: Running, path: str) -> None:
    await house.sign_in()
    assert (await house.client.get(path)).status_code == 404
    page = await house.client.get(path, headers=PAGE)
    assert page.status_code == 404


async def test_a_wrong_method_is_told_so(house: Running) -> None:
    await house.sign_in()
    answer = await house.client.put("/api/layers", headers={"x-wangge": "1"})
    assert (answer.status_code, answer.json()["error"]) == (405, "wrong_method")


async def test_nothing_that_is_typed_breaks_anything(house: Running) -> None:
    await house.sign_in()
    grid = GRIDS[EAST][0]
    for bad in NONSENSE:
        quoted = httpx.QueryParams({"x": bad})["x"]
        for path, query in (
            ("/api/search", {"q": bad}),
            ("/api/areas/" + quoted.replace("/", "%2F"), {}),
            (f"/api/areas/{CITY}/summary", {"at": bad}),
            (f"/api/areas/{CITY}/children", {"measure": bad}),
            (f"/api/areas/{grid}/households", {"state": bad}),
            (f"/api/areas/{grid}/households", {"limit": bad}),
            (f"/api/households/{quoted.replace('/', '%2F')}", {}),
            ("/api/features/" + quoted.replace("/", "%2F"), {}),
            ("/api/features/households", {"bbox": bad}),
            ("/api/features/households", {"limit": bad}),
            ("/style.json", {"measure": bad}),
            ("/style.json", {"outline": bad[:40]}),
            ("/map", {"area": bad, "pick": bad}),
            ("/login", {"next": bad, "lang": bad}),
        ):
            answer = await house.client.get(path, params=query)
            assert answer.status_code < 500, (path, query, answer.text)


@pytest.mark.parametrize(
    "at",
    ["yesterday", "2020-13-01", "0001-01-01", "9999-12-31T23:59:59-12:00", "2020-02-30", "1e9", "2020-01-01T25:00"],
)
async def test_a_wrong_date_is_told_what_a_date_is(house: Running, at: str) -> None:
    await house.sign_in()
    for path in (
        f"/api/areas/{CITY}/summary",
        "/api/features/checkpoints",
        "/style.json",
        "/tiles/households/16/1/1.mvt",
    ):
        answer = await house.client.get(path, params={"at": at})
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_value"), path
        assert "2020-02-11" in answer.json()["message"]


@pytest.mark.parametrize(
    "address",
    ["households/3/0/0", "households/16/65536/0", "households/99/0/0", "households/-1/0/0", "nothing/9/1/1", "x", ""],
)
async def test_a_wrong_tile_is_told_so(house: Running, address: str) -> None:
    await house.sign_in()
    answer = await house.client.get(f"/tiles/{address}.mvt")
    assert answer.status_code == 404
    assert answer.json()["message"]


async def test_the_api_describes_itself(house: Running) -> None:
    await house.sign_in()
    said = (await house.client.get("/openapi.json")).json()
    paths = said["paths"]
    assert {
        "/api/layers",
        "/api/areas/{code}",
        "/api/areas/{code}/summary",
        "/api/areas/{code}/children",
        "/api/areas/{code}/households",
        "/api/households/{household_id}",
        "/api/features/{layer_id}",
        "/api/features/{layer_id}/{feature_id}",
        "/api/search",
        "/healthz",
        "/style.json",
    } <= set(paths)
    for path, methods in paths.items():
        for method in methods.values():
            assert {"200", "204"} & set(method["responses"]), path
            assert path == "/healthz" or "401" in method["responses"], path
    assert not [path for path in paths if "dash" in path]


async def test_the_style_speaks_of_our_own_tiles(house: Running) -> None:
    await house.sign_in()
    style = (await house.client.get("/style.json?theme=light&lang=en&at=2020-02-11")).json()
    assert style["version"] == 8
    assert not {"glyphs", "sprite"} & set(style)
    addresses = [address for source in style["sources"].values() for address in source["tiles"]]
    assert addresses
    assert all(address.startswith("http://wangge/tiles/") and "at=2020-02-11" in address for address in addresses)
    assert (await house.client.get("/style.json?measure=nonsense")).status_code == 400


async def test_scripts_are_pressed_and_kept_for_ever(house: Running) -> None:
    await house.sign_in()
    plain = await house.client.get(vendor.address(), headers={"accept-encoding": "identity"})
    assert plain.content == vendor.bundle()
    assert b"sourceMappingURL" not in plain.content[-200:]
    assert "immutable" in plain.headers["cache-control"]
    for coding, unpress in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        async with house.client.stream("GET", vendor.address(), headers={"accept-encoding": coding}) as answer:
            assert answer.headers["content-encoding"] == coding
            assert "accept-encoding" in answer.headers["vary"].lower()
            raw = b"".join([part async for part in answer.aiter_raw()])
        assert len(raw) < 1_250_000
        assert int(answer.headers["content-length"]) == len(raw)
        assert unpress(raw) == vendor.bundle()
    refused = {"accept-encoding": "br;q=0, gzip;q=0"}
    assert "content-encoding" not in (await house.client.get(vendor.address(), headers=refused)).headers


async def test_the_bundle_is_not_sent_twice(house: Running) -> None:
    await house.sign_in()
    for path in (vendor.address(), "/vendor/deck.js"):
        first = await house.client.get(path)
        again = await house.client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


async def test_what_is_small_or_pressed_goes_as_it_is(house: Running) -> None:
    await house.sign_in()
    assert "content-encoding" not in (await house.client.get("/healthz")).headers
    answer = await house.client.get("/api/layers")
    assert answer.headers["content-encoding"] in ("br", "gzip")
    assert answer.json()
    sheet = await house.client.get("/assets/wangge.css")
    assert sheet.headers["cache-control"] == "no-cache"
    again = await house.client.get("/assets/wangge.css", headers={"if-none-match": sheet.headers["etag"]})
    assert again.status_code == 304
    assert "immutable" in (await house.client.get("/assets/wangge.css?m=1")).headers["cache-control"]


async def test_an_unforeseen_error_is_recorded_and_said_without_its_inside(
    house: Running, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> None:
        raise RuntimeError("a secret of the inside")

    house.server.router.routes.insert(0, _route("/api/broken", broken))
    await house.sign_in()
    answer = await house.client.get("/api/broken", headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()["error"]) == (500, "unexpected")
    assert "secret" not in answer.text
    assert [record.levelname for record in caplog.records if "unexpected" in record.message] == ["ERROR"]
    page = await house.client.get("/api/broken", headers=PAGE)
    assert page.status_code == 500
    assert "secret" not in page.text


def _route(path: str, endpoint: object) -> object:
    from fastapi.routing import APIRoute

    return APIRoute(path, endpoint)  # type: ignore[arg-type]


async def test_a_database_at_another_version_is_told_and_heals(
    peopled_city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with peopled_city.owner() as connection:
        right = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    monkeypatch.setattr("app.house.PATIENCE_S", 0.2)
    async with running(peopled_city, monkeypatch) as house:
        answer = await house.client.get("/api/layers")
        assert (answer.status_code, answer.json()["error"]) == (503, "old_schema")
        assert "python -m app migrate" in answer.json()["message"]
        assert (await house.client.get("/healthz")).status_code == 503
        assert (await house.client.post("/login", data={"username": "a", "password": "b"})).status_code == 503
        with peopled_city.owner() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :right"), {"right": right})

        async def healed() -> bool:
            return (await house.client.get("/api/layers")).status_code == 401

        await soon(healed)


async def test_a_reader_who_leaves_takes_the_query_along(house: Running, peopled_city: Database) -> None:
    started = asyncio.Event()

    async def slow() -> None:
        async with house.database.gate() as connection:
            started.set()
            await connection.execute(text("SELECT pg_sleep(6)"))

    house.server.router.routes.insert(0, _route("/api/slow", slow))
    await house.sign_in()
    asking = asyncio.create_task(_left(house, "/api/slow", started))
    await asyncio.wait_for(asking, 5)

    async def ended() -> bool:
        return not _sleeping(peopled_city)

    await soon(ended, seconds=3)


async def _left(house: Running, path: str, started: asyncio.Event) -> None:
    """Ask, and leave as soon as the query runs."""
    sent = False
    cookie = "; ".join(f"{name}={value}" for name, value in house.client.cookies.items())
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
        "headers": [(b"host", b"wangge"), (b"cookie", cookie.encode())], "server": ("wangge", 80),
        "client": ("1.2.3.4", 5), "http_version": "1.1", "root_path": "", "state": {}, "asgi": {"version": "3.0"},
    }  # fmt: skip

    async def receive() -> dict[str, object]:
        nonlocal sent
        if not sent:
            sent = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await started.wait()
        await asyncio.sleep(0.2)
        return {"type": "http.disconnect"}

    async def send(_message: object) -> None:
        pass

    await house.application(scope, receive, send)


async def test_a_reader_who_leaves_a_slow_tile_takes_its_query_along(house: Running, peopled_city: Database) -> None:
    await house.sign_in()
    started = asyncio.Event()
    with peopled_city.owner() as connection:
        connection.execute(text("LOCK TABLE household IN ACCESS EXCLUSIVE MODE"))
        asking = asyncio.create_task(_left(house, "/tiles/households/16/52994/26093.mvt", started))

        async def waiting() -> bool:
            return await asyncio.to_thread(_held_up, peopled_city) == 1

        await soon(waiting)
        started.set()
        await asyncio.wait_for(asking, 5)

        async def ended() -> bool:
            return await asyncio.to_thread(_held_up, peopled_city) == 0

        await soon(ended, seconds=3)


def _held_up(database: Database) -> int:
    """Return how many tile queries wait for a lock; asked on a connection of its own."""
    other = Database(database.url)
    with other.owner() as connection:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
            "AND query LIKE '%tile_households%'"
        )
        found = int(connection.scalar(waiting) or 0)
    other.dispose()
    return found


def _sleeping(database: Database) -> bool:
    with database.owner() as connection:
        running = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
            "AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
        )
        return bool(connection.scalar(running))


async def test_an_answer_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.leaving.LONGEST_S", 0.05)
    ended = asyncio.Event()

    async def never(_scope: object, _receive: object, _send: object) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    transport = httpx.ASGITransport(app=WhileConnected(never))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://wangge") as client:
        answer = await client.get("/api/x")
    assert (answer.status_code, answer.json()["error"]) == (503, "too_slow")
    assert ended.is_set()


async def test_a_callback_takes_a_megabyte_at_most(house: Running) -> None:
    await house.sign_in()
    sent = {"output": "x", "big": "x" * 1_200_000}
    answer = await house.client.post("/_dash-update-component", json=sent, headers={"x-wangge": "1"})
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


async def test_pages_hear_of_changes(house: Running, peopled_city: Database) -> None:
    server: House = house.application.readers.secret.__self__
    waiting = asyncio.create_task(server.wait_for_news(5))
    await asyncio.sleep(0.1)
    with peopled_city.owner() as connection:
        connection.execute(text("UPDATE clinic SET status = 'full'"))
    assert await waiting is True
    assert await server.wait_for_news(0.05) is False


async def test_a_new_name_of_the_city_is_learnt(house: Running, peopled_city: Database) -> None:
    with peopled_city.owner() as connection:
        connection.execute(text("UPDATE area SET name = '新名市' WHERE code = :code"), {"code": CITY})

    async def renamed() -> bool:
        return "新名市" in (await house.client.get("/login", headers=PAGE)).text

    await soon(renamed)


async def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    kinds = [WanggeError, *_below(WanggeError)]
    assert len(kinds) > 15
    for kind in kinds:
        # A cluster that does not start is told on the command line, in the words of the error itself.
        assert issubclass(kind, ClusterError) or kind.key in catalogue(), kind
    assert say("error.not_signed_in", "en") != say("error.not_signed_in", "zh")


def _below(kind: type[WanggeError]) -> Iterator[type[WanggeError]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _below(sub)


def test_a_database_that_is_away_at_the_start_and_comes(peopled_city: Database) -> None:
    """The server starts, says that the database is away, and heals by itself when it comes."""
    place = make_url(peopled_city.url)
    name = str(place.database)
    maker = Database(place.set(database="postgres").render_as_string(hide_password=False))
    peopled_city.dispose()
    with maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        admin.exec_driver_sql(f'ALTER DATABASE "{name}" RENAME TO "{name}_away"')
        with served(peopled_city.url) as client:
            answer = client.get("/api/layers", headers={"accept-language": "en"})
            assert (answer.status_code, answer.json()["error"]) == (503, "database_away")
            assert client.get("/healthz").json()["status"] == "database_away"
            page = client.get("/map", headers=PAGE)
            assert page.status_code == 503
            assert "/assets/wangge.css" in page.text
            assert client.get("/login", headers=PAGE).status_code == 200
            assert client.post("/login", data={"username": "a", "password": "b"}).status_code == 503
            admin.exec_driver_sql(f'ALTER DATABASE "{name}_away" RENAME TO "{name}"')
            _until(lambda: client.get("/healthz").status_code == 200)
            client.post("/login", data={"username": "command", "password": "password-of-command"})
            assert client.get("/api/layers").status_code == 200
            # And it goes away under a running server: its connections are cut and no new one is let in.
            _shut(admin, name, shut=True)
            _until(lambda: client.get("/healthz").status_code == 503)
            asked = time.monotonic()
            gone = client.get(f"/api/areas/{CITY}")
            assert (gone.status_code, gone.json()["error"]) == (503, "database_away")
            assert gone.headers["retry-after"]
            assert time.monotonic() - asked < 8
            _shut(admin, name, shut=False)
            _until(lambda: client.get(f"/api/areas/{CITY}").status_code == 200)
    maker.dispose()


def _shut(admin: object, name: str, *, shut: bool) -> None:
    run = admin.exec_driver_sql  # type: ignore[attr-defined]
    run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {"false" if shut else "true"}')
    if shut:
        run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def _until(question: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not question():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_taken_port_is_one_sentence(peopled_city: Database) -> None:
    from app.commands.serve import PortTaken, listening

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as refusal:
            listening("127.0.0.1", port)
    sentence = say(refusal.value.key, "en", **refusal.value.facts)
    assert str(port) in sentence
    assert "PORT=" in sentence


def test_nonsense_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.settings import BadSettings

    wrong = {"PORT": "many", "SECRET_KEY": "short", "DATABASE_URL": "mysql://x", "BASE_MAP_KIND": "xyz"}
    for name, value in wrong.items():
        with monkeypatch.context() as one:
            one.setenv(name, value)
            with pytest.raises(BadSettings) as refusal:
                Settings()
            assert name.split("_")[0] in refusal.value.facts["why"], name
            assert value not in refusal.value.facts["why"] or name == "BASE_MAP_KIND"


async def test_answers_are_json_that_programs_can_read(house: Running) -> None:
    refused = await house.client.get("/api/areas/nowhere")
    assert set(refused.json()) == {"error", "message", "facts"}
    await house.sign_in()
    assert json.loads((await house.client.get("/api/layers")).text)
    unknown = await house.client.get("/api/areas/nowhere", headers={"accept-language": "zh-CN"})
    assert (unknown.status_code, unknown.json()["error"]) == (404, "unknown_area")
