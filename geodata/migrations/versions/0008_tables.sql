-- Tables, as geodata/model/sweeps.py declares them (a test compares the two).

CREATE TABLE sweep (
    id SERIAL NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    target DOUBLE PRECISION NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    client_id UUID,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_sweep PRIMARY KEY (id),
    CONSTRAINT fk_sweep_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_sweep_area_id_number UNIQUE (area_id, number),
    CONSTRAINT uq_sweep_client_id UNIQUE (client_id),
    CONSTRAINT ck_sweep_days CHECK (ends_on >= starts_on AND ends_on - starts_on <= 92),
    CONSTRAINT ck_sweep_target CHECK (target > 0 AND target <= 1),
    CONSTRAINT ex_sweep_days EXCLUDE USING gist (area_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&)
);

CREATE TABLE sweep_answer (
    sweep_id INTEGER NOT NULL,
    household_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    entered_by TEXT NOT NULL,
    client_id UUID,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_sweep_answer PRIMARY KEY (sweep_id, household_id),
    CONSTRAINT fk_sweep_answer_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_sweep_answer_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweep (id),
    CONSTRAINT fk_sweep_answer_household_id FOREIGN KEY(household_id) REFERENCES household (id) ON DELETE CASCADE,
    CONSTRAINT uq_sweep_answer_client_id UNIQUE (client_id)
);
CREATE INDEX ix_sweep_answer_household_id ON sweep_answer (household_id);

CREATE TABLE grid_sweep (
    sweep_id INTEGER NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    asked INTEGER NOT NULL,
    CONSTRAINT pk_grid_sweep PRIMARY KEY (sweep_id, area_id),
    CONSTRAINT fk_grid_sweep_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_grid_sweep_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweep (id)
);

-- ── counts, in the transaction of the answer; rows are locked in the order of their keys ───────────────────────────
CREATE FUNCTION count_asked_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO grid_sweep AS t (sweep_id, area_id, path, asked)
        SELECT sweep_id, area_id, path, count(*) FROM new_rows GROUP BY 1, 2, 3 ORDER BY 1, 2
    ON CONFLICT (sweep_id, area_id) DO UPDATE SET asked = t.asked + excluded.asked;
    RETURN NULL;
END $$;
CREATE FUNCTION count_asked_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE grid_sweep t SET asked = t.asked - d.n
        FROM (SELECT sweep_id, area_id, count(*) AS n FROM old_rows GROUP BY 1, 2) d
        WHERE (t.sweep_id, t.area_id) = (d.sweep_id, d.area_id);
    RETURN NULL;
END $$;
CREATE TRIGGER count_asked_insert AFTER INSERT ON sweep_answer REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_asked_insert();
CREATE TRIGGER count_asked_delete AFTER DELETE ON sweep_answer REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_asked_delete();

-- ── who was asked: in every round that the household lies in on that day; what was asked before stays as it is ─────
-- Runs as its caller, so that a household outside the caller's scope is simply not found. Returns how many were new.
CREATE FUNCTION note_asked(doors bigint[], moments timestamptz[], sender text) RETURNS bigint LANGUAGE sql AS $$
    WITH asked AS (
        INSERT INTO sweep_answer (sweep_id, household_id, at, entered_by, area_id, path)
            SELECT s.id, h.id, min(d.moment), sender, h.area_id, h.path
            FROM (SELECT door, moment, local_day(moment) AS day FROM unnest(doors, moments) u(door, moment)) d
            JOIN household h ON h.id = d.door
            JOIN sweep s ON d.day BETWEEN s.starts_on AND s.ends_on
                        AND s.area_id = ANY (string_to_array(h.path::text, '.')::int[])
            GROUP BY s.id, h.id, h.area_id, h.path ORDER BY h.area_id, h.id
        ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*) FROM asked $$;
