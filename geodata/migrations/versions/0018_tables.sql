-- Tables, as geodata/model/passages.py declares them (a test compares the two).

CREATE TABLE passage (
    checkpoint_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    seconds INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    code_colour TEXT NOT NULL,
    origin TEXT,
    CONSTRAINT pk_passage PRIMARY KEY (checkpoint_id, at, key)
) PARTITION BY RANGE (at);
CREATE TABLE passage_other PARTITION OF passage DEFAULT;

CREATE TABLE passage_waiting (
    checkpoint_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    seconds INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    code_colour TEXT NOT NULL,
    origin TEXT
);

CREATE TABLE passage_mix (
    area_id INTEGER NOT NULL,
    hour TIMESTAMP WITH TIME ZONE NOT NULL,
    code_colour TEXT NOT NULL,
    origin TEXT NOT NULL,
    path ltree NOT NULL,
    passages INTEGER NOT NULL,
    seconds BIGINT NOT NULL,
    CONSTRAINT pk_passage_mix PRIMARY KEY (area_id, hour, code_colour, origin),
    CONSTRAINT fk_passage_mix_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
) PARTITION BY RANGE (hour);
CREATE TABLE passage_mix_other PARTITION OF passage_mix DEFAULT;
CREATE INDEX ix_passage_mix_hour ON passage_mix (hour);

CREATE TABLE patrol_hour (
    area_id INTEGER NOT NULL,
    hour TIMESTAMP WITH TIME ZONE NOT NULL,
    by TEXT NOT NULL,
    path ltree NOT NULL,
    patrols INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    positions INTEGER NOT NULL,
    CONSTRAINT pk_patrol_hour PRIMARY KEY (area_id, hour, by),
    CONSTRAINT fk_patrol_hour_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);
CREATE INDEX ix_patrol_hour_hour ON patrol_hour (hour);

ALTER TABLE checkpoint_hour ADD COLUMN counted BOOLEAN DEFAULT 'false' NOT NULL;
