"""Drones over MQTT: what their topics carry goes through the same door as by HTTP, in the name of one account.

Off unless `MQTT_URL` is set. One process of all listens, whoever holds the lock in the database. A message is acknowledged
once its transaction is committed or its rows are refused: whatever ends in between, the broker sends it again (QoS 1), and
what comes twice changes nothing.
"""

import asyncio
import logging
import ssl
import time
from collections import Counter
from urllib.parse import unquote, urlsplit

import aiomqtt
import asyncpg

from app.settings import MqttSettings
from geodata.accounts import Principal, by_name
from geodata.arrival.door import deliver
from geodata.database import AWAY, Database, close_quietly
from geodata.errors import DatabaseAway, NotAllowed, TooSlow, WanggeError
from geodata.feeds.floor.refusal import Refused

LOG = logging.getLogger(__name__)
KINDS = ("telemetry", "patrol_events")
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
"""Seconds between two attempts, doubled each time: to reach the broker, the database, or an account that is not there."""
FRESH_S = 3.0
"""Seconds for which the account's areas are believed."""
NAME = "wangge"
"""How we are called at the broker: always the same, so that it keeps for us what comes while we are away."""
_LOCK = "SELECT pg_try_advisory_lock(hashtext('wangge mqtt'))"


class Drones:
    """Listens at a broker for ever; `counted` says what became of everything: accepted, repeated, refused rows."""

    def __init__(self, settings: MqttSettings, database: Database) -> None:
        """Connect to nothing yet."""
        assert settings.url is not None
        self.settings = settings
        self.database = database
        self.counted: Counter[str] = Counter()
        self.listening = asyncio.Event()
        self._sender: Principal | None = None
        self._sender_until = 0.0

    async def for_ever(self) -> None:
        """Listen, and again after a pause wherever the broker or the database goes away."""
        pause = SHORTEST_PAUSE_S
        while True:
            self.listening.clear()
            try:
                await self._alone()
            except (aiomqtt.MqttError, WanggeError, asyncpg.PostgresError, *AWAY) as error:
                # Neither says anything of what was sent; addresses and passwords are in neither.
                LOG.warning("mqtt waits: %s", type(error).__name__)
            pause = SHORTEST_PAUSE_S if self.listening.is_set() else min(pause * 2, LONGEST_PAUSE_S)
            await asyncio.sleep(pause)

    async def _alone(self) -> None:
        """Listen as long as no other process does, until something breaks; return where one does."""
        lock = await self.database.listener()
        try:
            if not await lock.fetchval(_LOCK):
                return
            cut = asyncio.Event()
            lock.add_termination_listener(lambda _: cut.set())
            hearing, lost = asyncio.create_task(self._hear()), asyncio.create_task(cut.wait())
            try:
                await asyncio.wait((hearing, lost), return_when=asyncio.FIRST_COMPLETED)
            finally:
                hearing.cancel()
                lost.cancel()
                ended, _ = await asyncio.gather(hearing, lost, return_exceptions=True)
            if isinstance(ended, Exception):
                raise ended
        finally:
            await close_quietly(lock)

    async def _hear(self) -> None:
        client = self._client()
        # Acknowledged by us and not on arrival: aiomqtt has no name of its own for what paho offers. What the broker kept
        # comes with the connection, so this is said before it.
        inner = client._client  # noqa: SLF001
        inner.manual_ack_set(True)
        async with client:
            await client.subscribe([(f"{self.settings.topics}/{kind}", 1) for kind in KINDS])
            self.listening.set()
            LOG.info("mqtt listens at %s", self.settings.topics)
            async for message in client.messages:
                await self._take(str(message.topic).rpartition("/")[2], message.payload)
                inner.ack(message.mid, message.qos)

    def _client(self) -> aiomqtt.Client:
        assert self.settings.url is not None
        url = urlsplit(self.settings.url.get_secret_value())
        secure = url.scheme == "mqtts"
        return aiomqtt.Client(
            str(url.hostname),
            url.port or (8883 if secure else 1883),
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            tls_context=ssl.create_default_context() if secure else None,
            identifier=NAME,
            clean_session=False,
            timeout=10,
        )

    async def _take(self, kind: str, payload: object) -> None:
        """Deliver one message, however long the database is away. Raises nothing about its content."""
        pause = SHORTEST_PAUSE_S
        while True:
            try:
                return await self._deliver(kind, payload if isinstance(payload, bytes) else str(payload).encode())
            except (DatabaseAway, TooSlow) as error:
                LOG.warning("mqtt keeps a message: %s", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _deliver(self, kind: str, payload: bytes) -> None:
        sender = await self._whom()
        try:
            taken = await deliver(self.database, sender.scope, kind, payload, sender.username)
        except Refused as refused:
            rows = len({refusal.row for refusal in refused.refusals})
            why = Counter(refusal.why for refusal in refused.refusals)
            self.counted["refused"] += rows
            LOG.warning("mqtt: %s rows of %s refused: %s", rows, kind, dict(why))
        else:
            self.counted.update(accepted=taken.accepted, repeated=taken.repeated)

    async def _whom(self) -> Principal:
        """Return the account in whose name drones report. Raises NotAllowed where there is none, or it was shut out."""
        if self._sender is None or time.monotonic() > self._sender_until:
            async with self.database.gate() as connection:
                self._sender = await by_name(connection, self.settings.account)
            self._sender_until = time.monotonic() + FRESH_S
        if self._sender is None:
            raise NotAllowed
        return self._sender
