-- Village reports of one area on the day of a moment, as known at it: how many villages have reported, and whom they count.
WITH asked AS MATERIALIZED (
    SELECT path FROM area WHERE code = :code
), villages AS (
    SELECT count(*)::int AS expected FROM area WHERE level = 'village' AND path <@ (SELECT path FROM asked)
), told AS (
    SELECT count(*)::int AS received, sum(returned_outside)::int AS returned_outside,
           sum(returned_wuhan)::int AS returned_wuhan, sum(close_contact)::int AS close_contact,
           sum(fever_unexplained)::int AS fever_unexplained, max(least(reported_at, :at)) AS reports_at
    FROM village_report
    WHERE day = (SELECT local_day(:at)) AND first_reported_at <= :at AND path <@ (SELECT path FROM asked)
)
SELECT villages.*, told.*, coalesce(current_setting('app.home_paths', true), '') <> '' AS villages_shown
FROM villages, told
