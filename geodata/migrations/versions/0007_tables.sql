-- Tables, as geodata/model/compounds.py declares them (a test compares the two).

CREATE TABLE gate (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_gate PRIMARY KEY (id),
    CONSTRAINT uq_gate_code UNIQUE (code),
    CONSTRAINT fk_gate_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT ck_gate_kind CHECK (kind IN ('gate', 'exit')),
    CONSTRAINT ck_gate_state CHECK (state IN ('open', 'closed', 'single_entrance'))
);
CREATE INDEX ix_gate_mercator ON gate USING gist (mercator);
CREATE INDEX ix_gate_area_id ON gate (area_id);

CREATE TABLE gate_state (
    id BIGSERIAL NOT NULL,
    gate_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    valid TSTZRANGE NOT NULL,
    reason TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    client_id UUID,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_gate_state PRIMARY KEY (id),
    CONSTRAINT fk_gate_state_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_gate_state_gate_id FOREIGN KEY(gate_id) REFERENCES gate (id),
    CONSTRAINT uq_gate_state_client_id UNIQUE (client_id),
    CONSTRAINT ck_gate_state_state CHECK (state IN ('open', 'closed', 'single_entrance')),
    CONSTRAINT ck_gate_state_valid CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    CONSTRAINT ex_gate_state_valid EXCLUDE USING gist (gate_id WITH =, valid WITH &&)
);
-- Under a policy PostgreSQL finds a gate's intervals by equality alone: the operators of ranges are not leakproof.
CREATE INDEX ix_gate_state_gate_id ON gate_state (gate_id);

CREATE TABLE closure (
    id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    valid TSTZRANGE NOT NULL,
    reason TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    client_id UUID,
    end_reason TEXT,
    ended_by TEXT,
    end_client_id UUID,
    place geometry(GEOMETRY,4326) NOT NULL,
    mercator geometry(GEOMETRY,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_closure PRIMARY KEY (id),
    CONSTRAINT fk_closure_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_closure_client_id UNIQUE (client_id),
    CONSTRAINT uq_closure_end_client_id UNIQUE (end_client_id),
    CONSTRAINT ck_closure_kind CHECK (kind IN ('blocked_street', 'controlled_exit')),
    CONSTRAINT ck_closure_place CHECK (GeometryType(place) IN ('LINESTRING', 'POLYGON') AND ST_IsValid(place)),
    CONSTRAINT ck_closure_valid CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    CONSTRAINT ck_closure_ended CHECK (upper_inf(valid) = (ended_by IS NULL))
);
CREATE INDEX ix_closure_mercator ON closure USING gist (mercator);
CREATE INDEX ix_closure_standing ON closure USING gist (mercator) WHERE upper_inf(valid);
CREATE INDEX ix_closure_area_id ON closure (area_id);
