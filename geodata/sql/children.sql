-- The areas directly below one with what is to be followed in each, out of the kept counts.
WITH moment AS MATERIALIZED (
    SELECT (CAST(:at AS timestamptz) AT TIME ZONE city_zone())::date AS today
), child AS MATERIALIZED (
    SELECT id, code, name, level FROM area WHERE parent_id = (SELECT id FROM area WHERE code = :code)
), tally AS (
    SELECT t.area_id, sum(t.households) AS total,
           sum(t.households) FILTER (WHERE s.follow_days IS NOT NULL) AS followed,
           sum(t.households) FILTER (WHERE NOT s.surveyed) AS unsurveyed, max(t.changed_at) AS data_time
    FROM (SELECT area_id, state_id, households, changed_at FROM tally_below WHERE area_id IN (SELECT id FROM child)
          UNION ALL
          SELECT area_id, state_id, households, changed_at FROM grid_tally WHERE area_id IN (SELECT id FROM child)) t
    JOIN scheme_state s ON s.id = t.state_id GROUP BY t.area_id
), due AS (
    SELECT area_id, sum(households) FILTER (WHERE due_on = (SELECT today FROM moment)) AS due_today,
           sum(households) FILTER (WHERE due_on < (SELECT today FROM moment)) AS overdue
    FROM (SELECT area_id, due_on, households FROM due_below WHERE area_id IN (SELECT id FROM child)
          UNION ALL
          SELECT area_id, due_on, households FROM grid_due WHERE area_id IN (SELECT id FROM child)) d
    WHERE due_on <= (SELECT today FROM moment) GROUP BY area_id
)
SELECT c.code, c.name, c.level, t.total::int, t.data_time,
       CASE WHEN t.total IS NOT NULL THEN coalesce(d.overdue, 0)::int END AS overdue,
       CASE WHEN t.total IS NOT NULL THEN coalesce(d.due_today, 0)::int END AS due_today,
       CASE WHEN t.total IS NOT NULL THEN coalesce(t.followed, 0)::int END AS followed,
       CASE WHEN t.total IS NOT NULL THEN coalesce(t.unsurveyed, 0)::int END AS unsurveyed
FROM child c LEFT JOIN tally t ON t.area_id = c.id LEFT JOIN due d ON d.area_id = c.id
ORDER BY c.code
