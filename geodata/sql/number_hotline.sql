-- Hotline cases of an area up to a moment: all that were received and closed, and those received on its day.
SELECT count(*)::int AS days, sum(received)::bigint AS received, sum(closed)::bigint AS closed,
       sum(received) FILTER (WHERE day = (SELECT local_day(:at)))::bigint AS today,
       max(least(reported_at, :at)) AS data_time
FROM hotline_day
WHERE day <= (SELECT local_day(:at)) AND first_reported_at <= :at AND path <@ (SELECT path FROM area WHERE code = :code)
