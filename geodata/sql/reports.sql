-- Village reports of one area on the day of a moment, as known at it: how many villages have reported, and whom they count.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
)
SELECT count(*)::int AS expected, count(r.area_id)::int AS received, sum(r.returned_outside)::int AS returned_outside,
       sum(r.returned_wuhan)::int AS returned_wuhan, sum(r.close_contact)::int AS close_contact,
       sum(r.fever_unexplained)::int AS fever_unexplained, max(least(r.reported_at, :at)) AS reports_at,
       coalesce(current_setting('app.home_paths', true), '') <> '' AS homes
FROM area a
LEFT JOIN village_report r ON r.area_id = a.id AND r.day = (SELECT local_day(:at)) AND r.first_reported_at <= :at
WHERE a.level = 'village' AND a.path <@ (SELECT path FROM asked)
