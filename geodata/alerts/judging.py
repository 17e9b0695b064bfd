"""Looking for causes: each active rule in one set-based statement; what is new fires, what is gone closes itself."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DBAPIError

from geodata.alerts.declaration import Kind
from geodata.alerts.registry import all_kinds
from geodata.areas import SQL, statement
from geodata.database import Database
from geodata.errors import DatabaseAway, WanggeError

LOG = logging.getLogger(__name__)
TOLD_EVERY = timedelta(seconds=30)
"""How often it is told that a rule was judged and nothing has changed: walls show the age of what they show."""
LONGEST_MS = 20_000
_TURN = text("SELECT pg_try_advisory_xact_lock(hashtext('wangge alerts'))")
_BOUND = text(f"SET LOCAL statement_timeout = {LONGEST_MS}")
_RULES = text(
    "SELECT r.id, r.code, r.kind, r.severity, r.threshold, r.level, r.minutes FROM alert_rule r WHERE r.active "
    "ORDER BY r.id"
)
_OFF = text(
    "SELECT EXISTS (SELECT FROM alert a JOIN alert_rule r ON r.id = a.rule_id WHERE a.gone_at IS NULL AND NOT r.active)"
)
_LATELY = text("SELECT EXISTS (SELECT FROM alert_judged WHERE rule_id = :rule AND at > :since AND at <= :now)")
_JUDGED = text(
    "INSERT INTO alert_judged (rule_id, at) VALUES (:rule, :now) ON CONFLICT (rule_id) DO UPDATE SET at = excluded.at"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one look at the rules has found: alerts that fired, whose facts changed, and that closed themselves."""

    fired: int = 0
    changed: int = 0
    gone: int = 0

    def __add__(self, other: "Judged") -> "Judged":
        return Judged(self.fired + other.fired, self.changed + other.changed, self.gone + other.gone)


def judge_all(database: Database, now: datetime, tables: Collection[str] | None = None) -> Judged:
    """Judge every active rule, or those that news of `tables` may concern, each in a transaction of its own.

    Leaves it to another process that is at it. A rule that cannot be judged takes no other with it. Raises DatabaseAway.
    """
    kinds = {kind.id for kind in all_kinds().values() if tables is None or kind.tables & set(tables)}
    with database.owner() as connection:
        rules = [rule for rule in connection.execute(_RULES).mappings() if rule["kind"] in kinds]
        if connection.scalar(_OFF) and connection.scalar(_TURN):
            connection.execute(statement("alert_rules_off"), {"now": now})
    return sum((_alone(database, dict(rule), now) for rule in rules), Judged())


def judge_here(connection: Connection, now: datetime) -> Judged:
    """Judge every active rule in the caller's transaction, as the owner: for a city that has just been loaded."""
    return sum((judge(connection, dict(rule), now) for rule in connection.execute(_RULES).mappings().all()), Judged())


def _alone(database: Database, rule: dict[str, Any], now: datetime) -> Judged:
    try:
        with database.owner() as connection:
            return judge(connection, rule, now) if connection.scalar(_TURN) else Judged()
    except DatabaseAway:
        raise
    except (WanggeError, DBAPIError):
        LOG.exception("the rule %s cannot be judged", rule["code"])
        return Judged()


def judge(connection: Connection, rule: dict[str, Any], now: datetime) -> Judged:
    """Judge one rule in the caller's transaction, as the owner."""
    connection.execute(_BOUND)
    facts = {name: rule[name] for name in ("severity", "threshold", "level", "minutes")}
    judging = _judging(all_kinds()[rule["kind"]])
    found = tuple(connection.execute(judging, facts | {"rule": rule["id"], "now": now}).one())
    look = {"rule": rule["id"], "now": now, "since": now - TOLD_EVERY}
    if any(found) or not connection.scalar(_LATELY, look):
        connection.execute(_JUDGED, look)
    return Judged(*found)


def _judging(kind: Kind) -> TextClause:
    """Return the statement that judges a kind: the common one around the kind's own query."""
    frame = (SQL / "alert_judge.sql").read_text(encoding="utf-8")
    query = (SQL / f"{kind.query}.sql").read_text(encoding="utf-8")
    return text(frame.replace("{found}", query))
