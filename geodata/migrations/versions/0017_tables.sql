-- Tables, as geodata/model/arrivals.py declares them (a test compares the two).

CREATE TABLE sender (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    disabled BOOLEAN DEFAULT false NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_sender PRIMARY KEY (id),
    CONSTRAINT uq_sender_code UNIQUE (code),
    CONSTRAINT fk_sender_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);

CREATE TABLE sender_area (
    sender_id INTEGER NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_sender_area PRIMARY KEY (sender_id, area_id),
    CONSTRAINT fk_sender_area_sender_id FOREIGN KEY(sender_id) REFERENCES sender (id) ON DELETE CASCADE,
    CONSTRAINT fk_sender_area_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);

CREATE TABLE sender_token (
    id SERIAL NOT NULL,
    digest BYTEA NOT NULL,
    sender_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    last_used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sender_token PRIMARY KEY (id),
    CONSTRAINT uq_sender_token_digest UNIQUE (digest),
    CONSTRAINT fk_sender_token_sender_id FOREIGN KEY(sender_id) REFERENCES sender (id) ON DELETE CASCADE
);
CREATE INDEX ix_sender_token_sender_id ON sender_token (sender_id);

CREATE TABLE delivery (
    id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    sender TEXT NOT NULL,
    source TEXT NOT NULL,
    file_name TEXT NOT NULL,
    rows INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    repeated INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    detail JSONB NOT NULL,
    digest BYTEA,
    times INTEGER DEFAULT '1' NOT NULL,
    day DATE NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_delivery PRIMARY KEY (id),
    CONSTRAINT uq_delivery_digest_day_area_id UNIQUE (digest, day, area_id),
    CONSTRAINT fk_delivery_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);
CREATE INDEX ix_delivery_day ON delivery (day);

-- Updated with every delivery: room on each page lets PostgreSQL do it without touching the index.
CREATE TABLE delivery_day (
    kind TEXT NOT NULL,
    sender TEXT NOT NULL,
    day DATE NOT NULL,
    slot SMALLINT NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    deliveries BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    repeated BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    newest_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_delivery_day PRIMARY KEY (kind, sender, day, slot, area_id),
    CONSTRAINT fk_delivery_day_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
) WITH (fillfactor = 50);
CREATE INDEX ix_delivery_day_day ON delivery_day (day);

CREATE TABLE refused_row (
    id BIGSERIAL NOT NULL,
    delivery_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    sender TEXT NOT NULL,
    nth INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    why TEXT NOT NULL,
    facts JSONB NOT NULL,
    fields JSONB NOT NULL,
    digest BYTEA NOT NULL,
    times INTEGER DEFAULT '1' NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    settled_by TEXT,
    settled_at TIMESTAMP WITH TIME ZONE,
    reason TEXT,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_refused_row PRIMARY KEY (id),
    CONSTRAINT fk_refused_row_delivery_id FOREIGN KEY(delivery_id) REFERENCES delivery (id) ON DELETE CASCADE,
    CONSTRAINT fk_refused_row_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT ck_refused_row_state CHECK (state IN ('open', 'sent', 'dropped')),
    CONSTRAINT ck_refused_row_settled CHECK ((state = 'open') = (settled_at IS NULL))
);
CREATE INDEX ix_refused_row_delivery_id ON refused_row (delivery_id);
-- The same fault of the same row is one, for as long as nobody has settled it.
CREATE UNIQUE INDEX uq_refused_row_open ON refused_row (digest, area_id) WHERE state = 'open';
CREATE INDEX ix_refused_row_waiting ON refused_row (kind, sender) WHERE state = 'open';
