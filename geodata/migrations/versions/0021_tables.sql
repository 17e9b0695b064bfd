-- Tables, as geodata/model/cases.py and geodata/model/economy.py declare them (a test compares them).

CREATE TABLE case_place (
    id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    began TIMESTAMP WITH TIME ZONE NOT NULL,
    ended TIMESTAMP WITH TIME ZONE,
    published BOOLEAN NOT NULL,
    first_reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_case_place PRIMARY KEY (id),
    CONSTRAINT fk_case_place_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_case_place_code UNIQUE (code),
    CONSTRAINT ck_case_place_kind CHECK (kind IN ('home_area', 'venue', 'work', 'transport', 'hospital')),
    CONSTRAINT ck_case_place_ended CHECK (ended >= began)
);
CREATE INDEX ix_case_place_mercator ON case_place USING gist (mercator);
CREATE INDEX ix_case_place_last ON case_place ((coalesce(ended, began)));
CREATE INDEX ix_case_place_area_id ON case_place (area_id);

CREATE TABLE case_trip (
    id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    means TEXT NOT NULL,
    number TEXT NOT NULL,
    day DATE NOT NULL,
    from_station TEXT,
    to_station TEXT,
    carriage TEXT,
    seats TEXT,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_case_trip PRIMARY KEY (id),
    CONSTRAINT fk_case_trip_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_case_trip_code UNIQUE (code),
    CONSTRAINT ck_case_trip_means CHECK (means IN ('train', 'flight', 'coach', 'car', 'ship')),
    -- A number plate names its owner: it is never stored as it stands.
    CONSTRAINT ck_case_trip_plate CHECK (means <> 'car' OR number ~ '^[0-9a-f]{64}$')
);
CREATE INDEX ix_case_trip_number ON case_trip (means, number, day);
CREATE INDEX ix_case_trip_reported_at ON case_trip (reported_at);
CREATE INDEX ix_case_trip_area_id ON case_trip (area_id);

CREATE TABLE venue (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_venue PRIMARY KEY (id),
    CONSTRAINT fk_venue_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_venue_code UNIQUE (code),
    CONSTRAINT ck_venue_capacity CHECK (capacity > 0)
);
CREATE INDEX ix_venue_mercator ON venue USING gist (mercator);
CREATE INDEX ix_venue_area_id ON venue (area_id);

CREATE TABLE venue_hour (
    venue_id INTEGER NOT NULL,
    hour TIMESTAMP WITH TIME ZONE NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    headcount INTEGER NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_venue_hour PRIMARY KEY (venue_id, hour),
    CONSTRAINT fk_venue_hour_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_venue_hour_venue_id FOREIGN KEY(venue_id) REFERENCES venue (id) ON DELETE CASCADE,
    CONSTRAINT ck_venue_hour_headcount CHECK (headcount >= 0)
);
CREATE INDEX ix_venue_hour_area_id ON venue_hour (area_id);

CREATE TABLE enterprise (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    industry TEXT NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_enterprise PRIMARY KEY (id),
    CONSTRAINT fk_enterprise_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_enterprise_code UNIQUE (code)
);
CREATE INDEX ix_enterprise_mercator ON enterprise USING gist (mercator);
CREATE INDEX ix_enterprise_area_id ON enterprise (area_id);

CREATE TABLE enterprise_day (
    enterprise_id INTEGER NOT NULL,
    day DATE NOT NULL,
    whitelisted BOOLEAN NOT NULL,
    resumed_on DATE,
    staff INTEGER NOT NULL,
    staff_back INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_enterprise_day PRIMARY KEY (enterprise_id, day),
    CONSTRAINT fk_enterprise_day_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_enterprise_day_enterprise_id FOREIGN KEY(enterprise_id) REFERENCES enterprise (id) ON DELETE CASCADE,
    CONSTRAINT ck_enterprise_day_staff CHECK (staff_back BETWEEN 0 AND staff)
);
CREATE INDEX ix_enterprise_day_area_id ON enterprise_day (area_id);

-- A link lies in the deepest area that holds both ends: so whoever sees it sees both.
CREATE TABLE consultation (
    id SERIAL NOT NULL,
    asks_id INTEGER NOT NULL,
    answers_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    since DATE NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_consultation PRIMARY KEY (id),
    CONSTRAINT fk_consultation_asks_id FOREIGN KEY(asks_id) REFERENCES clinic (id) ON DELETE CASCADE,
    CONSTRAINT fk_consultation_answers_id FOREIGN KEY(answers_id) REFERENCES clinic (id) ON DELETE CASCADE,
    CONSTRAINT fk_consultation_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_consultation_asks_id_answers_id UNIQUE (asks_id, answers_id),
    CONSTRAINT ck_consultation_ends CHECK (asks_id <> answers_id),
    CONSTRAINT ck_consultation_kind CHECK (kind IN ('video', 'telephone', 'visit', 'transfer'))
);
CREATE INDEX ix_consultation_answers_id ON consultation (answers_id);
CREATE INDEX ix_consultation_area_id ON consultation (area_id);

CREATE TABLE consultation_day (
    consultation_id INTEGER NOT NULL,
    day DATE NOT NULL,
    cases INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_consultation_day PRIMARY KEY (consultation_id, day),
    CONSTRAINT fk_consultation_day_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_consultation_day_consultation_id FOREIGN KEY(consultation_id) REFERENCES consultation (id) ON DELETE CASCADE,
    CONSTRAINT ck_consultation_day_cases CHECK (cases >= 0)
);
CREATE INDEX ix_consultation_day_area_id ON consultation_day (area_id);

-- What an indicator is called belongs to the area that reports it: nobody renames another area's.
CREATE TABLE indicator (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    unit TEXT NOT NULL,
    better TEXT NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_indicator PRIMARY KEY (id),
    CONSTRAINT fk_indicator_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_indicator_area_id_code UNIQUE (area_id, code),
    CONSTRAINT ck_indicator_better CHECK (better IN ('higher', 'lower'))
);

CREATE TABLE indicator_day (
    indicator_id INTEGER NOT NULL,
    day DATE NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    target DOUBLE PRECISION,
    source TEXT,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_indicator_day PRIMARY KEY (indicator_id, day),
    CONSTRAINT fk_indicator_day_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_indicator_day_indicator_id FOREIGN KEY(indicator_id) REFERENCES indicator (id) ON DELETE CASCADE
);
CREATE INDEX ix_indicator_day_area_id ON indicator_day (area_id);

-- Only with this does a plate become what is stored. Whoever may see homes may ask for it, the press may not.
INSERT INTO setting VALUES ('plate_secret', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''))
ON CONFLICT DO NOTHING;
CREATE FUNCTION plate_secret() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT value FROM setting
    WHERE name = 'plate_secret' AND coalesce(current_setting('app.home_paths', true), '') <> ''
$$;

-- Whether a confirmed case travelled so, on any of some days, anywhere in the city: a train does not end at a border, and an
-- answer for one's own areas alone would say where the case was. Days are all it tells; not who, where or how many.
CREATE FUNCTION same_trip(asked_means text, asked_number text, days date[])
RETURNS TABLE (known date[], told_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ARRAY(SELECT DISTINCT day FROM case_trip
                 WHERE means = asked_means AND number = asked_number AND day = ANY (days) ORDER BY day),
           (SELECT max(reported_at) FROM case_trip)
    WHERE coalesce(current_setting('app.home_paths', true), '') <> ''
$$;
REVOKE EXECUTE ON FUNCTION plate_secret(), same_trip(text, text, date[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plate_secret(), same_trip(text, text, date[]) TO wangge_app;
