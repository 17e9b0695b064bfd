-- Rooms of hotels that have reported lately, those taken, and clinics that were open at a moment, per area down to the village.
-- Clinics keep no history: whichever has reported after `known` hides how many were open in its areas.
WITH shown AS MATERIALIZED (
    SELECT id FROM area WHERE level <> 'grid'
), day AS MATERIALIZED (
    SELECT local_day(CAST(:at AS timestamptz)) AS day
), newest AS (
    SELECT DISTINCT ON (d.hotel_id) d.hotel_id, d.occupied, d.reported_at
    FROM hotel_day d, day
    WHERE d.day <= day.day AND d.day >= day.day - CAST(:report_days AS int) AND d.reported_at <= :at
    ORDER BY d.hotel_id, d.day DESC
), hotels AS (
    SELECT above.id::int AS area_id, sum(h.rooms)::int AS rooms, sum(n.occupied)::int AS taken, max(n.reported_at) AS reported_at
    FROM newest n JOIN hotel h ON h.id = n.hotel_id
    CROSS JOIN LATERAL unnest(string_to_array(h.path::text, '.')) AS above(id) GROUP BY 1
), clinics AS (
    SELECT above.id::int AS area_id, bool_and(c.reported_at <= :known) AS known, count(*) FILTER (WHERE c.status = 'open')::int AS open
    FROM clinic c CROSS JOIN LATERAL unnest(string_to_array(c.path::text, '.')) AS above(id) GROUP BY 1
)
SELECT s.id AS area_id, h.rooms, h.taken, h.reported_at,
       CASE WHEN c.known THEN c.open
            WHEN c.area_id IS NULL AND EXISTS (SELECT FROM clinic WHERE reported_at <= :known) THEN 0 END AS clinics
FROM shown s LEFT JOIN hotels h ON h.area_id = s.id LEFT JOIN clinics c ON c.area_id = s.id
