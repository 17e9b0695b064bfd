-- Clinics of one area by status, as known at a moment.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), clinics AS (
    SELECT count(*) AS clinics,
           count(*) FILTER (WHERE reported_at <= :at) AS clinics_known,
           count(*) FILTER (WHERE reported_at <= :at AND status = 'open') AS clinics_open,
           count(*) FILTER (WHERE reported_at <= :at AND status = 'full') AS clinics_full,
           count(*) FILTER (WHERE reported_at <= :at AND status = 'closed') AS clinics_closed,
           max(reported_at) FILTER (WHERE reported_at <= :at) AS clinics_at
    FROM clinic WHERE path <@ (SELECT path FROM asked)
)
SELECT clinics.* FROM asked, clinics
