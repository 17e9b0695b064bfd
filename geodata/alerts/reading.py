"""Alerts of an area as people read them: how many are open, and a feed that stays readable when thousands fire at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code, statement
from geodata.errors import UnknownFeature

FEW = 3
"""Alerts of one rule in one area that are told one by one; more are one line."""
LINES = 40
"""Lines of a feed: more of them nobody reads."""
MOST = 500
"""Alerts of one rule that are told one by one to whoever asks for that rule alone."""
BIGGEST = 2**63
AGES = ("under_1h", "under_6h", "under_24h", "older")
SEVERITIES = ("severe", "warning", "information")
_JOURNAL = text("SELECT what, by, at, told FROM alert_event WHERE alert_id = :id ORDER BY at, id")


async def counts(
    connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None
) -> dict[str, Any]:
    """Return the open alerts below an area by severity and by age, with the time for which that is known.

    A future moment is told as the present one. Takes a present or older code; a reader without homes gets no count.
    Raises UnknownArea.
    """
    code, moment, past = await current_code(connection, code), _known(now, at), _is_past(now, at)
    row = (await connection.execute(statement("alert_open"), {"code": code, "at": moment})).one()
    found = row._asdict()
    judged = found.pop("judged_at")
    if not found.pop("homes"):
        return {"data_time": None}
    return {
        "data_time": moment if past else judged,
        "open": found["open"],
        "unseen": found["unseen"],
        "unassigned": found["unassigned"],
        "by_severity": {name: found[name] for name in SEVERITIES},
        "by_age": {name: found[name] for name in AGES},
    }


async def feed(
    connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None, rule: str | None = None
) -> dict[str, Any]:
    """Return `{data_time, rows, more}`: what must be seen first first, many of one rule and area in one row.

    With a `rule` every alert of it has its own row. `more` counts the alerts that no row speaks of. Raises UnknownArea.
    """
    code, moment = await current_code(connection, code), _known(now, at)
    few, lines = (FEW, LINES) if rule is None else (2**31 - 1, MOST)
    binds = {"code": code, "at": moment, "rule": rule, "few": few, "limit": lines}
    rows = (await connection.execute(statement("alert_feed"), binds)).mappings().all()
    judged = (await connection.execute(statement("alert_judged"))).scalar()
    told = [line(dict(row)) for row in rows]
    every = rows[0]["every"] if rows else 0
    return {
        "data_time": moment if _is_past(now, at) else judged,
        "rows": told,
        "more": every - sum(row["n"] for row in told),
    }


async def one(connection: AsyncConnection, alert_id: int) -> dict[str, Any]:
    """Return one alert, open or closed, with its journal and who could take it. Raises UnknownFeature."""
    row = None
    if 0 < alert_id < BIGGEST:
        row = (await connection.execute(statement("alert_one"), {"id": alert_id})).mappings().one_or_none()
    if row is None:
        raise UnknownFeature(layer="alerts", id=alert_id)
    journal = (await connection.execute(_JOURNAL, {"id": alert_id})).mappings()
    leaders = row["leaders"] or []
    return {**said(dict(row)), "leaders": leaders, "journal": [dict(step) for step in journal]}


def line(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the feed with its text in both languages in place of the templates."""
    row.pop("every")
    row["leaders"] = row["leaders"] or []
    return said(row, area=row["area_name"], n=row["n"])


def said(row: dict[str, Any], **more: object) -> dict[str, Any]:
    """Return a row with `title` and `text` in both languages in place of the rule's templates."""
    facts = {**row["facts"], **more, "name": row["name"]}
    title = {language: row.pop(f"title_{language}") for language in ("zh", "en")}
    return row | {"title": title, "text": {name: _filled(row.pop(name), facts) for name in ("zh", "en")}}


def _filled(template: str, facts: dict[str, Any]) -> str:
    """Return a rule's text; a fact that older alerts do not have stays a dash."""
    return template.format_map(_Facts(facts))


class _Facts(dict[str, Any]):
    def __missing__(self, _key: str) -> str:
        return "—"


def _is_past(now: datetime, at: datetime | None) -> bool:
    return at is not None and at < now


def _known(now: datetime, at: datetime | None) -> datetime:
    return at if at is not None and at < now else now
