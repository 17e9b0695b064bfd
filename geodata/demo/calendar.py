"""Move what happened to homes by whole days, so that on any later day some are due today and some changed today.

What somebody entered after the demo was made keeps its time, and so does everything about that household; a first
finding that follows nobody stays where it is, so that the city is known at every past moment.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from geodata.demo.rules.states import Clock


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
       SELECT household_id AS id, min(lower(valid)) AS first FROM household_state s JOIN scheme_state t ON t.id = s.state_id
       GROUP BY household_id
       HAVING max(lower(valid)) < to_timestamp(:made) + interval '1 second'
          AND (count(*) > 1 OR bool_or(t.follow_days IS NOT NULL))"""
)
_INTERVALS = text(
    f"""UPDATE household_state s SET
           valid = tstzrange(CASE WHEN lower(s.valid) = m.first AND t.follow_days IS NULL THEN m.first
                                  ELSE {_later("lower(s.valid)")} END, {_later("upper(s.valid)")}),
           entered_at = least({_later("s.entered_at")}, b.now)
       FROM moved m, scheme_state t, moved_by b WHERE m.id = s.household_id AND t.id = s.state_id"""  # noqa: S608 -- our own SQL
)
_HOUSEHOLDS = text(
    f"""UPDATE household h SET since = {_later("h.since")}, due_on = h.due_on + b.whole
       FROM moved m, moved_by b WHERE m.id = h.id"""  # noqa: S608 -- our own SQL
)
_EXCLUSION = text(
    """SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE conrelid = 'household_state'::regclass AND contype = 'x'"""
)


def move(connection: Connection, then: Clock, at: Clock) -> datetime:
    """Move homes from the day of `then` to the day of `at`; return the moment at which they are as if just made.

    Intervals of one household overlap while they are moved one after the other, so the rule against it is put back
    (and checked) at the end.
    """
    days = at.today - then.today
    of_day = then.now - then.midnight
    pace = min(1.0, (at.now - at.midnight) / max(of_day, 1))
    connection.execute(_BY, {"days": days, "midnight": at.midnight, "pace": pace, "now": at.now})
    connection.execute(_MOVED, {"made": then.now})
    connection.execute(text("CREATE UNIQUE INDEX ON moved (id)"))
    connection.execute(text("ANALYZE moved"))
    rules = connection.execute(_EXCLUSION).all()
    for rule in rules:
        connection.exec_driver_sql(f'ALTER TABLE household_state DROP CONSTRAINT "{rule.name}"')
    connection.execute(_INTERVALS)
    connection.execute(_HOUSEHOLDS)
    connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    for rule in rules:
        connection.exec_driver_sql(f'ALTER TABLE household_state ADD CONSTRAINT "{rule.name}" {rule.definition}')
    return datetime.fromtimestamp(at.midnight + min(of_day, at.now - at.midnight), UTC)
