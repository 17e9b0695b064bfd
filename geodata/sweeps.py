"""Sweeps: rounds in which every household is asked, how far they are against their pace, and who was not asked yet."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import errors as driver
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code, statement
from geodata.errors import BadValue, NotAllowed, RoundsOverlap, UnknownArea, UnknownFeature
from geodata.model import Role
from geodata.scope import Scope

OPENERS = frozenset({Role.OFFICER, Role.COMMAND})
"""Roles that open rounds; whoever writes at all says whom they asked."""
MOST = 2000
LONGEST_DAYS = 92
_OPEN = text(
    "INSERT INTO sweep (number, name, starts_on, ends_on, target, created_by, client_id, area_id, path) "
    "SELECT coalesce((SELECT max(number) FROM sweep WHERE area_id = a.id), 0) + 1, :name, :starts_on, :ends_on, :target, "
    ":by, :client, a.id, a.path FROM area a WHERE a.code = :code RETURNING id"
)
_KNOWN = text("SELECT id FROM sweep WHERE client_id = :client")
_NOTE = text("SELECT note_asked(:doors, CAST(:moments AS timestamptz[]), :by)")
_ANSWER = text(
    """WITH sent AS (
        SELECT u.* FROM unnest(CAST(:doors AS bigint[]), CAST(:clients AS uuid[]), CAST(:moments AS timestamptz[]))
            WITH ORDINALITY AS u(door, client, moment, nth)
    ), fit AS (
        SELECT DISTINCT ON (h.id) h.id, h.area_id, h.path, sent.client, sent.moment FROM sent JOIN household h ON h.id = sent.door
        WHERE (SELECT area_id FROM sweep WHERE id = :round) = ANY (string_to_array(h.path::text, '.')::int[])
        ORDER BY h.id, sent.nth
    ), kept AS (
        INSERT INTO sweep_answer (sweep_id, household_id, at, entered_by, client_id, area_id, path)
            SELECT :round, id, moment, :by, client, area_id, path FROM fit ORDER BY area_id, id
        ON CONFLICT DO NOTHING RETURNING household_id, client_id
    )
    SELECT sent.client AS client_id, sent.door AS household,
           CASE WHEN kept.household_id IS NOT NULL THEN 'recorded' WHEN fit.id IS NOT NULL THEN 'known' ELSE 'refused' END
               AS outcome
    FROM sent LEFT JOIN fit ON fit.id = sent.door LEFT JOIN kept ON kept.client_id = sent.client ORDER BY sent.nth"""
)


def demand_opener(scope: Scope) -> None:
    """Raise NotAllowed where a reader's role does not open rounds."""
    if scope.role not in OPENERS:
        raise NotAllowed


async def rounds(
    connection: AsyncConnection, *, now: datetime, code: str | None = None, number: int | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """Return the rounds that the reader sees, those under way first; `code` keeps those that cover one area."""
    binds = {"now": now, "code": code, "round": number, "limit": limit}
    return [dict(row) for row in (await connection.execute(statement("sweep_rounds"), binds)).mappings()]


async def round_of(
    connection: AsyncConnection, code: str, *, now: datetime, number: int | None = None
) -> dict[str, Any]:
    """Return the asked round of an area, or the one under way, or the last. Raises UnknownFeature where there is none."""
    found = []
    if number is None or 0 < number < 2**31:
        found = await rounds(connection, now=now, code=code, number=number, limit=1)
    if not found:
        raise UnknownFeature(layer="sweep", id=number or code)
    return found[0]


async def progress(
    connection: AsyncConnection, code: str, *, now: datetime, number: int | None = None
) -> dict[str, Any]:
    """Return how far a round is in an area and in each area below it, worst first. Raises UnknownArea, UnknownFeature."""
    code = await current_code(connection, code)
    sweep = await round_of(connection, code, now=now, number=number)
    rows = (await connection.execute(statement("sweep_progress"), {"code": code, "round": sweep["id"]})).mappings()
    share = expected(sweep, now)
    parts = [paced(dict(row), share) for row in rows]
    below = sorted(parts[1:], key=lambda part: (part["share"] is None, (part["share"] or 0), part["code"]))
    return {"round": sweep, "at": now, **parts[0], "target": sweep["target"], "expected": share, "children": below}


def expected(sweep: Mapping[str, Any], now: datetime) -> float:
    """Return the share that is to be asked by now, if every hour of the round brings as many as any other."""
    gone = (now - sweep["begins_at"]) / (sweep["ends_at"] - sweep["begins_at"])
    return round(float(sweep["target"] * min(max(gone, 0.0), 1.0)), 4)


def paced(row: Mapping[str, Any], share: float) -> dict[str, Any]:
    """Return one area's numbers; behind is what lacks at least one whole household to the pace."""
    homes, asked = row["households"], row["asked"]
    own = {name: row[name] for name in ("code", "name", "level", "households", "asked")}
    if not homes:
        return {**own, "share": None, "behind": None}
    return {**own, "share": asked / homes, "behind": asked < int(share * homes)}


async def not_asked(
    connection: AsyncConnection,
    code: str,
    *,
    now: datetime,
    today: date,
    number: int | None = None,
    limit: int = MOST,
) -> list[dict[str, Any]]:
    """Return the households of a grid that were not asked in the round yet. Raises UnknownArea, UnknownFeature."""
    if not 1 <= limit <= MOST:
        raise BadValue(name="limit", value=limit, wanted=f"1–{MOST}")
    code = await current_code(connection, code)
    sweep = await round_of(connection, code, now=now, number=number)
    binds = {"code": code, "round": sweep["id"], "today": today, "limit": limit}
    return [dict(row) for row in (await connection.execute(statement("sweep_open"), binds)).mappings()]


async def open_round(
    connection: AsyncConnection,
    code: str,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    target: float,
    by: str,
    client_id: UUID,
    now: datetime,
) -> dict[str, Any]:
    """Open a round for an area of the reader's own, and return it. Raises UnknownArea, BadValue, RoundsOverlap."""
    if not 0 <= (ends_on - starts_on).days <= LONGEST_DAYS:
        raise BadValue(name="ends_on", value=ends_on, wanted=f"{starts_on} + 0–{LONGEST_DAYS}")
    code = await current_code(connection, code)
    known = await connection.scalar(_KNOWN, {"client": client_id})
    binds = {"code": code, "name": name, "starts_on": starts_on, "ends_on": ends_on, "target": target, "by": by}
    try:
        number = known or await connection.scalar(_OPEN, binds | {"client": client_id})
    except IntegrityError as error:
        if isinstance(error.orig, driver.ExclusionViolation):
            raise RoundsOverlap(starts_on=starts_on, ends_on=ends_on) from error
        if isinstance(error.orig, driver.UniqueViolation):
            raise BadValue(name="client_id", value=client_id, wanted="UUID") from error
        raise
    if number is None:
        raise UnknownArea(code=code)
    return (await rounds(connection, now=now, number=number))[0]


async def answer(
    connection: AsyncConnection, number: int, answers: Sequence[tuple[int, UUID, datetime]], *, by: str, now: datetime
) -> list[dict[str, Any]]:
    """Note who was asked, nothing having changed: (household, client id, when). Asked twice counts once.

    Outcomes in the same order: recorded, known (asked before) or refused (not in the round's area, or not the reader's).
    Raises UnknownFeature where the reader sees no such round.
    """
    if not 0 < number < 2**31 or not await rounds(connection, now=now, number=number):
        raise UnknownFeature(layer="sweep", id=number)
    doors, clients, moments = (list(column) for column in zip(*answers, strict=True)) if answers else ([], [], [])
    binds = {"round": number, "doors": doors, "clients": clients, "moments": moments, "by": by}
    return [dict(row) for row in (await connection.execute(_ANSWER, binds)).mappings()]


async def note_asked(connection: AsyncConnection, doors: Sequence[int], moments: Sequence[datetime], *, by: str) -> int:
    """Count households as asked in every round that each lies in at its moment; return how many answers are new.

    For whoever changes or clears households, in the same transaction.
    """
    binds = {"doors": list(doors), "moments": list(moments), "by": by}
    return int(await connection.scalar(_NOTE, binds) or 0)
