-- Places where confirmed cases were within the 14 days before a moment, as known at it, and a day earlier; none
-- of the day earlier where nothing was known of the area then.
SELECT count(*) FILTER (WHERE known AND coalesce(ended, began) >= CAST(:at AS timestamptz) - interval '14 days')::int AS places,
       count(*) FILTER (WHERE known AND coalesce(ended, began) >= CAST(:at AS timestamptz) - interval '14 days'
                        AND published)::int AS published,
       CASE WHEN bool_or(earlier) THEN count(*) FILTER (
           WHERE earlier AND coalesce(ended, began) >= CAST(:at AS timestamptz) - interval '15 days')::int END AS before,
       max(least(reported_at, CAST(:at AS timestamptz))) FILTER (WHERE known) AS data_time
FROM case_place
CROSS JOIN LATERAL (SELECT greatest(first_reported_at, began) AS since) s
CROSS JOIN LATERAL (SELECT since <= :at AS known, since <= CAST(:at AS timestamptz) - interval '1 day' AS earlier) k
WHERE path <@ (SELECT path FROM area WHERE code = :code)
