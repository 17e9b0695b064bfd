-- ── what a camera sees of the ground ───────────────────────────────────────────────────────────────────────────────
-- A camera that looks straight down sees a circle of radius h * tan(angle / 2). Above 500 m nobody is recognised any more,
-- and a wrong height must not mark half a city as seen; beyond 150 degrees a lens shows the horizon, not the ground.
CREATE FUNCTION camera_radius_m(height_m float8, degrees float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN height_m > 0 AND height_m <= 500 AND degrees > 0
                THEN height_m * tan(radians(least(degrees, 150) / 2)) ELSE 0 END $$;

-- How many units of EPSG:3857 one metre on the ground is at this northing: 1 / cos(latitude).
CREATE FUNCTION mercator_units_a_metre(northing float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT cosh(northing / 6378137) $$;

-- The footprint of a camera over a point of EPSG:3857, in EPSG:3857; none where it sees nothing.
CREATE FUNCTION camera_footprint(eye geometry, height_m float8, degrees float8) RETURNS geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ST_Buffer(eye, nullif(camera_radius_m(height_m, degrees), 0) * mercator_units_a_metre(ST_Y(eye)), 'quad_segs=12') $$;

-- How far somebody on foot sees what goes on, in metres.
CREATE FUNCTION ground_sight_m() RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 60.0::float8 $$;

-- ── the cells: squares in which at least one building stands ───────────────────────────────────────────────────────
-- Their side in metres is a setting; in EPSG:3857 it is fixed once, at the latitude where the first buildings stand, so that
-- all cells of a city lie in one lattice and the cell of a point is a division.
CREATE FUNCTION patrol_cell_side(northing float8) RETURNS float8 LANGUAGE sql AS $$
    INSERT INTO setting (name, value) SELECT 'patrol_cell_side',
        (coalesce((SELECT value FROM setting WHERE name = 'patrol_cell_m'), '250')::float8 * mercator_units_a_metre(northing))::text
        WHERE northing IS NOT NULL ON CONFLICT (name) DO NOTHING;
    SELECT value::float8 FROM setting WHERE name = 'patrol_cell_side' $$;

CREATE TYPE built_place AS (x float8, y float8, area_id int);
CREATE FUNCTION lay_cells(built built_place[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE side float8; laid bigint;
BEGIN
    IF built IS NULL THEN RETURN 0; END IF;
    side := patrol_cell_side((SELECT avg(y) FROM unnest(built)));
    INSERT INTO patrol_cell (i, j, area_id, path, centre, place)
        SELECT c.i, c.j, a.id, a.path, ST_SetSRID(ST_MakePoint((c.i + 0.5) * side, (c.j + 0.5) * side), 3857),
               ST_Transform(ST_MakeEnvelope(c.i * side, c.j * side, (c.i + 1) * side, (c.j + 1) * side, 3857), 4326)
        -- A cell belongs to the area of most of its buildings.
        FROM (SELECT floor(x / side)::int AS i, floor(y / side)::int AS j, mode() WITHIN GROUP (ORDER BY area_id) AS area_id
              FROM unnest(built) GROUP BY 1, 2) c
        JOIN area a ON a.id = c.area_id ORDER BY c.i, c.j
    ON CONFLICT (i, j) DO NOTHING;
    GET DIAGNOSTICS laid = ROW_COUNT;
    RETURN laid;
END $$;

CREATE FUNCTION lay_cells_of_buildings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM lay_cells(array_agg((ST_X(c.middle), ST_Y(c.middle), c.area_id)::built_place))
        FROM (SELECT ST_Centroid(mercator) AS middle, area_id FROM new_rows) c;
    RETURN NULL;
END $$;
CREATE TRIGGER lay_cells AFTER INSERT ON building REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION lay_cells_of_buildings();

-- ── what was seen, in the transaction of the position that saw it; a cell is seen when its centre is ───────────────
-- `cell_seen` keeps the first and the last look of each hour, so that the cells unseen at a past moment are exact.
CREATE TYPE cell_look AS (cell_id int, at timestamptz, by_whom text);
CREATE FUNCTION note_looks(looks cell_look[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE back text;
BEGIN
    IF looks IS NULL THEN RETURN; END IF;
    PERFORM FROM patrol_cell WHERE id IN (SELECT cell_id FROM unnest(looks)) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO cell_seen AS t (cell_id, hour, first_at, last_at, last_by, area_id, path)
        SELECT l.cell_id, l.hour, l.first_at, l.last_at, l.last_by, c.area_id, c.path
        FROM (SELECT cell_id, date_trunc('hour', at, 'UTC') AS hour, min(at) AS first_at, max(at) AS last_at,
                     (array_agg(by_whom ORDER BY at DESC))[1] AS last_by
              FROM unnest(looks) GROUP BY 1, 2) l
        JOIN patrol_cell c ON c.id = l.cell_id ORDER BY 1, 2
    ON CONFLICT (cell_id, hour) DO UPDATE SET
        first_at = least(t.first_at, excluded.first_at), last_at = greatest(t.last_at, excluded.last_at),
        last_by = CASE WHEN excluded.last_at > t.last_at THEN excluded.last_by ELSE t.last_by END;
    WITH newest AS (
        SELECT DISTINCT ON (cell_id) cell_id, at, by_whom FROM unnest(looks) ORDER BY cell_id, at DESC
    ), before AS (
        SELECT c.id, c.last_seen_at, n.at, n.by_whom FROM newest n JOIN patrol_cell c ON c.id = n.cell_id
        WHERE c.last_seen_at IS NULL OR c.last_seen_at < n.at
    ), moved AS (
        UPDATE patrol_cell c SET last_seen_at = b.at, last_seen_by = b.by_whom FROM before b WHERE c.id = b.id
        RETURNING c.mercator, b.last_seen_at IS NULL OR b.last_seen_at < b.at - interval '24 hours' AS back
    )
    SELECT ST_Extent(mercator)::text INTO back FROM moved WHERE moved.back;
    -- A cell that is looked at again and again looks the same on every map: only one that comes back is news.
    IF back IS NOT NULL THEN
        PERFORM pg_notify('wangge', json_build_object('table', 'patrol_cell', 'box', back)::text);
    END IF;
END $$;

CREATE FUNCTION note_flown() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM note_looks(array_agg((c.id, e.at, 'drone')::cell_look)) FROM
        (SELECT n.at, n.mercator,
                camera_radius_m(n.height_m, d.camera_degrees) * mercator_units_a_metre(ST_Y(n.mercator)) AS reach
         FROM new_rows n JOIN flight f ON f.id = n.flight_id JOIN drone d ON d.id = f.drone_id OFFSET 0) e
        JOIN patrol_cell c ON c.centre && ST_Expand(e.mercator, e.reach) AND ST_DWithin(c.centre, e.mercator, e.reach)
        WHERE e.reach > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER note_flown AFTER INSERT ON track_point REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION note_flown();

CREATE FUNCTION note_walked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM note_looks(array_agg((c.id, e.at, 'ground')::cell_look)) FROM
        (SELECT at, mercator, ground_sight_m() * mercator_units_a_metre(ST_Y(mercator)) AS reach
         FROM new_rows OFFSET 0) e
        JOIN patrol_cell c ON c.centre && ST_Expand(e.mercator, e.reach) AND ST_DWithin(c.centre, e.mercator, e.reach);
    RETURN NULL;
END $$;
CREATE TRIGGER note_walked AFTER INSERT ON ground_point REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION note_walked();

-- Look again at everything that patrols have told since a moment: after cells were laid anew, and when this comes in.
CREATE FUNCTION look_again(since timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_looks(array_agg((c.id, e.at, e.by_whom)::cell_look)) FROM
        (SELECT p.at, p.mercator, 'drone' AS by_whom,
                camera_radius_m(p.height_m, d.camera_degrees) * mercator_units_a_metre(ST_Y(p.mercator)) AS reach
         FROM track_point p JOIN flight f ON f.id = p.flight_id JOIN drone d ON d.id = f.drone_id WHERE p.at >= since
         UNION ALL
         SELECT at, mercator, 'ground', ground_sight_m() * mercator_units_a_metre(ST_Y(mercator))
         FROM ground_point WHERE at >= since) e
        JOIN patrol_cell c ON c.centre && ST_Expand(e.mercator, e.reach) AND ST_DWithin(c.centre, e.mercator, e.reach)
        WHERE e.reach > 0;
END $$;

-- Lay every cell anew, with another side in metres; returns how many there are.
CREATE FUNCTION lay_patrol_cells(side_m int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE laid bigint;
BEGIN
    IF side_m NOT BETWEEN 50 AND 2000 THEN
        RAISE check_violation USING MESSAGE = 'a patrol cell is 50 to 2000 metres wide';
    END IF;
    DELETE FROM patrol_cell;
    DELETE FROM setting WHERE name = 'patrol_cell_side';
    INSERT INTO setting (name, value) VALUES ('patrol_cell_m', side_m::text)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value;
    SELECT lay_cells(array_agg((ST_X(c.middle), ST_Y(c.middle), c.area_id)::built_place)) INTO laid
        FROM (SELECT ST_Centroid(mercator) AS middle, area_id FROM building) c;
    PERFORM look_again(now() - interval '31 days');
    RETURN laid;
END $$;

-- ── per area what nobody has seen for a day; a sum over `path <@` gives any area's ─────────────────────────────────
CREATE VIEW unseen_cells WITH (security_invoker = true) AS
    SELECT area_id, path, count(*) AS cells,
           count(*) FILTER (WHERE last_seen_at IS NULL OR last_seen_at < now() - interval '24 hours') AS unseen,
           max(last_seen_at) AS data_time
    FROM patrol_cell GROUP BY area_id, path;

-- How many cells lie below an area: cells are laid where somebody builds, which is rare, so one row an area is not hot.
CREATE FUNCTION count_cells() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE changes ltree[]; signs int[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(path), array_agg(1) INTO changes, signs FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(path), array_agg(-1) INTO changes, signs FROM old_rows;
    ELSE
        SELECT array_agg(u.path), array_agg(u.n) INTO changes, signs
            FROM old_rows o JOIN new_rows n ON n.id = o.id AND n.path <> o.path
            CROSS JOIN LATERAL (VALUES (o.path, -1), (n.path, 1)) u(path, n);
    END IF;
    IF changes IS NULL THEN RETURN NULL; END IF;
    MERGE INTO area_cells t USING (
        SELECT a.id, a.path, d.n FROM (
            SELECT u.id::int AS id, sum(c.n)::int AS n FROM unnest(changes, signs) c(path, n),
                LATERAL unnest(string_to_array(c.path::text, '.')) u(id) GROUP BY 1) d
        JOIN area a ON a.id = d.id WHERE d.n <> 0 ORDER BY a.id) c ON t.area_id = c.id
    WHEN MATCHED AND t.cells + c.n = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET cells = t.cells + c.n
    WHEN NOT MATCHED THEN INSERT (area_id, path, cells) VALUES (c.id, c.path, c.n);
    RETURN NULL;
END $$;
CREATE TRIGGER count_insert AFTER INSERT ON patrol_cell REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_cells();
CREATE TRIGGER count_delete AFTER DELETE ON patrol_cell REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_cells();
CREATE TRIGGER count_update AFTER UPDATE ON patrol_cell REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_cells();

-- ── partitions of walked positions, by day ─────────────────────────────────────────────────────────────────────────
CREATE FUNCTION ensure_ground_partitions(first_day date, last_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE first date; part text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('wangge partitions'));
    FOR first IN SELECT generate_series(first_day, last_day, '1 day')::date LOOP
        part := 'ground_point_' || to_char(first, 'YYYYMMDD');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF ground_point FOR VALUES FROM (%L) TO (%L)', part,
                first::timestamp AT TIME ZONE 'UTC', (first + 1)::timestamp AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
END $$;
