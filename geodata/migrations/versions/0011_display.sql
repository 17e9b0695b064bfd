-- Tables, as geodata/model/displays.py declares them (a test compares the two).

CREATE TABLE display (
    id SERIAL NOT NULL,
    name TEXT NOT NULL,
    digest BYTEA NOT NULL,
    programme TEXT,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    last_seen_at TIMESTAMP WITH TIME ZONE,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_display PRIMARY KEY (id),
    CONSTRAINT fk_display_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT uq_display_digest UNIQUE (digest)
);
CREATE UNIQUE INDEX uq_display_name ON display (name) WHERE revoked_at IS NULL;

-- Only the gate sees what a link's token is compared with; readers see which screens stand in their areas.
ALTER TABLE display ENABLE ROW LEVEL SECURITY;
CREATE POLICY gate ON display TO wangge_gate USING (true);
GRANT SELECT, UPDATE (last_seen_at) ON display TO wangge_gate;
GRANT SELECT (id, name, programme, created_by, created_at, revoked_at, last_seen_at, area_id, path) ON display TO wangge_app;

-- That a screen was seen is no news: whoever keeps readers would forget all of them every minute.
CREATE TRIGGER tell AFTER INSERT OR DELETE OR UPDATE OF name, digest, programme, revoked_at, area_id, path ON display
    FOR EACH STATEMENT EXECUTE FUNCTION tell_table();

ALTER TABLE account DROP CONSTRAINT ck_account_role;
ALTER TABLE account ADD CONSTRAINT ck_account_role
    CHECK (role IN ('command', 'officer', 'grid', 'press', 'admin', 'display'));
