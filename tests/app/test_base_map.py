import gzip
import http.server
import json
import sqlite3
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from app.base_map import BaseMap, BaseTile, Kept, base_map
from app.errors import BaseMapAway
from app.settings import BadSettings, BaseMapSettings
from geodata.database import Database
from geodata.errors import BadTile
from tests.app.running import running

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20
WATER = {"vector_layers": [{"id": "water"}, {"id": "roads"}], "attribution": "测绘院"}


def made(kind: str, address: object, coordinates: str = "wgs84", **more: str) -> BaseMap:
    found = base_map(
        BaseMapSettings.model_validate({"kind": kind, "address": str(address), "coordinates": coordinates, **more})
    )
    assert found
    return found


class Neighbour(http.server.BaseHTTPRequestHandler):
    """A tile server of the city's own network."""

    asked: list[str] = []  # noqa: RUF012 - one server a test

    def do_GET(self) -> None:
        self.asked.append(self.path)
        kinds = {"/404": (404, "image/png"), "/500": (500, "image/png"), "/page": (200, "text/html")}
        status, media_type = next((kinds[part] for part in kinds if self.path.startswith(part)), (200, "image/png"))
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def neighbour() -> Iterator[str]:
    Neighbour.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Neighbour) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_pictures_are_handed_on_from_our_own_origin(neighbour: str) -> None:
    base = made("xyz", f"{neighbour}/t/{{z}}/{{x}}/{{y}}.png?tk={{key}}", key="a key&")
    tile = await base.tile(3, 4, 5)
    assert tile
    assert (tile.body, tile.media_type) == (PNG, "image/png")
    assert Neighbour.asked == ["/t/3/4/5.png?tk=a%20key%26"]
    assert base.style("http://us").address == "http://us/base/{z}/{x}/{y}"
    assert await made("xyz", f"{neighbour}/404/{{z}}/{{x}}/{{y}}").tile(1, 1, 1) is None
    for wrong in ("500", "page"):
        with pytest.raises(BaseMapAway):
            await made("xyz", f"{neighbour}/{wrong}/{{z}}/{{x}}/{{y}}").tile(1, 1, 1)
    with pytest.raises(BaseMapAway):
        await made("xyz", "http://127.0.0.1:9/{z}/{x}/{y}").tile(1, 1, 1)


async def test_tianditu_is_asked_as_it_wants(neighbour: str) -> None:
    base = made("wmts", f"{neighbour}/vec_w/wmts?layer=vec&tilematrixset=w", "cgcs2000", key="k")
    await base.tile(7, 1, 2)
    assert "layer=vec&tilematrixset=w&service=WMTS&request=GetTile" in Neighbour.asked[0]
    assert Neighbour.asked[0].endswith("tilematrix=7&tilerow=2&tilecol=1&tk=k")


@pytest.mark.parametrize("place", [(-1, 0, 0), (19, 0, 0), (3, 8, 0), (3, 0, -1), (99, 0, 0)])
async def test_a_tile_outside_is_refused_before_anybody_is_asked(neighbour: str, place: tuple[int, int, int]) -> None:
    with pytest.raises(BadTile):
        await made("xyz", f"{neighbour}/{{z}}/{{x}}/{{y}}").tile(*place)
    assert Neighbour.asked == []


async def test_a_pmtiles_file(tmp_path: Path) -> None:
    file = tmp_path / "base.pmtiles"
    with file.open("wb") as opened:
        writer = Writer(opened)
        writer.write_tile(zxy_to_tileid(2, 1, 1), gzip.compress(b"tile"))
        header = {
            "tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "min_zoom": 2, "max_zoom": 2,
            "min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 0, "max_lat_e7": 0,
            "center_zoom": 0, "center_lon_e7": 0, "center_lat_e7": 0,
        }  # fmt: skip
        writer.finalize(header, WATER)
    base = made("pmtiles", file)
    assert (base.min_zoom, base.max_zoom, base.attribution) == (2, 2, "测绘院")
    assert base.vector_layers == ("water", "roads")
    tile = await base.tile(2, 1, 1)
    assert tile
    assert gzip.decompress(tile.body) == b"tile"
    assert tile.gzipped
    assert await base.tile(2, 0, 0) is None


async def test_an_mbtiles_file(tmp_path: Path) -> None:
    file = tmp_path / "base map.mbtiles"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE metadata (name text, value text)")
        connection.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        facts = {"format": "png", "minzoom": "2", "maxzoom": "4", "json": json.dumps(WATER)}
        connection.executemany("INSERT INTO metadata VALUES (?, ?)", facts.items())
        connection.execute("INSERT INTO tiles VALUES (2, 1, 3, ?)", (PNG,))
    connection.close()
    base = made("mbtiles", file, attribution="ours")
    assert (base.min_zoom, base.max_zoom, base.attribution, base.vector_layers) == (2, 4, "ours", ())
    tile = await base.tile(2, 1, 0)
    assert tile
    assert tile.body == PNG
    assert await base.tile(2, 1, 3) is None


def test_a_base_map_of_baidu_is_refused_and_never_wrong_in_silence() -> None:
    with pytest.raises(BadSettings, match="hundreds of metres"):
        made("xyz", "http://tiles.local/{z}/{x}/{y}", "bd09")


def test_vectors_in_gcj02_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "base.mbtiles"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE metadata (name text, value text)")
        connection.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        connection.execute("INSERT INTO metadata VALUES ('format', 'pbf')")
    connection.close()
    with pytest.raises(BadSettings, match="hundreds of metres"):
        made("mbtiles", file, "gcj02")


async def test_pictures_in_gcj02_are_cut_anew(tmp_path: Path) -> None:
    picture = BytesIO()
    Image.new("RGB", (256, 256), "#336699").save(picture, "PNG")
    z, x, y = 12, 3313, 1620
    file = tmp_path / "base.mbtiles"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE metadata (name text, value text)")
        connection.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        connection.execute("INSERT INTO metadata VALUES ('format', 'png')")
        row = (z, x, (1 << z) - 1 - y, picture.getvalue())
        connection.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", row)
    connection.close()
    tile = await made("mbtiles", file, "gcj02").tile(z, x, y)
    assert tile
    cut = Image.open(BytesIO(tile.body))
    # About 550 m east and 110 m south of where it was: what is left of the tile now begins elsewhere.
    assert cut.getpixel((128, 128)) == (0x33, 0x66, 0x99, 255)
    assert {cut.getpixel(corner)[3] for corner in ((0, 0), (255, 0), (0, 255), (255, 255))} == {0, 255}


async def test_a_neighbour_is_asked_once_a_tile(neighbour: str) -> None:
    base = made("xyz", f"{neighbour}/{{z}}/{{x}}/{{y}}")
    first, second = await base.tile(3, 1, 1), await base.tile(3, 1, 1)
    assert first == second
    assert len(Neighbour.asked) == 1


def test_what_is_kept_is_bounded() -> None:
    asked: list[int] = []

    def fetch(_z: int, x: int, _y: int) -> BaseTile:
        asked.append(x)
        return BaseTile(b"x" * 700, "image/png")

    kept = Kept(fetch, most_bytes=2_000)
    for x in (1, 2, 3, 1, 3):
        kept(5, x, 0)
    assert asked == [1, 2, 3, 1]


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("xyz", "file:///etc/passwd?{z}{x}{y}"),
        ("xyz", "ftp://tiles.local/{z}/{x}/{y}"),
        ("xyz", "http://tiles.local/{z}"),
        ("pmtiles", "/nowhere.pmtiles"),
        ("mbtiles", "/nowhere.mbtiles"),
        ("mbtiles", __file__),
        ("pmtiles", __file__),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_address_that_is_none_stops_the_start(kind: str, address: str) -> None:
    with pytest.raises(BadSettings, match="BASE_MAP_ADDRESS"):
        made(kind, address)


async def test_the_page_gets_it_from_us(
    peopled_city: Database, monkeypatch: pytest.MonkeyPatch, neighbour: str
) -> None:
    base = {
        "BASE_MAP_KIND": "xyz",
        "BASE_MAP_ADDRESS": f"{neighbour}/{{z}}/{{x}}/{{y}}",
        "BASE_MAP_COORDINATES": "wgs84",
    }
    async with running(peopled_city, monkeypatch, **base) as house:
        assert (await house.client.get("/base/3/4/5")).status_code == 401
        await house.sign_in()
        answer = await house.client.get("/base/3/4/5")
        assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
        assert (await house.client.get("/base/99/0/0")).status_code == 404
        style = (await house.client.get("/style.json")).json()
        assert style["sources"]["base"]["tiles"] == ["http://wangge/base/{z}/{x}/{y}"]
        assert neighbour not in json.dumps(style)


async def test_without_one_there_is_none(peopled_city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(peopled_city, monkeypatch) as house:
        await house.sign_in()
        assert (await house.client.get("/base/3/4/5")).status_code == 404
        assert "base" not in (await house.client.get("/style.json")).json()["sources"]
