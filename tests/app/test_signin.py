import asyncio
from typing import Any

import pytest
from argon2.exceptions import VerifyMismatchError
from httpx import Response
from sqlalchemy import text

from app.front import SIGNED_OUT
from app.signin import COOKIE, Readers, credentials, safe_next
from geodata import account_keeping
from geodata.accounts import _NOBODY, HASHER, MOST_BY_NAME
from geodata.database import Database
from geodata.model import Role
from tests.app.running import Running, password, running, soon
from tests.places import CITY, EAST

PAGE = {"accept": "text/html,application/xhtml+xml"}


async def allowed(house: Running) -> bool:
    return (await house.client.get("/api/layers")).status_code == 200


async def test_a_user_signs_in_and_out(house: Running) -> None:
    assert not await allowed(house)
    answer = await house.sign_in()
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert await allowed(house)
    kept = house.client.cookies[COOKIE]
    out = await house.client.post("/logout", headers={"x-wangge": "1"})
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    # The cookie itself is worth nothing any more, whoever kept a copy.
    house.client.cookies.clear()
    house.client.cookies.set(COOKIE, kept)
    assert not await allowed(house)


def test_an_unknown_name_is_verified_like_a_known_one() -> None:
    """Against a hash that argon2 reads, made at the cost of today's, so that both take as long."""
    assert not HASHER.check_needs_rehash(_NOBODY)
    with pytest.raises(VerifyMismatchError):
        HASHER.verify(_NOBODY, "")


async def test_the_cookie_is_secure_behind_tls(peopled_city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(peopled_city, monkeypatch, BEHIND_TLS="1") as house:
        answer = await house.sign_in()
        assert "Secure" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_a_cookie_altered_by_one_character_is_no_cookie(house: Running) -> None:
    await house.sign_in()
    whole = house.client.cookies[COOKIE]
    for place in (0, len(whole) // 2, whole.index("."), len(whole) - 2):
        other = "A" if whole[place] != "A" else "B"
        house.client.cookies.set(COOKIE, whole[:place] + other + whole[place + 1 :], domain="wangge.local")
        altered = {"cookie": f"{COOKIE}={whole[:place]}{other}{whole[place + 1 :]}"}
        house.client.cookies.clear()
        assert (await house.client.get("/api/layers", headers=altered)).status_code == 401, place
    for nonsense in ("", ".", "a.b.c", "ÿ", "x" * 5000):
        headers = [(b"cookie", f"{COOKIE}={nonsense}".encode("latin-1"))]
        assert (await house.client.get("/api/layers", headers=headers)).status_code == 401


async def test_a_page_sends_to_the_form_and_a_program_gets_a_sentence(house: Running) -> None:
    page = await house.client.get("/map?area=990100&on=areas", headers=PAGE)
    assert page.status_code == 303
    assert page.headers["location"] == "/login?next=%2Fmap%3Farea%3D990100%26on%3Dareas"
    form = await house.client.get(page.headers["location"], headers=PAGE)
    assert 'name="next" value="/map?area=990100&amp;on=areas"' in form.text
    program = await house.client.get("/map")
    assert (program.status_code, program.json()["error"]) == (401, "not_signed_in")
    assert program.headers["www-authenticate"] == "Bearer"


async def test_a_wrong_password_says_so_on_the_form_and_keeps_the_name(house: Running) -> None:
    sent = {"username": '"><script>', "password": "wrong", "next": "/map"}
    page = await house.client.post("/login", data=sent, headers={**PAGE, "origin": "http://wangge"})
    assert page.status_code == 401
    assert 'role="alert"' in page.text
    assert "&quot;&gt;&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    assert COOKIE not in page.cookies
    assert (await house.client.post("/login", data=sent)).json()["error"] == "wrong_password"


async def test_the_form_speaks_both_languages(house: Running) -> None:
    chinese = await house.client.get("/login", headers={**PAGE, "accept-language": "zh-CN"})
    english = await house.client.get("/login?lang=en", headers=PAGE)
    assert "用户名" in chinese.text
    assert 'lang="en"' in english.text
    refused = await house.client.post("/login", data={}, headers={"accept-language": "en-GB"})
    assert refused.json()["message"] == "The name or the password is wrong."


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/map?area=1", "/map?area=1"),
        (None, "/"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/x\\..\\evil", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x=1", "/"),
        ("/" + "x" * 3000, "/"),
    ],
)
def test_after_the_sign_in_one_stays_here(wanted: str | None, where: str) -> None:
    assert safe_next(wanted) == where


async def test_the_sign_in_goes_on_to_where_one_was(house: Running) -> None:
    for wanted, where in (("/map?area=1", "/map?area=1"), ("//evil.example", "/")):
        sent = {"username": "command", "password": password(Role.COMMAND), "next": wanted}
        assert (await house.client.post("/login", data=sent)).headers["location"] == where


SITES: list[tuple[dict[str, str], int, int]] = [
    ({"origin": "http://wangge"}, 303, 303),
    ({"referer": "http://wangge/map"}, 303, 303),
    ({"sec-fetch-site": "same-origin", "origin": "http://proxied"}, 303, 303),
    ({"x-wangge": "1"}, 303, 303),
    ({}, 303, 403),
    ({"origin": "https://evil.example"}, 403, 403),
    ({"origin": "https://evil.example", "x-wangge": "1"}, 403, 403),
    ({"origin": "null"}, 403, 403),
    ({"origin": "http://wangge.evil.example"}, 403, 403),
    ({"referer": "https://evil.example/http://wangge"}, 403, 403),
    ({"referer": "http://[::1"}, 403, 403),
    ({"sec-fetch-site": "cross-site"}, 403, 403),
    ({"sec-fetch-site": "same-site"}, 403, 403),
]


async def test_only_our_own_pages_change_something(house: Running) -> None:
    sent = {"username": "command", "password": password(Role.COMMAND)}
    for headers, signing_in, _ in SITES:
        answer = await house.client.post("/login", data=sent, headers=headers)
        assert answer.status_code == signing_in, headers
        house.client.cookies.clear()
    for headers, _, changing in SITES:
        await house.sign_in()
        answer = await house.client.post("/logout", headers=headers)
        assert answer.status_code == changing, headers
        if changing == 403:
            assert answer.json()["error"] == "cross_site"
            assert await allowed(house)


async def test_a_token_is_proof_enough(house: Running, peopled_city: Database) -> None:
    with peopled_city.owner() as connection:
        token = account_keeping.add_token(connection, "officer", "test")
        kept = connection.execute(text("SELECT digest FROM api_token")).scalar_one()
    assert token.encode() not in bytes(kept)
    bearer = {"authorization": f"Bearer {token}"}
    assert (await house.client.get(f"/api/areas/{EAST}", headers=bearer)).status_code == 200
    assert (await house.client.get(f"/api/areas/{CITY}", headers=bearer)).status_code == 404
    assert (await house.client.post("/logout", headers=bearer)).status_code == 303
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token.upper(), "", "x"):
        assert (await house.client.get("/api/layers", headers={"authorization": f"Bearer {wrong}"})).status_code == 401
    with peopled_city.owner() as connection:
        assert account_keeping.revoke_tokens(connection, "officer", "test") == 1

    async def refused() -> bool:
        return (await house.client.get("/api/layers", headers=bearer)).status_code == 401

    await soon(refused)


async def test_a_token_that_ended_is_none(house: Running, peopled_city: Database) -> None:
    with peopled_city.owner() as connection:
        token = account_keeping.add_token(connection, "officer", "test", days=1)
        connection.execute(text("UPDATE api_token SET expires_at = now() - interval '1 second'"))
    bearer = {"authorization": f"Bearer {token}"}
    assert (await house.client.get("/api/layers", headers=bearer)).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM session",
        "UPDATE session SET expires_at = now() - interval '1 second'",
        "UPDATE account SET disabled = true WHERE username = 'command'",
        "DELETE FROM account WHERE username = 'command'",
        "UPDATE account SET demo = true WHERE username = 'command'",
    ],
)
async def test_who_lost_the_right_is_out_at_once(house: Running, peopled_city: Database, change: str) -> None:
    await house.sign_in()
    assert await allowed(house)
    with peopled_city.owner() as connection:
        connection.execute(text(change))
    # Well before the three seconds after which a reader is looked up again anyway.
    await soon(lambda: _not(allowed(house)), seconds=1.5)


async def _not(question: Any) -> bool:
    return not await question


async def test_other_areas_count_at_once(house: Running, peopled_city: Database) -> None:
    await house.sign_in(Role.OFFICER)
    assert (await house.client.get(f"/api/areas/{CITY}")).status_code == 404
    with peopled_city.owner() as connection:
        account_keeping.set_areas(connection, "officer", [CITY])

    async def city() -> bool:
        return (await house.client.get(f"/api/areas/{CITY}")).status_code == 200

    await soon(city, seconds=1.5)


async def test_guessing_a_password_ends_soon(house: Running) -> None:
    async def guess(name: str = "command") -> Response:
        return await house.client.post("/login", data={"username": name, "password": "guess"})

    # At once and not one after the other: none may slip through while others are being looked at.
    answers = await asyncio.gather(*(guess() for _ in range(MOST_BY_NAME + 6)))
    assert sorted(answer.status_code for answer in answers) == [401] * MOST_BY_NAME + [429] * 6
    late = await house.client.post("/login", data={"username": "COMMAND", "password": password(Role.COMMAND)})
    assert late.status_code == 429
    assert 0 < int(late.headers["retry-after"]) <= 300
    assert (await guess("officer")).status_code == 401
    await house.sign_in(Role.GRID)


async def test_one_address_cannot_try_every_name(house: Running) -> None:
    codes = [
        (await house.client.post("/login", data={"username": f"n{i}", "password": "x"})).status_code for i in range(42)
    ]
    assert codes == [401] * 40 + [429] * 2


async def test_demo_accounts_are_refused_where_nothing_is_a_demo(house: Running, peopled_city: Database) -> None:
    with peopled_city.owner() as connection:
        account_keeping.add_account(connection, "demo", "demo", Role.COMMAND, [CITY], demo=True)
    sent = {"username": "demo", "password": "demo"}
    assert (await house.client.post("/login", data=sent)).status_code == 401
    with peopled_city.owner() as connection:
        connection.execute(text("INSERT INTO setting VALUES ('demo', 'true')"))
    assert (await house.client.post("/login", data=sent)).status_code == 303


async def test_a_broken_form_is_told_so(house: Running) -> None:
    sent = {b"\xff\xfe": 400, b"username=a%00b&password=x": 400, b"x=1&" * 30: 400, b"u=" + b"x" * 20000: 413, b"": 401}
    for body, status in sent.items():
        assert (await house.client.post("/login", content=body)).status_code == status, body[:20]


def test_a_token_goes_before_a_cookie() -> None:
    headers = [(b"cookie", b"a=1; wangge_session=c; b=2"), (b"authorization", b"Bearer t")]
    assert credentials(headers) == ("token", "t")
    assert credentials(headers[:1]) == ("cookie", "c")
    assert credentials([(b"cookie", b"x=wangge_session"), (b"authorization", b"Basic eA==")]) is None


class Socket:
    """A WebSocket as a browser would open it, spoken to the application itself."""

    def __init__(self, house: Running, cookie: str | None, origin: str | None, *, room: int = 0) -> None:
        headers = [(b"host", b"wangge")]
        headers += [(b"cookie", f"{COOKIE}={cookie}".encode())] if cookie else []
        headers += [(b"origin", origin.encode())] if origin else []
        self.scope = {
            "type": "websocket",
            "path": "/_dash-ws-callback",
            "raw_path": b"/_dash-ws-callback",
            "headers": headers,
            "query_string": b"",
            "scheme": "ws",
            "server": ("wangge", 80),
            "client": ("1.2.3.4", 5),
            "subprotocols": [],
            "state": {},
            "root_path": "",
        }
        self.inward: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.outward: asyncio.Queue[dict[str, Any]] = asyncio.Queue(room)
        self.inward.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(house.application(self.scope, self.inward.get, self.outward.put))

    async def next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.outward.get(), 5)


@pytest.mark.parametrize("origin", ["https://evil.example", None, "null"])
async def test_a_socket_opens_for_our_own_signed_in_pages_alone(house: Running, origin: str | None) -> None:
    await house.sign_in()
    cookie = house.client.cookies[COOKIE]
    for wrong_cookie, wrong_origin in ((None, "http://wangge"), (cookie, origin), ("x" + cookie, "http://wangge")):
        socket = Socket(house, wrong_cookie, wrong_origin)
        assert await socket.next() == {"type": "websocket.close", "code": SIGNED_OUT}
        await socket.task


async def test_an_open_socket_ends_with_the_session(house: Running, peopled_city: Database) -> None:
    await house.sign_in()
    socket = Socket(house, house.client.cookies[COOKIE], "http://wangge")
    assert (await socket.next())["type"] == "websocket.accept"
    with peopled_city.owner() as connection:
        connection.execute(text("UPDATE area SET name = name WHERE code = :c"), {"c": EAST})
    await asyncio.sleep(0.3)
    assert socket.outward.empty(), "an unrelated change closes nothing"
    with peopled_city.owner() as connection:
        connection.execute(text("DELETE FROM session"))
    closed = await socket.next()
    assert (closed["type"], closed["code"]) == ("websocket.close", SIGNED_OUT)
    await asyncio.wait_for(socket.task, 5)


async def test_a_reader_looked_up_before_a_change_is_not_kept_after_it(peopled_city: Database) -> None:
    with peopled_city.owner() as connection:
        token = account_keeping.add_token(connection, "grid", "test")

    async def secret() -> str:
        return "x" * 32

    readers = Readers(peopled_city, secret)
    brought = credentials([(b"authorization", f"Bearer {token}".encode())])
    assert brought
    looking = asyncio.create_task(readers.find(brought))
    # By now the question is on its way to the database.
    for _ in range(3):
        await asyncio.sleep(0)
    readers.forget()
    assert (await looking) is not None
    assert readers.held(brought) is None
    assert await readers.find(brought) is not None
    assert readers.held(brought) is not None
    await peopled_city.close()
