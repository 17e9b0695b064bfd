-- Tables, as geodata/model/patrols.py declares them (a test compares the two).

CREATE TABLE ground_patrol (
    id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    team TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_ground_patrol PRIMARY KEY (id),
    CONSTRAINT fk_ground_patrol_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_ground_patrol_code UNIQUE (code)
);
CREATE INDEX ix_ground_patrol_started_at ON ground_patrol (started_at);

CREATE TABLE ground_point (
    patrol_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_ground_point PRIMARY KEY (patrol_id, at),
    CONSTRAINT fk_ground_point_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_ground_point_patrol_id FOREIGN KEY(patrol_id) REFERENCES ground_patrol (id)
) PARTITION BY RANGE (at);
CREATE TABLE ground_point_other PARTITION OF ground_point DEFAULT;
CREATE INDEX ix_ground_point_mercator ON ground_point USING gist (mercator);
CREATE INDEX ix_ground_point_at ON ground_point (at);

CREATE TABLE patrol_cell (
    id SERIAL NOT NULL,
    i INTEGER NOT NULL,
    j INTEGER NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE,
    last_seen_by TEXT,
    centre geometry(POINT,3857) NOT NULL,
    place geometry(POLYGON,4326) NOT NULL,
    mercator geometry(POLYGON,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_patrol_cell PRIMARY KEY (id),
    CONSTRAINT fk_patrol_cell_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_patrol_cell_i_j UNIQUE (i, j),
    CONSTRAINT ck_patrol_cell_last_seen CHECK ((last_seen_at IS NULL) = (last_seen_by IS NULL)),
    CONSTRAINT ck_patrol_cell_last_seen_by CHECK (last_seen_by IN ('drone', 'ground'))
);
CREATE INDEX ix_patrol_cell_mercator ON patrol_cell USING gist (mercator);
CREATE INDEX ix_patrol_cell_centre ON patrol_cell USING gist (centre);
CREATE INDEX ix_patrol_cell_area_id ON patrol_cell (area_id);
-- What was seen lately is few, however large the city.
CREATE INDEX ix_patrol_cell_last_seen_at ON patrol_cell (last_seen_at) INCLUDE (path) WHERE last_seen_at IS NOT NULL;

CREATE TABLE area_cells (
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    cells INTEGER NOT NULL,
    CONSTRAINT pk_area_cells PRIMARY KEY (area_id),
    CONSTRAINT fk_area_cells_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT ck_area_cells_cells CHECK (cells >= 0)
);

CREATE TABLE cell_seen (
    cell_id INTEGER NOT NULL,
    hour TIMESTAMP WITH TIME ZONE NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_by TEXT NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_cell_seen PRIMARY KEY (cell_id, hour),
    CONSTRAINT fk_cell_seen_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_cell_seen_cell_id FOREIGN KEY(cell_id) REFERENCES patrol_cell (id) ON DELETE CASCADE
);
CREATE INDEX ix_cell_seen_hour ON cell_seen (hour) INCLUDE (cell_id, first_at, last_at, path);
