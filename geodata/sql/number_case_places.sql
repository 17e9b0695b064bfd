-- Places where confirmed cases were within the 14 days before a moment, as known at it, and a day earlier.
SELECT count(*) FILTER (WHERE known AND coalesce(ended, began) >= CAST(:at AS timestamptz) - interval '14 days')::int AS places,
       count(*) FILTER (WHERE known AND coalesce(ended, began) >= CAST(:at AS timestamptz) - interval '14 days'
                        AND published)::int AS published,
       count(*) FILTER (WHERE first_reported_at <= CAST(:at AS timestamptz) - interval '1 day'
                        AND began <= CAST(:at AS timestamptz) - interval '1 day'
                        AND coalesce(ended, began) >= CAST(:at AS timestamptz) - interval '15 days')::int AS before,
       max(reported_at) FILTER (WHERE known) AS data_time
FROM case_place
CROSS JOIN LATERAL (SELECT first_reported_at <= :at AND began <= :at AS known) k
WHERE path <@ (SELECT path FROM area WHERE code = :code)
