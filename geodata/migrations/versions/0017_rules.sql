-- Who delivers is known to the gate; what arrived is counted and kept by functions, for an area that nobody can choose.

-- The deepest area above all of these paths; the city where there is none. In PL/pgSQL, which keeps its plans: this and
-- what counts are asked with every delivery.
CREATE FUNCTION common_area(paths text) RETURNS int LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF paths <> '' AND strpos(paths, ',') = 0 THEN
        RETURN subpath(paths::ltree, -1)::text::int;
    END IF;
    RETURN (WITH p AS (SELECT string_to_array(x, '.') AS labels FROM unnest(string_to_array(nullif(paths, ''), ',')) AS x)
    SELECT coalesce(
        (SELECT min(labels[n])::int FROM p, generate_series(1, (SELECT min(cardinality(labels)) FROM p)) n
         GROUP BY n HAVING min(labels[n]) = max(labels[n]) ORDER BY n DESC LIMIT 1),
        (SELECT id FROM area WHERE parent_id IS NULL ORDER BY id LIMIT 1)));
END $$;

-- In the transaction of the rows, so that the figures are exact. Two connections seldom meet in one slot.
CREATE FUNCTION count_arrival(kind text, sender text, rows int, accepted int, repeated int, refused int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO delivery_day AS d (kind, sender, day, slot, area_id, path, deliveries, rows, accepted, repeated, refused, newest_at)
    SELECT $1, $2, local_day(now()), pg_backend_pid() % 16, a.id, a.path, 1, $3, $4, $5, $6, now()
    FROM area a WHERE a.id = common_area(current_setting('app.paths', true))
    ON CONFLICT ON CONSTRAINT pk_delivery_day DO UPDATE SET
        deliveries = d.deliveries + 1, rows = d.rows + excluded.rows, accepted = d.accepted + excluded.accepted,
        repeated = d.repeated + excluded.repeated, refused = d.refused + excluded.refused,
        newest_at = greatest(d.newest_at, excluded.newest_at);
END $$;

-- Returns the delivery's id: of an earlier one where the same was refused today; none where there is no area at all.
CREATE FUNCTION note_delivery(kind text, sender text, source text, file_name text, rows int, accepted int, repeated int,
                              refused int, detail jsonb, digest bytea) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    SELECT count_arrival($1, $2, $5, $6, $7, $8);
    INSERT INTO delivery AS d (kind, sender, source, file_name, rows, accepted, repeated, refused, detail, digest, day, area_id, path)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, local_day(now()), a.id, a.path
    FROM area a WHERE a.id = common_area(current_setting('app.paths', true))
    ON CONFLICT ON CONSTRAINT uq_delivery_digest_day_area_id DO UPDATE SET times = d.times + 1, last_at = now()
    RETURNING id $$;

-- `faults`: [{nth, column_name, why, facts, fields, digest}]. What does not find room is counted with its delivery alone.
CREATE FUNCTION quarantine(delivery bigint, faults jsonb, most int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    d record;
    room int;
    kept int;
BEGIN
    SELECT * INTO d FROM delivery x WHERE x.id = quarantine.delivery;
    SELECT most - count(*) INTO room FROM (
        SELECT FROM refused_row r WHERE r.kind = d.kind AND r.sender = d.sender AND r.state = 'open' LIMIT most) waiting;
    INSERT INTO refused_row AS r (delivery_id, kind, sender, nth, column_name, why, facts, fields, digest, area_id, path)
    SELECT d.id, d.kind, d.sender, f.nth, f.column_name, f.why, f.facts, f.fields, decode(f.digest, 'hex'), d.area_id, d.path
    FROM (SELECT DISTINCT ON (digest) * FROM jsonb_to_recordset(faults)
              AS x(nth int, column_name text, why text, facts jsonb, fields jsonb, digest text) ORDER BY digest, nth) f
    WHERE room > 0 OR EXISTS (SELECT FROM refused_row o WHERE o.state = 'open' AND o.area_id = d.area_id
                              AND o.digest = decode(f.digest, 'hex'))
    ORDER BY f.nth, f.column_name
    ON CONFLICT (digest, area_id) WHERE state = 'open' DO UPDATE SET times = r.times + 1, last_at = now();
    GET DIAGNOSTICS kept = ROW_COUNT;
    RETURN kept;
END $$;

REVOKE ALL ON FUNCTION count_arrival(text, text, int, int, int, int),
    note_delivery(text, text, text, text, int, int, int, int, jsonb, bytea), quarantine(bigint, jsonb, int) FROM public;
GRANT EXECUTE ON FUNCTION count_arrival(text, text, int, int, int, int),
    note_delivery(text, text, text, text, int, int, int, int, jsonb, bytea), quarantine(bigint, jsonb, int) TO wangge_app;

-- Only the gate sees what a token is compared with.
CREATE POLICY gate ON sender FOR SELECT TO wangge_gate USING (true);
CREATE POLICY gate ON sender_area FOR SELECT TO wangge_gate USING (true);
ALTER TABLE sender_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY gate ON sender_token TO wangge_gate USING (true);
CREATE POLICY scope ON sender_token TO wangge_app USING (EXISTS (SELECT FROM sender s WHERE s.id = sender_id));
GRANT SELECT ON sender, sender_area TO wangge_gate;
GRANT SELECT, UPDATE (last_used_at) ON sender_token TO wangge_gate;
GRANT SELECT (id, sender_id, kind, created_by, created_at, expires_at, last_used_at), INSERT, DELETE ON sender_token TO wangge_app;
GRANT USAGE ON SEQUENCE sender_id_seq, sender_token_id_seq TO wangge_app;

-- That a token was used is no news: whoever keeps readers would forget all of them.
CREATE TRIGGER tell AFTER INSERT OR DELETE OR UPDATE OF digest, sender_id, kind, expires_at ON sender_token
    FOR EACH STATEMENT EXECUTE FUNCTION tell_table();

-- Numbers of persons become hashes under this. It is made once: under another key nobody would be recognised again.
INSERT INTO setting (name, value)
    VALUES ('feed_key', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')) ON CONFLICT DO NOTHING;
