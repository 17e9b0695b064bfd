-- Flights and events of one area in the 24 hours before a moment.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), patrols AS (
    SELECT count(*) FILTER (WHERE f.ended_at IS NULL OR f.ended_at > :at) AS in_air, count(*) AS flights,
           -- A flight in the air is as old as its last position, not as young as the question.
           max(CASE WHEN f.ended_at <= :at THEN f.ended_at ELSE coalesce((
               SELECT max(t.at) FROM track_point t
               WHERE t.flight_id = f.id AND t.at >= f.started_at AND t.at <= :at), f.started_at) END) AS flights_at
    FROM flight f
    WHERE f.started_at <= :at AND f.path <@ (SELECT path FROM asked)
      AND (f.ended_at IS NULL OR f.ended_at > CAST(:at AS timestamptz) - interval '24 hours')
), events AS (
    SELECT count(*) AS events, max(at) AS events_at FROM patrol_event
    WHERE at > CAST(:at AS timestamptz) - interval '24 hours' AND at <= :at AND path <@ (SELECT path FROM asked)
)
SELECT patrols.*, events.* FROM asked, patrols, events
