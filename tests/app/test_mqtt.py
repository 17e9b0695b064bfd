"""Drones over MQTT, with a real broker: taken once, refused without a word of what was sent, kept while we are away."""

import asyncio
import contextlib
import getpass
import json
import logging
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from sqlalchemy import text

from app.mqtt import Drones
from app.settings import BadSettings, MqttSettings, Settings
from geodata.database import Database
from tests.app.running import add_people, free_port, running, soon
from tests.places import EAST, GRIDS, WEST

BEGAN = datetime.now(UTC) - timedelta(hours=2)
BROKER = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
CONFIGURATION = """listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
persistence false
user {user}
"""


class Broker:
    """One broker of our own, that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        """Write its configuration and start it."""
        self.port = free_port()
        folder.chmod(0o755)
        (folder / "broker.conf").write_text(CONFIGURATION.format(port=self.port, folder=folder, user=getpass.getuser()))
        passwords = folder / "passwords"
        subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "drones", "p@ss"], check=True)
        passwords.chmod(0o644)
        self.command = [BROKER, "-c", str(folder / "broker.conf")]
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"mqtt://drones:p%40ss@127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with contextlib.suppress(OSError), contextlib.closing(_connected(self.port)):
                return
            time.sleep(0.05)
        raise AssertionError("the broker did not come up")

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)

    async def send(self, kind: str, payload: Any) -> None:
        """Publish as a drone does, and wait until the broker has it."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload, default=str).encode()
        async with aiomqtt.Client("127.0.0.1", self.port, username="drones", password="p@ss") as client:
            await client.publish(f"wangge/feeds/{kind}", body, qos=1)


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 1)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Return a running broker that knows one user."""
    found = Broker(tmp_path)
    yield found
    found.stop()


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    """Return a city with accounts and a drone in each county."""
    add_people(tiny_city)
    with tiny_city.owner() as connection:
        connection.execute(text("DELETE FROM track_point"))
        for county in (EAST, WEST):
            connection.execute(
                text(
                    "INSERT INTO drone (code, name, camera_degrees, area_id) "
                    "SELECT :code, '无人机', 60, id FROM area WHERE code = :grid"
                ),
                {"code": f"{county}-D", "grid": GRIDS[county][0]},
            )
    yield tiny_city
    await tiny_city.close()


@contextlib.asynccontextmanager
async def listening(city: Database, broker: Broker, account: str = "officer") -> AsyncIterator[Drones]:
    """Listen at a broker for as long as the block lasts."""
    drones = Drones(MqttSettings(url=broker.url, account=account), city)  # type: ignore[arg-type]
    task = asyncio.create_task(drones.for_ever())
    try:
        await asyncio.wait_for(drones.listening.wait(), 30)
        yield drones
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def position(second: int = 0, county: str = EAST, **more: Any) -> dict[str, Any]:
    place = {"lon": 111.005 if county == EAST else 111.025, "lat": 34.005, "height_m": 70.0}
    return {"flight": f"{county}-F", "drone": f"{county}-D", "at": BEGAN + timedelta(seconds=second)} | place | more


def held(city: Database) -> int:
    with city.owner() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM track_point")) or 0)


def adding_up(drones: Drones, **wanted: int) -> Any:
    """Return the question whether so many rows were accepted, repeated, refused."""

    async def asked() -> bool:
        return all(drones.counted[name] == number for name, number in wanted.items())

    return asked


async def test_positions_and_events_arrive(city: Database, broker: Broker) -> None:
    """As by HTTP: one object, an array, lines; what comes twice is known."""
    event = {"code": "E1", "kind": "gathering", "at": BEGAN, "lon": 111.005, "lat": 34.005, "flight": f"{EAST}-F"}
    async with listening(city, broker) as drones:
        await broker.send("telemetry", position())
        await broker.send("telemetry", [position(5), position(10)])
        await broker.send("telemetry", position(10))
        await broker.send("patrol_events", event)
        await soon(adding_up(drones, accepted=4, repeated=1))
    assert held(city) == 3


async def test_only_the_accounts_area(city: Database, broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    """A drone of another county, broken JSON, another kind: refused, counted, and nothing of it is in the log."""
    caplog.set_level(logging.WARNING)
    async with listening(city, broker) as drones:
        await broker.send("telemetry", position(county=WEST))
        await broker.send("telemetry", b'{"flight": "SECRET-NAME", ')
        await broker.send("telemetry", [position(), position(1, height_m="SECRET-HEIGHT")])
        await broker.send("survey", {"household": 1})
        await broker.send("telemetry", position(2))
        await soon(adding_up(drones, accepted=1, refused=3))
    assert held(city) == 1
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "unknown_drone" in said
    assert "SECRET" not in said
    assert "p@ss" not in said


async def test_a_broker_that_went_away(city: Database, broker: Broker) -> None:
    """It is found again by itself."""
    async with listening(city, broker) as drones:
        await broker.send("telemetry", position())
        await soon(adding_up(drones, accepted=1))
        broker.stop()
        await soon(lambda: _not(drones.listening), 30)
        broker.start()
        await asyncio.wait_for(drones.listening.wait(), 60)
        await broker.send("telemetry", position(1))
        await soon(adding_up(drones, accepted=2))


async def _not(event: asyncio.Event) -> bool:
    return not event.is_set()


async def test_what_was_sent_while_we_were_away(city: Database, broker: Broker) -> None:
    """The broker keeps it for us: nothing is lost between one process and the next."""
    async with listening(city, broker) as drones:
        await broker.send("telemetry", position())
        await soon(adding_up(drones, accepted=1))
    for second in range(1, 30):
        await broker.send("telemetry", position(second))
    async with listening(city, broker) as drones:
        await soon(adding_up(drones, accepted=29), 30)
    assert held(city) == 30


async def test_no_account_no_rows(city: Database, broker: Broker) -> None:
    """An account that is shut out delivers nothing; what came meanwhile waits until it is let in again."""
    shut = text("UPDATE account SET disabled = :shut WHERE username = 'officer'")
    with city.owner() as connection:
        connection.execute(shut, {"shut": True})
    async with listening(city, broker) as drones:
        await broker.send("telemetry", position())
        await soon(lambda: _not(drones.listening), 30)
        assert held(city) == 0
        with city.owner() as connection:
            connection.execute(shut, {"shut": False})
        await soon(adding_up(drones, accepted=1), 60)


async def test_one_process_listens(city: Database, broker: Broker) -> None:
    """The second waits for the first; were there two of one name at the broker, each would throw the other out."""
    async with listening(city, broker) as first:
        second = Drones(first.settings, city)
        task = asyncio.create_task(second.for_ever())
        for second_number in range(5):
            await broker.send("telemetry", position(second_number))
        await soon(adding_up(first, accepted=5))
        assert not second.listening.is_set()
        task.cancel()


async def test_the_server_listens_where_it_is_told_to(
    city: Database, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its settings alone."""
    async with running(city, monkeypatch, MQTT_URL=broker.url, MQTT_ACCOUNT="officer"):

        async def arrived() -> bool:
            await broker.send("telemetry", position())
            # A query of ours on this loop would wait for the delivery, which makes a partition, and that for the loop.
            return await asyncio.to_thread(held, city) == 1

        await soon(arrived, 30)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"MQTT_URL": "http://broker", "MQTT_ACCOUNT": "x"}, "MQTT_URL"),
        ({"MQTT_URL": "mqtt://broker"}, "MQTT_ACCOUNT"),
        ({"MQTT_URL": "mqtt://broker", "MQTT_ACCOUNT": "x", "MQTT_TOPICS": "a/#"}, "MQTT_TOPICS"),
        ({"PASSAGE_DAYS": "-1"}, "PASSAGE_DAYS"),
    ],
)
def test_settings_that_cannot_be(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], named: str) -> None:
    """They are named before anything starts, and a password in them is not repeated."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as refusal:
        Settings()
    assert named in str(refusal.value.facts["why"])
