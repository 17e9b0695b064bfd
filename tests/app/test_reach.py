"""Nobody sees an area that is not theirs: every route, every layer, every callback, every role, two foreign areas.

The city stands twice: whole, and as it would be if nothing but the reader's own grid existed. Whatever is asked, whoever
asks, both must give the same answer to the byte. So no foreign row, count, name, order or size can have had a part in it,
whatever a route does. A route, layer or callback that is added is asked too, or fails the test until it is covered here.
"""

import asyncio
import hashlib
import json
import math
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import text

from app import house
from app.main import create_app
from app.settings import Settings
from geodata.alerts import watch
from geodata.database import Database
from geodata.model import Role
from layers.declaration import Privacy
from layers.registry import all_layers
from tests import papers
from tests.lending import Lender, name_of
from tests.places import CITY, EAST, GRIDS, WEST, reported
from tests.release_sheets import drafted

OWN = GRIDS[EAST][0]
FOREIGN = (GRIDS[EAST][1], WEST)
"""A neighbour in the same village, and another county."""
NEVER_S = 1e6
SECRET = "for-this-test-only-" * 3
ABOUT_HOMES = (
    "refused_row",
    "delivery",
    "delivery_day",
    "sender_area",
    "sender",
    "case_place",
    "case_trip",
    "venue_hour",
    "venue",
    "enterprise_day",
    "enterprise",
    "consultation_day",
    "consultation",
    "indicator_day",
    "indicator",
    "checkpoint_staffing",
    "alert_event",
    "alert",
    "fever_report",
    "health_code_day",
    "hotline_day",
    "return_registration",
    "tip_off",
    "grid_sweep",
    "sweep_answer",
    "household",
    "building",
    "grid_tally",
    "grid_due",
    "grid_begun",
    "village_report",
)
KEPT = ("grid_passages", "grid_posts")
ROWS = (
    "shop_price",
    "shop_day",
    "shop",
    "passage_mix",
    "patrol_hour",
    "cell_seen",
    "patrol_cell",
    "ground_point",
    "ground_patrol",
    "closure",
    "gate_state",
    "gate",
    "patrol_event",
    "track_point",
    "flight",
    "drone",
    "clinic",
    "hotel_day",
    "hotel",
    "checkpoint_hour",
    "checkpoint",
)


@dataclass(frozen=True)
class Ask:
    """One request: how, where, and with what."""

    method: str
    path: str
    body: Any = None


def tile_addresses(zoom: int) -> list[tuple[int, int, int]]:
    """Return the tiles over the middle of the own grid and of both foreign areas."""
    side = 1 << zoom
    y = int((1 - math.asinh(math.tan(math.radians(34.005))) / math.pi) / 2 * side)
    return sorted({(zoom, int((lon + 180) / 360 * side), y) for lon in (111.005, 111.015, 111.025)})


def layer_asks(template: str) -> list[Ask]:
    """Return requests for every layer that exists, found by the registry and not by a list."""
    asks = []
    for layer in all_layers().values():
        if template.startswith("/tiles"):
            addresses = [tile for z in range(layer.min_zoom, layer.max_zoom + 1) for tile in tile_addresses(z)]
            asks += [Ask("GET", f"/tiles/{layer.id}/{z}/{x}/{y}.mvt") for z, x, y in addresses]
            asks += [Ask("GET", f"/tiles/{layer.id}/{z}/{x}/{y}.mvt?at={YESTERDAY}") for z, x, y in addresses[-3:]]
        elif template.endswith("{feature_id}"):
            asks += [Ask("GET", f"/api/features/{layer.id}/{n}") for n in (0, 1, 2, 3, 4, 9, 12)]
        else:
            questions = ["limit=5000", "bbox=110,33,112,35", f"at={YESTERDAY}"]
            questions += [f"measure={measure.id}" for measure in layer.measures]
            asks += [Ask("GET", f"/api/features/{layer.id}?{question}") for question in questions]
    return asks


YESTERDAY = "2026-01-01"
CODES = (OWN, *FOREIGN, EAST, CITY, "424242", "x'--")
MEASURES = ("overdue", "due_today", "followed", "unsurveyed", "total", "nonsense")


UNSEEN = "6f1d3c9e-52a0-4c7b-9a35-0b6f6f0c2f11"
NOON = "2026-01-02T12:00:00+08:00"


def change_of(household: int) -> dict[str, Any]:
    """Return a change of a household, with an id of its own that is the same in both cities."""
    client = f"00000000-0000-4000-8000-{household:012}"
    return {"household": household, "to": "hubei", "effective": NOON, "reason": "survey", "client_id": client}


def feed_asks() -> list[Ask]:
    """Return a delivery of every feed that exists: its own example, and nothing at all."""
    from geodata.feeds.floor.registry import all_feeds

    asks = []
    for kind, feed in all_feeds().items():
        asks += [
            Ask("POST", f"/api/feeds/{kind}", body)
            for body in (json.loads(json.dumps(feed.example, default=str)), [], {})
        ]
    return asks


def import_asks(method: str, rest: str = "") -> list[Ask]:
    """Return requests for files that nobody brought here; what happens to those that somebody did: test_imports_route."""
    body = {} if method == "POST" else None
    return [Ask(method, f"/api/imports/{name}{rest}", body) for name in ("0" * 32, "x'--", "..%2F..")]


CLIENT = "0d5b9d3e-3f0c-4a52-8f5c-6f1d6c1d0a00"
NEW_STATE = {"state": "open", "reason": "lifted", "client_id": CLIENT}
END = {"reason": "lifted", "client_id": CLIENT}
NEW_SWEEP = {"name": "x", "starts_on": "2021-01-01", "ends_on": "2021-01-03", "target": 0.9, "client_id": CLIENT}


def closure_asks() -> list[Ask]:
    """Return streets to block in the own grid, in both foreign areas and across a border, for any area or none."""
    streets = ((111.002, 111.004), (111.012, 111.014), (111.022, 111.024), (111.008, 111.012))
    return [
        Ask(
            "POST",
            "/api/closures",
            {
                "kind": "blocked_street",
                "reason": "control",
                "geometry": {"type": "LineString", "coordinates": [[west, 34.002], [east, 34.002]]},
                "client_id": f"0d5b9d3e-3f0c-4a52-8f5c-6f1d6c1d{place:02d}{nth:02d}",
                "area_code": code,
            },
        )
        for place, (west, east) in enumerate(streets)
        for nth, code in enumerate((None, OWN, *FOREIGN, "424242"))
    ]


def order_of(code: str, **more: Any) -> dict[str, Any]:
    """Return an order for a picture of an area."""
    return {"area": code, "size": "320x320", "days": 2, **more}


def press_asks() -> dict[str, Any]:
    """Return what is asked of the press desk: pictures, templates and releases of own and of foreign areas."""
    releases, steps = "/api/press/releases", ("approve", "release", "reject", "withdraw")
    return {
        "GET /api/press/options": lambda: [
            Ask("GET", f"/api/press/options{area}") for area in ("", *(f"?area={code}" for code in CODES))
        ],
        "POST /api/press/preview": lambda: [Ask("POST", "/api/press/preview", order_of(code)) for code in CODES],
        "POST /api/press/export": lambda: [
            Ask("POST", f"/api/press/export?form={form}", order_of(code)) for code in CODES for form in ("svg", "html")
        ],
        "GET /api/press/templates": lambda: [Ask("GET", "/api/press/templates")],
        "POST /api/press/templates": lambda: [
            Ask("POST", "/api/press/templates", {"name": "x", "order": order_of(code), **more})
            for code in FOREIGN
            for more in ({}, {"id": 1}, {"area": OWN})
        ],
        "DELETE /api/press/templates/{template_id}": lambda: [
            Ask("DELETE", f"/api/press/templates/{n}") for n in range(4)
        ],
        "GET /api/press/releases": lambda: [
            Ask("GET", f"{releases}{state}") for state in ("", "?state=released", "?state=draft", "?before=2")
        ],
        "POST /api/press/releases": lambda: [
            Ask("POST", releases, body)
            for code in FOREIGN
            for body in (
                {"order": order_of(code), "forms": ["png"]},
                {"order": order_of(code), "forms": ["png"], "areas": "counties"},
                {"template": 1},
            )
        ],
        "GET /api/press/releases/{release_id}": lambda: [Ask("GET", f"{releases}/{n}") for n in range(4)],
        **{
            f"POST /api/press/releases/{{release_id}}/{step}": lambda step=step: [
                Ask("POST", f"{releases}/{n}/{step}", {"reason": "x"}) for n in range(4)
            ]
            for step in steps
        },
        "GET /api/press/releases/{release_id}/files/{form}": lambda: [
            Ask("GET", f"{releases}/{n}/files/{form}") for n in range(4) for form in ("png", "svg", "x'--")
        ],
        "GET /api/press/verify": lambda: [
            Ask("GET", f"/api/press/verify?number={n}") for n in ("WG-2026-000001-5", "x'--")
        ],
        "POST /api/press/verify": lambda: [Ask("POST", "/api/press/verify", {"a": "file"})],
    }


COVERED: dict[str, Any] = {
    **press_asks(),
    "GET /api/layers": lambda: [Ask("GET", "/api/layers")],
    "GET /api/areas/{code}": lambda: [Ask("GET", f"/api/areas/{code}") for code in CODES],
    "GET /api/areas/{code}/summary": lambda: [
        Ask("GET", f"/api/areas/{code}/summary{at}")
        for code in CODES
        for at in ("", f"?at={YESTERDAY}", "?at=2020-01-01")
    ],
    "GET /api/areas/{code}/children": lambda: [
        Ask("GET", f"/api/areas/{code}/children?measure={measure}") for code in CODES[:5] for measure in MEASURES
    ],
    "GET /api/areas/{code}/numbers": lambda: [
        Ask("GET", f"/api/areas/{code}/numbers{at}")
        for code in CODES
        for at in ("", f"?at={YESTERDAY}", "?at=2020-01-01")
    ],
    "GET /api/wall/{code}": lambda: [
        Ask("GET", f"/api/wall/{code}{at}") for code in CODES for at in ("", f"?at={YESTERDAY}", "?at=2099-01-01")
    ],
    "GET /api/areas/{code}/households": lambda: [Ask("GET", f"/api/areas/{code}/households") for code in CODES],
    "POST /api/changes": lambda: [
        Ask("POST", "/api/changes", {"sent_at": NOON, "changes": [{**change_of(n), **more}]})
        for n in range(1, 25, 3)
        for more in ({}, {"kind": "clear"}, {"kind": "undo", "undoes": UNSEEN}, {"to": "nonsense"}, {"seen": 5})
    ],
    "GET /api/refused-changes": lambda: [Ask("GET", "/api/refused-changes")],
    "GET /api/grids/{code}/today": lambda: [Ask("GET", f"/api/grids/{code}/today") for code in CODES],
    "GET /api/areas/{code}/forecast": lambda: [
        Ask("GET", f"/api/areas/{code}/forecast?days={days}") for code in CODES for days in (14, 0)
    ],
    "GET /api/households/{household_id}": lambda: [Ask("GET", f"/api/households/{n}") for n in range(1, 25, 3)],
    "GET /api/buildings/{building_id}/face": lambda: [
        Ask("GET", f"/api/buildings/{n}/face{at}") for n in (0, 1, 2, 3, 4, 9) for at in ("", f"?at={YESTERDAY}")
    ],
    "GET /face/{building_id}": lambda: [
        Ask("GET", f"/face/{n}{at}") for n in (0, 1, 2, 3, 4, "x'--") for at in ("", f"?at={YESTERDAY}")
    ],
    "GET /api/features/{layer_id}": lambda: layer_asks("/api/features/{layer_id}"),
    "GET /api/features/{layer_id}/{feature_id}": lambda: layer_asks("/api/features/{layer_id}/{feature_id}"),
    "GET /tiles/{layer}/{z}/{x}/{y}.mvt": lambda: layer_asks("/tiles"),
    "GET /api/search": lambda: [
        Ask("GET", f"/api/search?q={q}") for q in ("1号楼", "grid", "99", "宾馆", "门诊", "卡口", *CODES)
    ],
    "GET /api/gates/{gate_id}": lambda: [Ask("GET", f"/api/gates/{n}") for n in range(6)],
    "PUT /api/gates/{gate_id}/state": lambda: [Ask("PUT", f"/api/gates/{n}/state", NEW_STATE) for n in range(6)],
    "GET /api/closures/{closure_id}": lambda: [Ask("GET", f"/api/closures/{n}") for n in range(6)],
    "POST /api/closures": closure_asks,
    "POST /api/closures/{closure_id}/end": lambda: [Ask("POST", f"/api/closures/{n}/end", END) for n in range(6)],
    "GET /api/sweeps": lambda: [Ask("GET", "/api/sweeps")],
    "GET /api/areas/{code}/sweep": lambda: [
        Ask("GET", f"/api/areas/{code}/sweep{which}") for code in CODES for which in ("", "?round=1", "?round=2")
    ],
    "GET /api/grids/{code}/sweep/open": lambda: [
        Ask("GET", f"/api/grids/{code}/sweep/open{which}") for code in CODES for which in ("", "?round=2")
    ],
    "POST /api/sweeps": lambda: [Ask("POST", "/api/sweeps", NEW_SWEEP | {"area_code": code}) for code in CODES],
    "POST /api/sweeps/{sweep_id}/answers": lambda: [
        Ask("POST", f"/api/sweeps/{n}/answers", [{"household": door, "client_id": CLIENT} for door in range(1, 25, 3)])
        for n in range(6)
    ],
    "GET /api/alerts": lambda: [
        Ask("GET", f"/api/alerts?area={code}{more}")
        for code in CODES
        for more in ("", f"&at={YESTERDAY}", "&rule=silent", "&rule=nonsense")
    ],
    "GET /api/alerts/{alert_id}": lambda: [Ask("GET", f"/api/alerts/{n}") for n in range(6)],
    "POST /api/alerts/{alert_id}/acknowledge": lambda: [Ask("POST", f"/api/alerts/{n}/acknowledge") for n in range(6)],
    "POST /api/alerts/{alert_id}/assign": lambda: [
        Ask("POST", f"/api/alerts/{n}/assign", body) for n in range(6) for body in ({"to": "somebody"}, {})
    ],
    "POST /api/alerts/{alert_id}/close": lambda: [
        Ask("POST", f"/api/alerts/{n}/close", {"why": "handled"}) for n in range(6)
    ],
    "GET /api/scheme": lambda: [Ask("GET", f"/api/scheme{at}") for at in ("", f"?at={YESTERDAY}")],
    "GET /api/programmes": lambda: [Ask("GET", "/api/programmes")],
    "GET /api/programmes/{name}": lambda: [
        Ask("GET", f"/api/programmes/{name}") for name in ("duty_round", "foreign", "x'--")
    ],
    "GET /api/imports/{import_id}": lambda: import_asks("GET"),
    "GET /api/imports/{import_id}/report": lambda: import_asks("GET", "/report"),
    "POST /api/imports/{import_id}/preview": lambda: import_asks("POST", "/preview"),
    "POST /api/imports/{import_id}/run": lambda: import_asks("POST", "/run"),
    "DELETE /api/imports/{import_id}": lambda: import_asks("DELETE"),
    # Of the whole city whoever asks: so both cities know of the same trip. More of it: test_same_trip.py.
    "GET /api/same-trip": lambda: [
        Ask("GET", f"/api/same-trip?means={means}&number={number}&day={YESTERDAY}")
        for means in ("train", "car", "rocket")
        for number in ("G1234", "G1", "x'--")
    ],
    "GET /api/feeds": lambda: [Ask("GET", "/api/feeds")],
    "GET /api/arrivals": lambda: [Ask("GET", f"/api/arrivals{day}") for day in ("", f"?day={YESTERDAY}")],
    "GET /api/refused-rows": lambda: [
        Ask("GET", f"/api/refused-rows{which}")
        for which in ("", "?kind=passages", f"?sender=sender:S{FOREIGN[0]}", "?state=open", "?before=3", "?limit=1")
    ],
    "POST /api/refused-rows/{row}/correct": lambda: [
        Ask("POST", f"/api/refused-rows/{n}/correct", {"fields": fields})
        for n in range(1, 6)
        for fields in ({}, {"checkpoint": f"P{FOREIGN[0]}"})
    ],
    "POST /api/refused-rows/{row}/drop": lambda: [
        Ask("POST", f"/api/refused-rows/{n}/drop", {"reason": "x"}) for n in range(1, 6)
    ],
    "GET /api/senders": lambda: [Ask("GET", "/api/senders")],
    "POST /api/senders": lambda: [
        Ask("POST", "/api/senders", {"code": f"new-{code}"[:20], "name": "office", "areas": [code]})
        for code in CODES[1:5]
    ],
    "POST /api/senders/{sender}/disable": lambda: [
        Ask("POST", f"/api/senders/S{code}/disable") for code in (OWN, FOREIGN[0])
    ],
    # What is made is told once and drawn at random: a foreign sender's, which nobody makes.
    "POST /api/senders/{sender}/tokens": lambda: [
        Ask("POST", f"/api/senders/S{code}/tokens", {"kind": "passages"}) for code in (FOREIGN[0], GRIDS[WEST][0])
    ],
    "DELETE /api/senders/{sender}/tokens/{token_id}": lambda: [
        Ask("DELETE", f"/api/senders/S{code}/tokens/{n}") for code in (OWN, FOREIGN[0]) for n in range(1, 6)
    ],
    "POST /api/feeds/{kind}": feed_asks,
    "GET /style.json": lambda: [Ask("GET", f"/style.json?theme={theme}&lang=zh") for theme in ("dark", "light")],
    "GET /openapi.json": lambda: [Ask("GET", "/openapi.json")],
    **{f"GET {path}": lambda path=path: [Ask("GET", path)] for path in ("/", "/grid", "/press", "/admin")},
    "GET /api/book/{code}.pdf": lambda: [Ask("GET", f"/api/book/{code}.pdf") for code in CODES],
    "GET /api/grids": lambda: [Ask("GET", "/api/grids")],
    "GET /api/grids/{code}/pack": lambda: [Ask("GET", f"/api/grids/{code}/pack") for code in CODES],
    **{
        f"GET {path}": lambda path=path: [Ask("GET", path)]
        for path in ("/grid/shell", "/sw.js", "/manifest.webmanifest")
    },
    "GET /map": lambda: [Ask("GET", f"/map?area={code}&pick=households:9") for code in CODES],
    "GET /wall": lambda: [Ask("GET", f"/wall?area={code}&programme=foreign") for code in CODES],
    "GET /login": lambda: [Ask("GET", "/login")],
    "GET /healthz": lambda: [Ask("GET", "/healthz")],
    "POST /_dash-update-component": list,  # every callback: test_every_callback
}
WITHOUT_CITY_DATA = {
    "GET /api/grids/{code}/care": "what hangs on doors, wherever they are; tests/geodata/test_today.py",
    "POST /api/imports": "a file, read for its owner in their own areas; tests/app/test_imports_route.py",
    "POST /login": "begins a session; tests/app/test_signin.py",
    "POST /logout": "ends one; tests/app/test_signin.py",
    "GET /display/{token}": "signs a screen in; tests/app/test_display.py",
    "GET /vendor/{name}": "files of libraries",
    "GET /base/{z}/{x}/{y}": "a map of somebody else's, the same for everybody",
    "ANY /assets": "files of ours",
    "ANY /_dash-ws-callback": "callbacks again, by the same code; who may connect: tests/app/test_signin.py",
    "GET /_reload-hash": "a number",
    "GET /_favicon.ico": "a picture",
    "GET /favicon.ico": "a picture",
    "GET /_dash-layout": "the page before any data",
    "GET /_dash-dependencies": "names of callbacks",
    "GET /_dash-component-suites/{package_name}/{fingerprinted_path:path}": "files of libraries",
    "GET /{path:path}": "nothing: 404",
}


def routes(server: FastAPI) -> set[str]:
    """Return every route of the application as `METHOD path`; a WebSocket is one too."""
    found = {"GET /tiles/{layer}/{z}/{x}/{y}.mvt"}
    for route in every_route(server.router.routes):
        methods = getattr(route, "methods", None) or {"ANY"}
        found |= {f"{method} {route.path}" for method in methods if method not in ("HEAD", "OPTIONS")}  # type: ignore[attr-defined]
    return found


def every_route(listed: Iterable[object]) -> Iterator[object]:
    """Yield routes, also those of included routers."""
    for route in listed:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from every_route(inner.routes)


def server_of(application: Any) -> FastAPI:
    """Return the FastAPI application inside the layers around it."""
    while not isinstance(application, FastAPI):
        application = getattr(application, "rest", None) or application.app
    return application


@asynccontextmanager
async def running(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Any, httpx.AsyncClient]]:
    """Run the real application over a database in this process."""
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setenv("SECRET_KEY", SECRET)
    application = create_app(Settings(), Database(database.url))
    server = server_of(application)
    async with server.router.lifespan_context(server):
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url="http://wangge", timeout=30) as client:
            yield application, client


def people(database: Database) -> None:
    """Add one account a role, all of them of the own grid, each with a bearer token of its role's name."""
    with database.owner() as connection:
        for role in Role:
            connection.execute(
                text(
                    "WITH a AS (INSERT INTO account (username, password_hash, role) VALUES (:role, 'x', :role) RETURNING id), "
                    "w AS (INSERT INTO account_area SELECT a.id, area.id FROM a, area WHERE code = :own) "
                    "INSERT INTO api_token (digest, account_id, name) SELECT :digest, a.id, 'test' FROM a"
                ),
                {"role": role.value, "own": OWN, "digest": hashlib.sha256(role.value.encode()).digest()},
            )


def strip(database: Database, *, homes: bool) -> None:
    """Take everything away that lies outside the own grid, and for a reader without homes the homes inside it too."""
    with database.owner() as connection:
        own = connection.execute(text("SELECT id, path::text FROM area WHERE code = :own"), {"own": OWN}).one()
        connection.execute(text("TRUNCATE press_template, press_release CASCADE"))
        for table in (*ROWS, *ABOUT_HOMES, *KEPT):
            gone = "true" if not homes and table in ABOUT_HOMES else "area_id <> :own"
            connection.execute(text(f"DELETE FROM {table} WHERE {gone}"), {"own": own.id})
        for table in (
            "area_tally",
            "area_due",
            "area_begun",
            "area_passages",
            "area_posts",
            "area_hour",
            "counted_change",
        ):
            connection.execute(text(f"DELETE FROM {table}"))
        above = own.path.split(".")
        connection.execute(text("DELETE FROM sweep WHERE area_id <> ALL (:above)"), {"above": list(map(int, above))})
        connection.execute(
            text("DELETE FROM area WHERE id <> ALL (:above) AND level = 'grid'"), {"above": list(map(int, above))}
        )
        for level in ("village", "township", "county"):
            connection.execute(
                text("DELETE FROM area WHERE id <> ALL (:above) AND level = :level"),
                {"above": list(map(int, above)), "level": level},
            )
        if not homes:
            connection.execute(
                text("UPDATE area SET leader = 'somebody', telephone = '110' WHERE code = :own"), {"own": OWN}
            )


@pytest.fixture(scope="session")
def world_templates(lender: Lender, tiny_template: str) -> dict[str, str]:
    """Return the names of three cities: the whole one, the own grid alone, and the own grid without its homes."""
    whole = lender.new(tiny_template)
    people(whole)
    with whole.owner() as connection:
        reported(connection)
    whole.dispose()
    drafted(whole, CITY, EAST, WEST)
    whole.dispose()
    own, homeless = lender.new(name_of(whole)), lender.new(name_of(whole))
    strip(own, homes=True)
    strip(homeless, homes=False)
    for database in (own, homeless):
        database.dispose()
    return {"whole": name_of(whole), "own": name_of(own), "homeless": name_of(homeless)}


@contextmanager
def lent(lender: Lender, templates: dict[str, str]) -> Iterator[dict[str, Database]]:
    """Lend a database of each template."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(lender.lent(template)) for name, template in templates.items()}


@pytest.fixture
def worlds(lender: Lender, world_templates: dict[str, str]) -> Iterator[dict[str, Database]]:
    """Return a database of each city; a test may change them."""
    with lent(lender, world_templates) as found:
        yield found


async def answer(client: httpx.AsyncClient, ask: Ask, role: Role) -> tuple[int, bytes]:
    """Return status and body; moments of the clock are made equal, for the two worlds are asked one after the other."""
    headers = {"authorization": f"Bearer {role.value}", "x-wangge": "1", "accept-language": "en"}
    got = await client.request(ask.method, ask.path, headers=headers, json=ask.body)
    if got.headers.get("content-type") == "application/pdf":
        return got.status_code, papers.timeless(got.content)
    content = re.sub(
        rb'<script id="_dash-config".*?</script>', b"", got.content
    )  # holds a number drawn by each process
    content = re.sub(rb'"clock_off_s":-?\d+', b'"clock_off_s":0', content)
    return got.status_code, re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", b"T", content)


def stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock, and what works by it in the background: one world could be judged, or a minute older, before the other."""
    moment = house.now()
    monkeypatch.setattr(house, "now", lambda: moment)
    monkeypatch.setattr(watch, "FIRST_S", NEVER_S)
    monkeypatch.setattr(house, "CLEARED_FIRST_S", NEVER_S)


@asynccontextmanager
async def houses(
    worlds: dict[str, Database], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Run the application over each world, at a moment that lasts; yield what asks it."""
    stand_still(monkeypatch)
    async with AsyncExitStack() as stack:
        yield {
            name: (await stack.enter_async_context(running(database, monkeypatch)))[1]
            for name, database in worlds.items()
        }


async def compare(clients: dict[str, httpx.AsyncClient], asks: list[Ask]) -> dict[Role, int]:
    """Ask both worlds everything as every role; return how many answers held data."""
    with_data = dict.fromkeys(Role, 0)
    for role in Role:
        other = clients["homeless" if role is Role.PRESS else "own"]
        for ask in asks:
            first, second = await asyncio.gather(answer(clients["whole"], ask, role), answer(other, ask, role))
            assert first == second, f"{role} {ask}: {first[1][:600]!r} … {second[1][:600]!r}"
            assert first[0] < 500, f"{role} {ask}: {first}"
            with_data[role] += first[0] == 200 and len(first[1]) > 60
    return with_data


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reading(lender: Lender, world_templates: dict[str, str]) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Yield what asks each world, for all routes that only read: starting three applications takes longer than most asking."""
    with lent(lender, world_templates) as worlds, pytest.MonkeyPatch.context() as monkeypatch:
        async with houses(worlds, monkeypatch) as clients:
            yield clients


async def test_every_route_is_covered(worlds: dict[str, Database], monkeypatch: pytest.MonkeyPatch) -> None:
    """A route that is added must be asked below, or be named as one without city data."""
    async with running(worlds["whole"], monkeypatch) as (application, _):
        found = routes(server_of(application))
    assert found - set(COVERED) - set(WITHOUT_CITY_DATA) == set()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("route", [route for route in sorted(COVERED) if route.startswith("GET ")])
async def test_a_route_shows_nothing_foreign(route: str, reading: dict[str, httpx.AsyncClient]) -> None:
    """Every request of a route that reads, as every role."""
    with_data = await compare(reading, COVERED[route]())
    if ("{code}" in route and "children" not in route) or route.endswith(("{layer_id}", "search", ".mvt")):
        assert with_data[Role.COMMAND] > 0, "the test would pass on an empty city"


@pytest.mark.parametrize("route", [route for route in sorted(COVERED) if not route.startswith("GET ")])
async def test_a_route_that_writes_shows_nothing_foreign(
    route: str, worlds: dict[str, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every request of a route that changes something, as every role, each route over cities of its own."""
    async with houses(worlds, monkeypatch) as clients:
        await compare(clients, COVERED[route]())


async def test_the_press_reaches_no_home(worlds: dict[str, Database], monkeypatch: pytest.MonkeyPatch) -> None:
    """No layer but the public ones exists for the press, and no answer has a key about homes."""
    async with running(worlds["whole"], monkeypatch) as (_, client):
        for layer in all_layers().values():
            status, _ = await answer(client, Ask("GET", f"/api/features/{layer.id}"), Role.PRESS)
            tile, _ = await answer(client, Ask("GET", f"/tiles/{layer.id}/{layer.min_zoom}/0/0.mvt"), Role.PRESS)
            public = layer.privacy is Privacy.PUBLIC
            assert (status, tile) == ((200, 204) if public else (404, 404)), layer.id
        _, listed = await answer(client, Ask("GET", "/api/layers"), Role.PRESS)
        assert {row["privacy"] for row in json.loads(listed)} == {"public"}
        _, said = await answer(client, Ask("GET", f"/api/areas/{OWN}/summary"), Role.PRESS)
        assert not {"households", "total", "overdue", "due_today", "new_today"} & set(json.loads(said))


LISTENING = (["listen"], ["wall-listen"])


def callback_asks(dependencies: list[dict[str, Any]]) -> list[Ask]:
    """Return every callback that the server answers, each with its inputs full of own and of foreign things."""
    asks = []
    for callback in dependencies:
        # Those that wait for news hold their answers back. /map is sent names of layers and nothing of their rows; that a
        # wall is told of its own areas alone: tests/callbacks/test_hub.py.
        if callback.get("clientside_function") or [place["id"] for place in callback["inputs"]] in LISTENING:
            continue
        for code in (OWN, *FOREIGN, CITY):
            asks.append(Ask("POST", "/_dash-update-component", payload(callback, code)))
    return asks


def payload(callback: dict[str, Any], code: str) -> dict[str, Any]:
    """Return what a browser would send, whichever values somebody put into it by hand."""

    def filled(place: dict[str, Any]) -> dict[str, Any]:
        return {**place, "value": guess(str(place["id"]), place["property"], code)}

    outputs = callback["output"].strip(".").split("...")
    named = [dict(zip(("id", "property"), output.rpartition(".")[::2], strict=True)) for output in outputs]
    inputs = [filled(place) for place in callback["inputs"]]
    return {
        "output": callback["output"],
        "outputs": named if len(named) > 1 else named[0],
        "inputs": inputs,
        "state": [filled(place) for place in callback["state"]],
        "changedPropIds": [f"{place['id']}.{place['property']}" for place in inputs[:1]],
    }


def guess(place: str, prop: str, code: str) -> Any:
    """Return a value of the kind that a component holds, naming the asked area or something in it."""
    for part, value in {
        "wall-seen": {"at": "", "theme": "dark"},
        "reported": {"area": code, "at": "", "language": "zh"},
        "taste": {"theme": "dark", "language": "zh"},
        "area": code,
        "grid": code,
        "measure": "overdue",
        "moment": "",
        "pick": "households:9",
        "view": {"lon": 111.0145, "lat": 34.0045, "zoom": 16, "bbox": [111, 34, 111.03, 34.01]},
        "search": "grid",
        "on": list(all_layers()),
    }.items():
        if part in place:
            return value
    return 1 if prop == "n_clicks" else None


async def test_every_callback_shows_nothing_foreign(
    worlds: dict[str, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the page asks for when somebody touches it, with foreign things put in by hand."""
    async with running(worlds["whole"], monkeypatch) as (_, client):
        _, listed = await answer(client, Ask("GET", "/_dash-dependencies"), Role.COMMAND)
    asks = callback_asks(json.loads(listed))
    assert asks
    async with houses(worlds, monkeypatch) as clients:
        with_data = await compare(clients, asks)
    assert with_data[Role.COMMAND] > 0


@pytest.mark.parametrize(
    "path", ["/map", "/api/layers", "/tiles/areas/9/0/0.mvt", "/openapi.json", "/style.json", "/_dash-layout"]
)
async def test_without_signing_in_nothing_is_told(
    worlds: dict[str, Database], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(worlds["whole"], monkeypatch) as (_, client):
        assert (await client.get(path)).status_code == 401
        assert (await client.get(path, headers={"authorization": "Bearer nobody"})).status_code == 401
