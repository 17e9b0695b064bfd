-- Tables, as geodata/model/counts.py declares them (a test compares the two).

CREATE TABLE health_code_day (
    area_id INTEGER NOT NULL,
    day DATE NOT NULL,
    path ltree NOT NULL,
    green INTEGER NOT NULL,
    yellow INTEGER NOT NULL,
    red INTEGER NOT NULL,
    registered INTEGER NOT NULL,
    population INTEGER NOT NULL,
    first_reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_health_code_day PRIMARY KEY (area_id, day),
    CONSTRAINT fk_health_code_day_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT ck_health_code_day_counts CHECK (least(green, yellow, red, registered, population) >= 0)
);
CREATE INDEX ix_health_code_day_day ON health_code_day (day);

CREATE TABLE hotline_day (
    area_id INTEGER NOT NULL,
    day DATE NOT NULL,
    path ltree NOT NULL,
    received INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    first_reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_hotline_day PRIMARY KEY (area_id, day),
    CONSTRAINT fk_hotline_day_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT ck_hotline_day_counts CHECK (least(received, closed) >= 0)
);

CREATE TABLE return_registration (
    id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    origin TEXT NOT NULL,
    arrives_on DATE NOT NULL,
    status TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_return_registration PRIMARY KEY (id),
    CONSTRAINT fk_return_registration_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_return_registration_code UNIQUE (code),
    CONSTRAINT ck_return_registration_status CHECK (status IN ('registered', 'met', 'closed')),
    CONSTRAINT ck_return_registration_answered CHECK ((answered_at IS NULL) = (status = 'registered'))
);
CREATE INDEX ix_return_registration_area_id ON return_registration (area_id);

CREATE TABLE tip_off (
    id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_tip_off PRIMARY KEY (id),
    CONSTRAINT fk_tip_off_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_tip_off_code UNIQUE (code),
    CONSTRAINT ck_tip_off_kind CHECK (kind IN ('gathering', 'returned_unreported', 'price', 'other')),
    CONSTRAINT ck_tip_off_status CHECK (status IN ('open', 'followed_up', 'closed')),
    CONSTRAINT ck_tip_off_answered CHECK ((answered_at IS NULL) = (status = 'open'))
);
CREATE INDEX ix_tip_off_area_id ON tip_off (area_id);
