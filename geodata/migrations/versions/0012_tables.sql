-- Tables, as geodata/model/alerts.py declares them (a test compares the two).

CREATE TABLE alert_rule (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    threshold DOUBLE PRECISION,
    level TEXT,
    minutes INTEGER NOT NULL,
    active BOOLEAN DEFAULT 'true' NOT NULL,
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    one_zh TEXT NOT NULL,
    one_en TEXT NOT NULL,
    many_zh TEXT NOT NULL,
    many_en TEXT NOT NULL,
    CONSTRAINT pk_alert_rule PRIMARY KEY (id),
    CONSTRAINT uq_alert_rule_code UNIQUE (code),
    CONSTRAINT ck_alert_rule_severity CHECK (severity IN ('severe', 'warning', 'information')),
    CONSTRAINT ck_alert_rule_minutes CHECK (minutes >= 0)
);

-- Of itself, lest every look at a rule were news of the rule: how old what alerts say of the present is.
CREATE TABLE alert_judged (
    rule_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_alert_judged PRIMARY KEY (rule_id),
    CONSTRAINT fk_alert_judged_rule_id FOREIGN KEY(rule_id) REFERENCES alert_rule (id)
);

-- Causes that have not lasted long enough yet, of which only whoever looks knows since when.
CREATE TABLE alert_waiting (
    rule_id INTEGER NOT NULL,
    cause TEXT NOT NULL,
    began_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_alert_waiting PRIMARY KEY (rule_id, cause),
    CONSTRAINT fk_alert_waiting_rule_id FOREIGN KEY(rule_id) REFERENCES alert_rule (id)
);

CREATE TABLE alert (
    id BIGSERIAL NOT NULL,
    rule_id INTEGER NOT NULL,
    cause TEXT NOT NULL,
    severity TEXT NOT NULL,
    name TEXT NOT NULL,
    facts JSONB NOT NULL,
    began_at TIMESTAMP WITH TIME ZONE NOT NULL,
    fired_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_by TEXT,
    seen_at TIMESTAMP WITH TIME ZONE,
    assigned_to TEXT,
    assigned_by TEXT,
    assigned_at TIMESTAMP WITH TIME ZONE,
    closed_by TEXT,
    closed_at TIMESTAMP WITH TIME ZONE,
    closed_why TEXT,
    gone_at TIMESTAMP WITH TIME ZONE,
    place geometry(POINT,4326),
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_alert PRIMARY KEY (id),
    CONSTRAINT fk_alert_rule_id FOREIGN KEY(rule_id) REFERENCES alert_rule (id),
    CONSTRAINT fk_alert_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT ck_alert_severity CHECK (severity IN ('severe', 'warning', 'information')),
    CONSTRAINT ck_alert_closed CHECK ((closed_at IS NULL) = (closed_why IS NULL)),
    CONSTRAINT ck_alert_gone CHECK (gone_at IS NULL OR closed_at IS NOT NULL),
    CONSTRAINT ck_alert_seen CHECK ((seen_at IS NULL) = (seen_by IS NULL))
);
-- One alert a cause for as long as the cause is there, also after somebody closed it.
CREATE UNIQUE INDEX uq_alert_standing ON alert (rule_id, cause) WHERE gone_at IS NULL;
CREATE INDEX ix_alert_closed_at ON alert (closed_at);
CREATE INDEX ix_alert_area_id ON alert (area_id);
CREATE INDEX ix_alert_mercator ON alert USING gist (mercator) WHERE closed_at IS NULL;

CREATE TABLE alert_event (
    id BIGSERIAL NOT NULL,
    alert_id BIGINT NOT NULL,
    what TEXT NOT NULL,
    by TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    told TEXT,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_alert_event PRIMARY KEY (id),
    CONSTRAINT fk_alert_event_alert_id FOREIGN KEY(alert_id) REFERENCES alert (id) ON DELETE CASCADE,
    CONSTRAINT fk_alert_event_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT ck_alert_event_what CHECK (what IN ('fired', 'acknowledged', 'assigned', 'closed', 'gone', 'rule_off'))
);
CREATE INDEX ix_alert_event_alert_id ON alert_event (alert_id);

CREATE TABLE fever_report (
    id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    status TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_fever_report PRIMARY KEY (id),
    CONSTRAINT fk_fever_report_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_fever_report_code UNIQUE (code),
    CONSTRAINT ck_fever_report_status CHECK (status IN ('open', 'followed_up'))
);
CREATE INDEX ix_fever_report_at ON fever_report (at);
CREATE INDEX ix_fever_report_area_id ON fever_report (area_id);
