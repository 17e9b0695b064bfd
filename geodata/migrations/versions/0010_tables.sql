-- Tables, as geodata/model declares them (a test compares the two).

CREATE TABLE village_report (
    area_id INTEGER NOT NULL,
    day DATE NOT NULL,
    returned_outside INTEGER NOT NULL,
    returned_wuhan INTEGER NOT NULL,
    close_contact INTEGER NOT NULL,
    fever_unexplained INTEGER NOT NULL,
    first_reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_village_report PRIMARY KEY (area_id, day),
    CONSTRAINT fk_village_report_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);
CREATE INDEX ix_village_report_day ON village_report (day);
-- How many reports are expected is counted without a look at the areas themselves, which are heavy with their polygons.
CREATE INDEX ix_area_village ON area (path) WHERE level = 'village';

CREATE TABLE silence (
    checkpoint_id INTEGER NOT NULL,
    began TIMESTAMP WITH TIME ZONE NOT NULL,
    ended TIMESTAMP WITH TIME ZONE NOT NULL,
    posts SMALLINT NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_silence PRIMARY KEY (checkpoint_id, began),
    CONSTRAINT fk_silence_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_silence_checkpoint_id FOREIGN KEY(checkpoint_id) REFERENCES checkpoint (id) ON DELETE CASCADE
);
CREATE INDEX ix_silence_ended ON silence (ended);
CREATE INDEX ix_silence_area_id ON silence (area_id, path);

CREATE TABLE area_hour (
    area_id INTEGER NOT NULL,
    hour TIMESTAMP WITH TIME ZONE NOT NULL,
    told TIMESTAMP WITH TIME ZONE NOT NULL,
    slot BIGINT NOT NULL,
    path ltree NOT NULL,
    reports INTEGER NOT NULL,
    passed INTEGER NOT NULL,
    home_quarantine INTEGER NOT NULL,
    central_quarantine INTEGER NOT NULL,
    turned_back INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_area_hour PRIMARY KEY (area_id, hour, told, slot)
);
CREATE INDEX ix_area_hour_added ON area_hour (slot) WHERE slot <> 0;

CREATE TABLE area_ended (
    area_id INTEGER NOT NULL,
    ended_on DATE NOT NULL,
    state_id SMALLINT NOT NULL,
    due_on DATE NOT NULL,
    slot BIGINT NOT NULL,
    path ltree NOT NULL,
    households INTEGER NOT NULL,
    CONSTRAINT pk_area_ended PRIMARY KEY (area_id, ended_on, state_id, due_on, slot),
    CONSTRAINT fk_area_ended_state_id FOREIGN KEY(state_id) REFERENCES scheme_state (id)
);
CREATE INDEX ix_area_ended_added ON area_ended (slot) WHERE slot <> 0;

CREATE SEQUENCE replay_slot;

-- What a past moment subtracts: reports that came in after it.
CREATE INDEX ix_checkpoint_hour_reported_at ON checkpoint_hour (reported_at);
