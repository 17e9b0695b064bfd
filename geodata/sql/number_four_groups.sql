-- The four groups that an area's villages follow, out of the reports of a moment's day, and by how much the same villages'
-- figures changed since the day before. Nothing reported is no row of figures.
WITH told AS (
    SELECT t.*, y.area_id IS NOT NULL AS paired, y.returned_outside AS y_outside, y.returned_wuhan AS y_wuhan,
           y.close_contact AS y_contact, y.fever_unexplained AS y_fever
    FROM village_report t
    LEFT JOIN village_report y ON y.area_id = t.area_id AND y.day = t.day - 1 AND y.first_reported_at <= :at
    WHERE t.day = (SELECT local_day(:at)) AND t.first_reported_at <= :at
      AND t.path <@ (SELECT path FROM area WHERE code = :code)
)
SELECT count(*)::int AS villages, count(*) FILTER (WHERE paired)::int AS paired, max(least(reported_at, :at)) AS data_time,
       sum(returned_outside)::int AS returned_outside, sum(returned_wuhan)::int AS returned_wuhan,
       sum(close_contact)::int AS close_contact, sum(fever_unexplained)::int AS fever_unexplained,
       sum(returned_outside - y_outside)::int AS d_returned_outside, sum(returned_wuhan - y_wuhan)::int AS d_returned_wuhan,
       sum(close_contact - y_contact)::int AS d_close_contact, sum(fever_unexplained - y_fever)::int AS d_fever_unexplained
FROM told
