-- Hotels, clinics and patrols of one area as known at one moment.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), hotels AS (
    SELECT count(*) AS hotels, coalesce(sum(h.rooms), 0) AS rooms, sum(d.occupied) AS occupied,
           max(d.reported_at) AS hotels_at
    FROM hotel h
    LEFT JOIN LATERAL (
        SELECT occupied, reported_at FROM hotel_day
        WHERE hotel_id = h.id AND day <= local_day(:at) AND reported_at <= :at ORDER BY day DESC LIMIT 1) d ON true
    WHERE h.path <@ (SELECT path FROM asked)
), clinics AS (
    SELECT count(*) AS clinics,
           count(*) FILTER (WHERE reported_at <= :at) AS clinics_known,
           count(*) FILTER (WHERE reported_at <= :at AND status = 'open') AS clinics_open,
           count(*) FILTER (WHERE reported_at <= :at AND status = 'full') AS clinics_full,
           count(*) FILTER (WHERE reported_at <= :at AND status = 'closed') AS clinics_closed,
           max(reported_at) FILTER (WHERE reported_at <= :at) AS clinics_at
    FROM clinic WHERE path <@ (SELECT path FROM asked)
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
SELECT hotels.*, clinics.*, patrols.*, events.* FROM asked, hotels, clinics, patrols, events
