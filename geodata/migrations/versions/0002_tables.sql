-- Tables, as geodata/model/rollups.py declares them (a test compares the two).

CREATE TABLE grid_begun (
    area_id INTEGER NOT NULL,
    day DATE NOT NULL,
    state_id SMALLINT NOT NULL,
    path ltree NOT NULL,
    households INTEGER NOT NULL,
    CONSTRAINT pk_grid_begun PRIMARY KEY (area_id, day, state_id),
    CONSTRAINT fk_grid_begun_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_grid_begun_state_id FOREIGN KEY(state_id) REFERENCES scheme_state (id)
);

CREATE TABLE area_tally (
    area_id INTEGER NOT NULL,
    state_id SMALLINT NOT NULL,
    slot BIGINT NOT NULL,
    path ltree NOT NULL,
    households INTEGER NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_area_tally PRIMARY KEY (area_id, state_id, slot),
    CONSTRAINT fk_area_tally_state_id FOREIGN KEY(state_id) REFERENCES scheme_state (id)
);

CREATE TABLE area_due (
    area_id INTEGER NOT NULL,
    due_on DATE NOT NULL,
    slot BIGINT NOT NULL,
    path ltree NOT NULL,
    households INTEGER NOT NULL,
    CONSTRAINT pk_area_due PRIMARY KEY (area_id, due_on, slot)
);

CREATE TABLE area_begun (
    area_id INTEGER NOT NULL,
    day DATE NOT NULL,
    state_id SMALLINT NOT NULL,
    slot BIGINT NOT NULL,
    path ltree NOT NULL,
    households INTEGER NOT NULL,
    CONSTRAINT pk_area_begun PRIMARY KEY (area_id, day, state_id, slot),
    CONSTRAINT fk_area_begun_state_id FOREIGN KEY(state_id) REFERENCES scheme_state (id)
);

CREATE TABLE area_passages (
    area_id INTEGER NOT NULL,
    day DATE NOT NULL,
    slot BIGINT NOT NULL,
    path ltree NOT NULL,
    passed INTEGER NOT NULL,
    home_quarantine INTEGER NOT NULL,
    central_quarantine INTEGER NOT NULL,
    turned_back INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_area_passages PRIMARY KEY (area_id, day, slot)
);

CREATE TABLE area_posts (
    area_id INTEGER NOT NULL,
    staffed_from TIME WITHOUT TIME ZONE NOT NULL,
    staffed_to TIME WITHOUT TIME ZONE NOT NULL,
    slot BIGINT NOT NULL,
    path ltree NOT NULL,
    posts INTEGER NOT NULL,
    CONSTRAINT pk_area_posts PRIMARY KEY (area_id, staffed_from, staffed_to, slot)
);

CREATE SEQUENCE roll_up_slot;
