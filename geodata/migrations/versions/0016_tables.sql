-- Tables, as geodata/model/releases.py declares them (a test compares the two).

-- As geodata/press/numbers.py has it: ISO 7064 MOD 11-2 over the digits.
CREATE FUNCTION release_number(year int, serial int) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    counted text := lpad(serial::text, greatest(6, length(serial::text)), '0');
    digits text := year::text || counted;
    rest int := 0;
BEGIN
    FOR i IN 1..length(digits) LOOP
        rest := (rest + substr(digits, i, 1)::int) * 2 % 11;
    END LOOP;
    rest := (12 - rest) % 11;
    RETURN 'WG-' || year || '-' || counted || '-' || CASE rest WHEN 10 THEN 'X' ELSE rest::text END;
END $$;

CREATE TABLE press_template (
    id SERIAL NOT NULL,
    name TEXT NOT NULL,
    ordered JSONB NOT NULL,
    forms TEXT[] NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_press_template PRIMARY KEY (id),
    CONSTRAINT fk_press_template_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_press_template_area_id_name UNIQUE (area_id, name)
);

CREATE TABLE press_release_serial (
    city TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_press_release_serial PRIMARY KEY (city, year)
);

CREATE TABLE press_release (
    id SERIAL NOT NULL,
    state TEXT DEFAULT 'making' NOT NULL,
    ordered JSONB NOT NULL,
    forms TEXT[] NOT NULL,
    batch UUID,
    paths TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_by_id INTEGER NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    approved_by TEXT,
    approved_by_id INTEGER,
    approved_at TIMESTAMP WITH TIME ZONE,
    year INTEGER,
    serial INTEGER,
    number TEXT GENERATED ALWAYS AS (release_number(year, serial)) STORED,
    released_by TEXT,
    released_at TIMESTAMP WITH TIME ZONE,
    ended_by TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    reason TEXT,
    manifest TEXT,
    done INTEGER DEFAULT '0' NOT NULL,
    total INTEGER DEFAULT '0' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    problem TEXT,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_press_release PRIMARY KEY (id),
    CONSTRAINT fk_press_release_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_press_release_number UNIQUE (number),
    CONSTRAINT ck_press_release_state CHECK
        (state IN ('making', 'draft', 'approved', 'released', 'withdrawn', 'rejected', 'failed')),
    CONSTRAINT ck_press_release_two_people CHECK (approved_by <> made_by AND approved_by_id <> made_by_id),
    CONSTRAINT ck_press_release_approved CHECK (
        num_nonnulls(approved_by, approved_by_id, approved_at, year, serial)
        = CASE WHEN state IN ('approved', 'released', 'withdrawn') THEN 5 ELSE 0 END),
    CONSTRAINT ck_press_release_released CHECK (
        (released_at IS NULL) = (released_by IS NULL)
        AND (state <> 'released' OR (released_at IS NOT NULL AND manifest IS NOT NULL))),
    CONSTRAINT ck_press_release_ended CHECK (
        num_nonnulls(ended_at, reason) = CASE WHEN state IN ('withdrawn', 'rejected', 'failed') THEN 2 ELSE 0 END
        AND (ended_by IS NOT NULL OR state NOT IN ('withdrawn', 'rejected')))
);
CREATE INDEX ix_press_release_path ON press_release USING gist (path);
CREATE INDEX ix_press_release_work ON press_release (id)
    WHERE state = 'making' OR state = 'withdrawn' OR (state = 'approved' AND manifest IS NULL);

-- What a picture shows, frozen: the first is the picture's, the others are the days before it, for films.
CREATE TABLE press_release_sheet (
    release_id INTEGER NOT NULL,
    nth INTEGER NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_press_release_sheet PRIMARY KEY (release_id, nth),
    CONSTRAINT fk_press_release_sheet_release_id FOREIGN KEY(release_id) REFERENCES press_release (id)
);

CREATE TABLE press_release_file (
    release_id INTEGER NOT NULL,
    stage TEXT NOT NULL,
    form TEXT NOT NULL,
    content BYTEA NOT NULL,
    sha256 BYTEA NOT NULL,
    bytes INTEGER NOT NULL,
    CONSTRAINT pk_press_release_file PRIMARY KEY (release_id, stage, form),
    CONSTRAINT fk_press_release_file_release_id FOREIGN KEY(release_id) REFERENCES press_release (id),
    CONSTRAINT ck_press_release_file_stage CHECK (stage IN ('draft', 'final', 'withdrawn'))
);
-- Pictures are pressed already.
ALTER TABLE press_release_file ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX ix_press_release_file_sha256 ON press_release_file (sha256);

CREATE TABLE press_release_event (
    id BIGSERIAL NOT NULL,
    release_id INTEGER NOT NULL,
    what TEXT NOT NULL,
    by TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    told TEXT,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_press_release_event PRIMARY KEY (id),
    CONSTRAINT fk_press_release_event_release_id FOREIGN KEY(release_id) REFERENCES press_release (id),
    CONSTRAINT fk_press_release_event_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);
CREATE INDEX ix_press_release_event_release_id ON press_release_event (release_id);
