"""What one process holds: the database, the news of it, readers, tiles; and how it comes to know its city."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from app.base_map import base_map
from app.errors import OldSchema
from app.import_workshop import ImportWorkshop
from app.mqtt import Drones
from app.press_making import Maker
from app.press_workshop import Workshop
from app.settings import Settings
from app.signin import OF_SENDERS, Readers
from app.upkeep import Upkeep
from callbacks.services import Services
from geodata import ledger, retention, schema, upkeep
from geodata.account_keeping import ensure_secret
from geodata.alerts.watch import Watch
from geodata.database import Database
from geodata.errors import DatabaseAway, WanggeError
from geodata.installation import Installation, owner_installation
from geodata.news import Item, News
from geodata.schemes import versions
from geodata.words import say
from layers.render.tiles import TileServer

LOG = logging.getLogger(__name__)
PATIENCE_S = 5.0
"""Seconds that the start waits for the database before it serves without it."""
CLEARED_FIRST_S, CLEARED_EVERY_S = 10.0, 300.0
"""Seconds before the first and between two looks for households that are cleared without a confirmation."""
COUNTED_EVERY_S = 5.0
"""Seconds between two counts of single passages: a post that tells every minute is counted once for several of them."""
LEFT_FIRST_S, LEFT_EVERY_S = 60.0, 3600.0
"""Seconds before the first and between two looks for single records that have stayed long enough."""
LONGEST_END_S = 7.0
"""Seconds that the end waits for what is under way: a connection that is cut while it opens is never closed."""
UNSHOWN = {"session", "api_token", "display", *OF_SENDERS}
"""Tables of which no page shows anything."""
ABOUT_CITY = {"area", "colour_scheme", "scheme_state"}
"""Tables whose change may give the city another name, or another scheme to be checked."""


class House:
    """Everything that lives as long as the process; heals by itself when the database comes back."""

    def __init__(self, settings: Settings, database: Database) -> None:
        """Open nothing yet but the base map's file. Raises BadSettings."""
        web = settings.web
        self.base_map = base_map(settings.base_map)
        self.settings = settings
        self.database = database
        self.news = News(database)
        self.services = Services(database, Installation(), now, self.news)
        replica = settings.database.database_read_url is not None
        self.tiles = TileServer(
            database,
            now,
            self.installation.zone,
            cache_bytes=web.tile_cache_mb << 20,
            replica_lag_s=5 if replica else 0,
        )
        self.readers = Readers(database, self.secret)
        self.watch = Watch(database, now)
        self.maker = Maker(database, lambda: self.installation, now)
        self.workshop = Workshop(self.maker, database, self.demand_ready)
        self.imports = ImportWorkshop(database, web.import_mb << 20)
        self.upkeep = Upkeep(self.demand_ready)
        self.listeners: list[Callable[[Item], None]] = []
        self._secret = web.secret_key.get_secret_value() if web.secret_key else ""
        self._known = asyncio.Event()
        self._refusal: WanggeError | None = None
        self._bell = asyncio.Event()
        self._ending = asyncio.Event()
        self._learning: asyncio.Task[None] | None = None
        self._clearing: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self.drones = Drones(settings.mqtt, database) if settings.mqtt.url else None
        self._hearing: asyncio.Task[None] | None = None

    @property
    def installation(self) -> Installation:
        """What the city is, as far as is known."""
        return self.services.installation

    def over_tls(self, scheme: str) -> bool:
        """Say whether a browser speaks TLS with us or with the proxy before us (whose word uvicorn has checked)."""
        return self.settings.web.behind_tls or scheme == "https"

    async def start(self) -> None:
        """Begin to listen; wait a little for the database, but not for ever."""
        self.news.subscribe(self._heard)
        self.news.start()
        self._clearing = asyncio.get_running_loop().create_task(self._clear_for_ever())
        self._watching = asyncio.get_running_loop().create_task(self.watch.for_ever(self.demand_ready))
        self.workshop.start()
        self.imports.start()
        self._keep_up()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._known.wait(), PATIENCE_S)
        if not self._known.is_set():
            LOG.warning("the database cannot be reached; serving without it until it can")

    async def stop(self) -> None:
        """Close everything."""
        self._ending.set()
        self.watch.stop()
        if self._hearing is not None:
            self._hearing.cancel()
        await self.workshop.stop()
        await self.imports.stop()
        await self.upkeep.stop(LONGEST_END_S)
        tasks = [task for task in (self._learning, self._clearing, self._watching, self._hearing) if task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=LONGEST_END_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self.news.stop()
        await self.tiles.close()
        await self.database.close()

    def _keep_up(self) -> None:
        """Begin what is done for the database again and again, and to hear drones."""
        if self.drones is not None:
            self._hearing = asyncio.get_running_loop().create_task(self.drones.for_ever())
        count = partial(upkeep.count_passages, self.database)
        self.upkeep.every(COUNTED_EVERY_S, "counting passages", count, first_s=COUNTED_EVERY_S)
        self.upkeep.every(LEFT_EVERY_S, "retention", self._let_leave, first_s=LEFT_FIRST_S)

    async def _let_leave(self) -> None:
        """Let go what is older than the settings say."""
        keep = self.settings.keeping.by_table()
        for left in await asyncio.to_thread(retention.leave, self.database, keep, now=now()):
            if left.days or left.rows:
                LOG.info(
                    "%s: %s days and %s rows before %s have left", left.table, len(left.days), left.rows, left.first
                )

    def demand_ready(self) -> None:
        """Raise DatabaseAway before the database was ever seen, OldSchema where it cannot be used as it is."""
        if self._refusal is not None:
            raise self._refusal
        if not self._known.is_set():
            raise DatabaseAway

    async def secret(self) -> str:
        """Return the secret that cookies are signed with. Raises DatabaseAway."""
        self.demand_ready()
        return self._secret

    async def wait_for_news(self, seconds: float) -> bool:
        """Wait for a committed change to what pages show; say whether there was one."""
        try:
            await asyncio.wait_for(self._bell.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _heard(self, item: Item) -> None:
        """Tell everybody in this process what changed, whoever decides about rights first."""
        self.readers.heard(item)
        self.watch.heard(item)
        if item.what == "changed":
            self.tiles.changed(item.table, item.box)
        else:
            self.tiles.forget()
        for listener in self.listeners:
            listener(item)
        if item.what == "found" or (item.what == "changed" and item.table in ABOUT_CITY):
            self._learn_soon()
        if item.what != "changed" or item.table not in UNSHOWN:
            self._ring()

    def _ring(self) -> None:
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()

    def _learn_soon(self) -> None:
        if self._learning is None or self._learning.done():
            self._learning = asyncio.get_running_loop().create_task(self._learn())

    async def _learn(self) -> None:
        """Look at what the database is; keep trying until it can be used."""
        while True:
            try:
                found, secret = await asyncio.to_thread(self._look)
            except OldSchema as refusal:
                self._refusal = refusal
                LOG.warning("schema %s, needed %s", refusal.facts["found"], refusal.facts["wanted"])
            except WanggeError as error:
                LOG.info("cannot read what the city is: %s", error)
            else:
                # The one place where what callbacks were given changes: the city was not known when they were made.
                object.__setattr__(self.services, "installation", found)
                self.tiles.zone = found.zone
                if self.settings.web.secret_key is None:
                    self._secret = secret
                self._refusal = None
                self._known.set()
                return
            if await self._ends_within(2):
                return

    async def _clear_for_ever(self) -> None:
        """Clear what clears by itself, soon after each midnight; several processes do it in turn and nothing twice."""
        pause = CLEARED_FIRST_S
        while not await self._ends_within(pause):
            pause = CLEARED_EVERY_S
            try:
                self.demand_ready()
                await ledger.clear_automatically(self.database)
            except WanggeError as error:
                LOG.warning("automatic clearing waits: %s", error)

    async def _ends_within(self, seconds: float) -> bool:
        """Wait; say whether the end has come meanwhile."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)
        return self._ending.is_set()

    def _look(self) -> tuple[Installation, str]:
        """Return the installation and its secret. Raises OldSchema, DatabaseAway."""
        with self.database.owner() as connection:
            version, wanted = schema.current(connection), schema.head()
            if version != wanted:
                raise OldSchema(found=version or "0", wanted=wanted)
            found = replace(owner_installation(connection), faulty_scheme=_faulty_scheme(connection))
            return found, ensure_secret(connection)


def _faulty_scheme(connection: Connection) -> bool:
    """Check the colour scheme in force; it stays in use whatever is wrong, for a wall must not go dark over it."""
    version = versions.in_force(connection)
    found = versions.faults_of(connection, version)
    for fault in found:
        day = version.valid_from if version is not None else ""
        LOG.warning("%s", say("scheme.in_force", "en", day=day, fault=fault.sentence("en")))
    return bool(found)


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)
