-- Tables, as geodata/model declares them (a test compares the two).

CREATE TABLE account (
    id SERIAL NOT NULL,
    username TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    disabled BOOLEAN DEFAULT 'false' NOT NULL,
    demo BOOLEAN DEFAULT 'false' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (id),
    CONSTRAINT uq_account_username UNIQUE (username)
);

CREATE TABLE area (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    parent_id INTEGER,
    path ltree NOT NULL,
    leader TEXT,
    telephone TEXT,
    pinyin TEXT NOT NULL,
    place geometry(MULTIPOLYGON,4326),
    mercator geometry(MULTIPOLYGON,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED,
    CONSTRAINT pk_area PRIMARY KEY (id),
    CONSTRAINT uq_area_id_path UNIQUE (id, path),
    CONSTRAINT uq_area_code UNIQUE (code),
    CONSTRAINT fk_area_parent_id FOREIGN KEY(parent_id) REFERENCES area (id)
);
CREATE INDEX ix_area_parent_id ON area (parent_id);

CREATE TABLE colour_scheme (
    id SERIAL NOT NULL,
    city_code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    CONSTRAINT pk_colour_scheme PRIMARY KEY (id),
    CONSTRAINT uq_colour_scheme_city_code_valid_from UNIQUE (city_code, valid_from)
);

CREATE TABLE setting (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_setting PRIMARY KEY (name)
);

CREATE TABLE sign_in_attempt (
    id BIGSERIAL NOT NULL,
    subject TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_sign_in_attempt PRIMARY KEY (id)
);
CREATE INDEX ix_sign_in_attempt_subject ON sign_in_attempt (subject);

CREATE TABLE account_area (
    account_id INTEGER NOT NULL,
    area_id INTEGER NOT NULL,
    CONSTRAINT pk_account_area PRIMARY KEY (account_id, area_id),
    CONSTRAINT fk_account_area_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
    CONSTRAINT fk_account_area_area_id FOREIGN KEY(area_id) REFERENCES area (id) ON DELETE CASCADE
);

CREATE TABLE api_token (
    digest BYTEA NOT NULL,
    account_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_token PRIMARY KEY (digest),
    CONSTRAINT fk_api_token_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE
);
CREATE INDEX ix_api_token_account_id ON api_token (account_id);

CREATE TABLE area_alias (
    alias TEXT NOT NULL,
    area_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_area_alias PRIMARY KEY (alias),
    CONSTRAINT fk_area_alias_area_id FOREIGN KEY(area_id) REFERENCES area (id) ON DELETE CASCADE
);
CREATE INDEX ix_area_alias_area_id ON area_alias (area_id);

CREATE TABLE building (
    id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    units SMALLINT NOT NULL,
    floors SMALLINT NOT NULL,
    rooms_per_floor SMALLINT NOT NULL,
    place geometry(POLYGON,4326) NOT NULL,
    mercator geometry(POLYGON,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_building PRIMARY KEY (id),
    CONSTRAINT fk_building_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);

CREATE TABLE checkpoint (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    staffed_from TIME WITHOUT TIME ZONE NOT NULL,
    staffed_to TIME WITHOUT TIME ZONE NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE,
    expected_by TIMESTAMP WITH TIME ZONE,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_checkpoint PRIMARY KEY (id),
    CONSTRAINT fk_checkpoint_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_checkpoint_code UNIQUE (code)
);

CREATE TABLE clinic (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    telephone TEXT NOT NULL,
    hours TEXT NOT NULL,
    status TEXT NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_clinic PRIMARY KEY (id),
    CONSTRAINT fk_clinic_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_clinic_code UNIQUE (code)
);

CREATE TABLE drone (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    camera_degrees FLOAT NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_drone PRIMARY KEY (id),
    CONSTRAINT fk_drone_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_drone_code UNIQUE (code)
);

CREATE TABLE grid_due (
    area_id INTEGER NOT NULL,
    due_on DATE NOT NULL,
    path ltree NOT NULL,
    households INTEGER NOT NULL,
    CONSTRAINT pk_grid_due PRIMARY KEY (area_id, due_on),
    CONSTRAINT fk_grid_due_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);

CREATE TABLE grid_passages (
    area_id INTEGER NOT NULL,
    day DATE NOT NULL,
    path ltree NOT NULL,
    passed INTEGER NOT NULL,
    home_quarantine INTEGER NOT NULL,
    central_quarantine INTEGER NOT NULL,
    turned_back INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_grid_passages PRIMARY KEY (area_id, day),
    CONSTRAINT fk_grid_passages_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);

CREATE TABLE grid_posts (
    area_id INTEGER NOT NULL,
    staffed_from TIME WITHOUT TIME ZONE NOT NULL,
    staffed_to TIME WITHOUT TIME ZONE NOT NULL,
    path ltree NOT NULL,
    posts INTEGER NOT NULL,
    CONSTRAINT pk_grid_posts PRIMARY KEY (area_id, staffed_from, staffed_to),
    CONSTRAINT fk_grid_posts_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);

CREATE TABLE hotel (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    telephone TEXT NOT NULL,
    rooms INTEGER NOT NULL,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_hotel PRIMARY KEY (id),
    CONSTRAINT fk_hotel_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_hotel_code UNIQUE (code)
);

CREATE TABLE scheme_state (
    id SMALLSERIAL NOT NULL,
    scheme_id INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity SMALLINT NOT NULL,
    colour TEXT NOT NULL,
    letter TEXT NOT NULL,
    hatch TEXT,
    follow_days SMALLINT,
    clears_to TEXT,
    automatic BOOLEAN NOT NULL,
    surveyed BOOLEAN NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    CONSTRAINT pk_scheme_state PRIMARY KEY (id),
    CONSTRAINT uq_scheme_state_scheme_id_code UNIQUE (scheme_id, code),
    CONSTRAINT uq_scheme_state_scheme_id_severity UNIQUE (scheme_id, severity),
    CONSTRAINT fk_scheme_state_scheme_id FOREIGN KEY(scheme_id) REFERENCES colour_scheme (id)
);

CREATE TABLE session (
    id TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_session PRIMARY KEY (id),
    CONSTRAINT fk_session_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE
);
CREATE INDEX ix_session_account_id ON session (account_id);

CREATE TABLE checkpoint_hour (
    checkpoint_id INTEGER NOT NULL,
    hour TIMESTAMP WITH TIME ZONE NOT NULL,
    passed INTEGER NOT NULL,
    home_quarantine INTEGER NOT NULL,
    central_quarantine INTEGER NOT NULL,
    turned_back INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_checkpoint_hour PRIMARY KEY (checkpoint_id, hour),
    CONSTRAINT fk_checkpoint_hour_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_checkpoint_hour_checkpoint_id FOREIGN KEY(checkpoint_id) REFERENCES checkpoint (id)
) PARTITION BY RANGE (hour);

CREATE TABLE flight (
    id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    drone_id INTEGER NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_flight PRIMARY KEY (id),
    CONSTRAINT fk_flight_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_flight_code UNIQUE (code),
    CONSTRAINT fk_flight_drone_id FOREIGN KEY(drone_id) REFERENCES drone (id)
);
CREATE INDEX ix_flight_drone_id ON flight (drone_id);
CREATE INDEX ix_flight_started_at ON flight (started_at);

CREATE TABLE grid_tally (
    area_id INTEGER NOT NULL,
    state_id SMALLINT NOT NULL,
    path ltree NOT NULL,
    households INTEGER NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_grid_tally PRIMARY KEY (area_id, state_id),
    CONSTRAINT fk_grid_tally_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_grid_tally_state_id FOREIGN KEY(state_id) REFERENCES scheme_state (id)
);

CREATE TABLE hotel_day (
    hotel_id INTEGER NOT NULL,
    day DATE NOT NULL,
    occupied INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_hotel_day PRIMARY KEY (hotel_id, day),
    CONSTRAINT fk_hotel_day_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_hotel_day_hotel_id FOREIGN KEY(hotel_id) REFERENCES hotel (id)
);

CREATE TABLE household (
    id BIGSERIAL NOT NULL,
    building_id BIGINT NOT NULL,
    unit SMALLINT NOT NULL,
    floor SMALLINT NOT NULL,
    room TEXT NOT NULL,
    state_id SMALLINT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    due_on DATE,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_household PRIMARY KEY (id),
    CONSTRAINT fk_household_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_household_building_id FOREIGN KEY(building_id) REFERENCES building (id),
    CONSTRAINT fk_household_state_id FOREIGN KEY(state_id) REFERENCES scheme_state (id)
);
CREATE INDEX ix_household_building_id ON household (building_id);

CREATE TABLE household_state (
    id BIGSERIAL NOT NULL,
    household_id BIGINT NOT NULL,
    state_id SMALLINT NOT NULL,
    valid TSTZRANGE NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    client_id UUID,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_household_state PRIMARY KEY (id),
    CONSTRAINT fk_household_state_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_household_state_household_id FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_household_state_state_id FOREIGN KEY(state_id) REFERENCES scheme_state (id),
    CONSTRAINT uq_household_state_client_id UNIQUE (client_id)
);

CREATE TABLE patrol_event (
    id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    flight_id BIGINT,
    kind TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_patrol_event PRIMARY KEY (id),
    CONSTRAINT fk_patrol_event_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_patrol_event_code UNIQUE (code),
    CONSTRAINT fk_patrol_event_flight_id FOREIGN KEY(flight_id) REFERENCES flight (id)
);
CREATE INDEX ix_patrol_event_flight_id ON patrol_event (flight_id);

CREATE TABLE track_point (
    flight_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    height_m DOUBLE PRECISION NOT NULL,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_track_point PRIMARY KEY (flight_id, at),
    CONSTRAINT fk_track_point_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_track_point_flight_id FOREIGN KEY(flight_id) REFERENCES flight (id)
) PARTITION BY RANGE (at);

