"""Move what happened to homes by whole days, so that on any later day some are due today and some changed today.

Moved are households that are or were followed, and those that changed in the last days. What somebody entered after the
demo was made keeps its time, and so does everything about that household; a first finding that follows nobody stays
where it is, so that the city is known at every past moment.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from geodata.demo.rules.states import Clock

RECENT_S = 2 * 86_400
"""How long before the demo's first day a change counts as recent, in seconds."""


def _later(moment: str) -> str:
    """SQL for a moment moved by the days; today's happenings are squeezed together where now is earlier than then."""
    moved = f"({moment} + b.days)"
    return f"CASE WHEN {moved} <= b.midnight THEN {moved} ELSE b.midnight + ({moved} - b.midnight) * b.pace END"


_BY = text(
    """CREATE TEMP TABLE moved_by ON COMMIT DROP AS SELECT make_interval(hours => 24 * CAST(:days AS int)) AS days,
       CAST(:days AS int) AS whole, to_timestamp(:midnight) AS midnight, CAST(:pace AS float8) AS pace,
       to_timestamp(:now) AS now"""
)
_MOVED = text(
    """CREATE TEMP TABLE moved ON COMMIT DROP AS
       SELECT s.household_id, s.began, row_number() OVER (PARTITION BY s.household_id ORDER BY s.began DESC) AS turn,
              t.follow_days IS NULL AND s.first AS stays
       FROM (SELECT household_id
             FROM household_finding s JOIN scheme_state t ON t.id = s.state_id GROUP BY household_id
             HAVING max(began) < to_timestamp(:made) + interval '1 second'
                AND (bool_or(t.follow_days IS NOT NULL) OR count(*) > 1 AND max(began) >= to_timestamp(:recent))) m
       JOIN household_finding s ON s.household_id = m.household_id JOIN scheme_state t ON t.id = s.state_id
       WHERE NOT EXISTS (SELECT FROM household_entry e WHERE e.household_id = m.household_id)"""
)
_FINDINGS = text(
    f"""UPDATE household_finding s SET began = {_later("s.began")}, entered_at = least({_later("s.entered_at")}, b.now)
       FROM moved m, moved_by b
       WHERE m.household_id = s.household_id AND m.began = s.began AND m.turn = :turn AND NOT m.stays"""  # noqa: S608 -- our own SQL
)
_PAST = (
    text("DELETE FROM household_past WHERE household_id IN (SELECT household_id FROM moved)"),
    text(
        """INSERT INTO household_past (household_id, state_id, next_state_id, valid, area_id, path)
           SELECT household_id, state_id, next_state_id, tstzrange(began, until), area_id, path
           FROM (SELECT *, lead(began) OVER later AS until, lead(state_id) OVER later AS next_state_id
                 FROM household_finding WHERE household_id IN (SELECT household_id FROM moved)
                 WINDOW later AS (PARTITION BY household_id ORDER BY began)) f WHERE until IS NOT NULL"""
    ),
)
_HOUSEHOLDS = text(
    f"""UPDATE household h SET since = {_later("h.since")}, due_on = h.due_on + b.whole
       FROM moved m, moved_by b WHERE m.household_id = h.id AND m.turn = 1 AND NOT m.stays"""  # noqa: S608 -- our own SQL
)


def move(connection: Connection, then: Clock, at: Clock) -> datetime:
    """Move homes from the day of `then` to the day of `at`; return the moment at which they are as if just made.

    The newest finding of each household makes way first, so that no two ever begin at once.
    """
    of_day, passed = then.now - then.midnight, at.now - at.midnight
    pace = min(1.0, passed / max(of_day, 1))
    days = at.today - then.today
    connection.execute(_BY, {"days": days, "midnight": at.midnight, "pace": pace, "now": at.now})
    connection.execute(_MOVED, {"made": then.now, "recent": then.midnight - RECENT_S})
    connection.execute(text("ANALYZE moved"))
    turns = connection.scalar(text("SELECT coalesce(max(turn), 0) FROM moved")) or 0
    for turn in range(1, turns + 1):
        connection.execute(_FINDINGS, {"turn": turn})
    for statement in (*_PAST, _HOUSEHOLDS):
        connection.execute(statement)
    return datetime.fromtimestamp(at.midnight + min(of_day, passed), UTC)
