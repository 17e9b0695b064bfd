-- Flights, teams on foot and events of one area in the 24 hours before a moment. Nothing is under way for longer than twelve
-- hours: an unfinished older flight was never closed.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), patrols AS (
    SELECT count(*) FILTER (WHERE (f.ended_at IS NULL OR f.ended_at > :at)
                                  AND f.started_at > CAST(:at AS timestamptz) - interval '12 hours') AS in_air,
           count(*) AS flights,
           -- A flight in the air is as old as its last position, not as young as the question.
           max(CASE WHEN f.ended_at <= :at THEN f.ended_at ELSE coalesce((
               SELECT max(t.at) FROM track_point t
               WHERE t.flight_id = f.id AND t.at >= f.started_at AND t.at <= :at), f.started_at) END) AS flights_at
    FROM flight f
    WHERE f.started_at <= :at AND f.started_at > CAST(:at AS timestamptz) - interval '36 hours'
      AND f.path <@ (SELECT path FROM asked)
      AND greatest(f.started_at, f.ended_at) > CAST(:at AS timestamptz) - interval '24 hours'
), walks AS (
    SELECT count(*) FILTER (WHERE (g.ended_at IS NULL OR g.ended_at > :at)
                                  AND g.started_at > CAST(:at AS timestamptz) - interval '12 hours') AS on_foot,
           max(CASE WHEN g.ended_at <= :at THEN g.ended_at ELSE coalesce((
               SELECT max(t.at) FROM ground_point t
               WHERE t.patrol_id = g.id AND t.at >= g.started_at AND t.at <= :at), g.started_at) END) AS walks_at
    FROM ground_patrol g
    WHERE g.started_at <= :at AND g.started_at > CAST(:at AS timestamptz) - interval '36 hours'
      AND g.path <@ (SELECT path FROM asked)
      AND greatest(g.started_at, g.ended_at) > CAST(:at AS timestamptz) - interval '24 hours'
), events AS (
    SELECT count(*) AS events, max(at) AS events_at FROM patrol_event
    WHERE at > CAST(:at AS timestamptz) - interval '24 hours' AND at <= :at AND path <@ (SELECT path FROM asked)
)
SELECT patrols.*, walks.*, events.* FROM asked, patrols, walks, events
