"""Everything the environment may say, checked together at the start; nothing else in the program reads it."""

import os
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geodata.errors import WanggeError
from geodata.retention import ARRIVALS, PASSAGES, STAFFING, TELEMETRY

PROJECT = Path(__file__).parent.parent
POSTGRES_SCHEMES = {"postgresql", "postgres"}


class BadSettings(WanggeError):
    """Settings that the program must not start with: which variable, and why."""

    key = "error.bad_settings"


class DatabaseSettings(BaseSettings):
    """Where the data are. Without `DATABASE_URL` the program runs a private cluster in `POSTGIS_FOLDER`."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: SecretStr | None = None
    database_read_url: SecretStr | None = None
    postgis_folder: Path = PROJECT / ".postgis"
    statement_timeout_s: float = Field(default=8, gt=0, le=300)
    database_pool: int = Field(default=8, ge=1, le=64)

    @field_validator("database_url", "database_read_url", mode="before")
    @classmethod
    def _nothing_is_none(cls, value: object) -> object:
        return value or None

    @field_validator("database_url", "database_read_url")
    @classmethod
    def _names_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and urlsplit(value.get_secret_value()).scheme not in POSTGRES_SCHEMES:
            raise ValueError("must begin with postgresql://")
        return value

    @model_validator(mode="after")
    def _replica_needs_a_primary(self) -> Self:
        if self.database_read_url and not self.database_url:
            raise ValueError("DATABASE_READ_URL names a replica, so DATABASE_URL must name its primary")
        return self


class WebSettings(BaseSettings):
    """How the server listens and whom it trusts."""

    model_config = SettingsConfigDict(extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8050, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    secret_key: SecretStr | None = None
    """Signs cookies; without it the one made with the database is used."""
    behind_tls: bool = False
    """Marks cookies Secure and sends HSTS; set it where a proxy speaks TLS for us."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses whose X-Forwarded-… headers are believed, separated by commas."""
    session_hours: float = Field(default=12, gt=0, le=24 * 31)
    tile_cache_mb: int = Field(default=256, ge=0, le=65536)
    feeds_at_once: int = Field(default=4, ge=1, le=64)
    """Deliveries that one process writes at the same time; each holds one connection of its pool."""
    feeds_waiting: int = Field(default=60, ge=0, le=10_000)
    """Deliveries more that wait in one process; whoever comes then is told to come again (429)."""
    import_mb: int = Field(default=512, ge=1, le=2048)
    """Megabytes that one file brought on the page may have; the command line takes up to 2 GB."""

    @field_validator("secret_key")
    @classmethod
    def _is_a_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("must be at least 32 characters long; leave it unset to use the database's own")
        return value


class BaseMapSettings(BaseSettings):
    """A city's own base map under the data; without one the base map comes out of PostGIS."""

    model_config = SettingsConfigDict(extra="ignore", env_prefix="base_map_")

    kind: Literal["none", "xyz", "wmts", "pmtiles", "mbtiles"] = "none"
    address: str = ""
    """A URL with {z}/{x}/{y} in the closed network, a WMTS address, or a file."""
    coordinates: Literal["", "wgs84", "cgcs2000", "gcj02", "bd09"] = ""
    attribution: str = ""
    key: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _says_its_coordinates(self) -> Self:
        if self.kind == "none":
            return self
        if not self.address:
            raise ValueError("BASE_MAP_ADDRESS must say where the base map is")
        if not self.coordinates:
            raise ValueError("BASE_MAP_COORDINATES must name its coordinate system: wgs84, cgcs2000, gcj02 or bd09")
        return self


class KeepingSettings(BaseSettings):
    """How many days single records stay; what was counted of them stays for ever. 0 keeps them too."""

    model_config = SettingsConfigDict(extra="ignore")

    passage_days: int = Field(default=30, ge=0, le=3650)
    telemetry_days: int = Field(default=30, ge=0, le=3650)
    """Of positions of drones and of patrols on foot."""
    staffing_days: int = Field(default=400, ge=0, le=3650)
    """Of shifts at checkpoints."""
    arrival_days: int = Field(default=400, ge=0, le=3650)
    """Of deliveries and settled rows; a refused row that waits never leaves."""

    def by_table(self) -> dict[str, int]:
        """Return the days that each table keeps its rows."""
        kept = {
            PASSAGES: self.passage_days,
            TELEMETRY: self.telemetry_days,
            STAFFING: self.staffing_days,
            ARRIVALS: self.arrival_days,
        }
        return {table: days for tables, days in kept.items() for table in tables}


class MqttSettings(BaseSettings):
    """Where drones speak MQTT; off unless `MQTT_URL` names a broker of the city's own network."""

    model_config = SettingsConfigDict(extra="ignore", env_prefix="mqtt_")

    url: SecretStr | None = None
    """`mqtt://user:password@host:1883`, or `mqtts://` over TLS."""
    account: str = ""
    """The account whose areas what arrives may speak of; it is named as the sender."""
    topics: str = "wangge/feeds"
    """What stands before the kind in a topic: `wangge/feeds/telemetry`."""

    @field_validator("url", mode="before")
    @classmethod
    def _nothing_is_none(cls, value: object) -> object:
        return value or None

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if self.url is None:
            return self
        found = urlsplit(self.url.get_secret_value())
        if found.scheme not in ("mqtt", "mqtts") or not found.hostname:
            raise ValueError("MQTT_URL must begin with mqtt:// or mqtts:// and name a host")
        if not self.account:
            raise ValueError("MQTT_ACCOUNT must name the account in whose areas drones report")
        if not self.topics or set("+#") & set(self.topics):
            raise ValueError("MQTT_TOPICS must be the beginning of topics, without + and #")
        return self


class Settings:
    """All settings, read once."""

    def __init__(self) -> None:
        """Read the environment. Raises BadSettings with every variable that is wrong and why."""
        try:
            self.database = DatabaseSettings()
            self.web = WebSettings()
            self.base_map = BaseMapSettings()
            self.keeping = KeepingSettings()
            self.mqtt = MqttSettings()
        except ValidationError as error:
            raise BadSettings(why="; ".join(map(_sentence, error.errors()))) from error


def _sentence(problem: object) -> str:
    """Return `VARIABLE: what is wrong with it`, never the value, which may be a password."""
    assert isinstance(problem, dict)
    name = "_".join(map(str, problem["loc"])).upper()
    said = str(problem["msg"]).removeprefix("Value error, ")
    return f"{name}: {said}" if name else said


def hand_over(database_url: str) -> None:
    """Tell the application, and the worker processes it may run in, which database the command opened."""
    os.environ["DATABASE_URL"] = database_url
