-- Back to one table of intervals, the present one included, and to triggers that count what begins.
DROP VIEW household_state;
CREATE TABLE household_state (
    id BIGSERIAL NOT NULL,
    household_id BIGINT NOT NULL,
    state_id SMALLINT NOT NULL,
    valid TSTZRANGE NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    entry_id BIGINT,
    CONSTRAINT pk_household_state PRIMARY KEY (id)
);
INSERT INTO household_state (household_id, state_id, valid, reason, source, entered_by, entered_at, area_id, path, entry_id)
    SELECT h.id, s.state_id, s.valid, coalesce(e.reason, f.reason), coalesce(e.source, f.source),
           coalesce(e.entered_by, f.entered_by), coalesce(e.entered_at, f.entered_at), h.area_id, h.path, e.id
    FROM household h
    JOIN (SELECT household_id, state_id, valid FROM household_past
          UNION ALL SELECT id, state_id, tstzrange(since, NULL) FROM household) s ON s.household_id = h.id
    LEFT JOIN LATERAL (SELECT * FROM household_entry e WHERE e.household_id = h.id AND e.effective = lower(s.valid)
        AND e.undoes IS NULL AND NOT EXISTS (SELECT FROM household_entry u WHERE u.undoes = e.id)
        ORDER BY e.id DESC LIMIT 1) e ON true
    LEFT JOIN household_finding f ON f.household_id = h.id AND f.began = lower(s.valid)
    ORDER BY lower(s.valid);
ALTER TABLE household_state
    ADD CONSTRAINT ck_household_state_valid CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    ADD CONSTRAINT ex_household_state_valid EXCLUDE USING gist (household_id WITH =, valid WITH &&),
    ADD CONSTRAINT fk_household_state_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    ADD CONSTRAINT fk_household_state_household_id FOREIGN KEY(household_id) REFERENCES household (id),
    ADD CONSTRAINT fk_household_state_state_id FOREIGN KEY(state_id) REFERENCES scheme_state (id);
CREATE INDEX ix_household_state_area_id ON household_state (area_id);
CREATE INDEX ix_household_state_since ON household_state (lower(valid));
CREATE INDEX ix_household_state_until ON household_state (upper(valid)) WHERE NOT upper_inf(valid);
CREATE INDEX ix_household_state_household_id ON household_state (household_id, lower(valid));

ALTER TABLE household_entry
    ADD CONSTRAINT fk_household_entry_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    ADD CONSTRAINT fk_household_entry_household_id FOREIGN KEY(household_id) REFERENCES household (id),
    ADD CONSTRAINT fk_household_entry_to_state_id FOREIGN KEY(to_state_id) REFERENCES scheme_state (id);
CREATE INDEX ix_household_entry_area_id ON household_entry (area_id, path);
DROP TRIGGER carry_paths ON area;
DROP TRIGGER keep_household ON household;
DROP TRIGGER keep_state ON scheme_state;
DROP TRIGGER fold_first ON household;
DROP TRIGGER move_household ON household;
DROP TABLE household_finding, household_past;
DROP FUNCTION carry_paths(), move_household(), fold_waiting(), keep_household(), keep_state(), count_found(), count_lost(), begun_of(bigint, text),
    lay_intervals(household, bigint), enter_change(household, smallint, timestamptz, text, text, text, uuid, int),
    enter_undoing(household, household_entry, text, text, text, uuid, int), what_began(bigint), fold_changes(),
    begin_state(bigint, int, ltree, smallint, timestamptz, date, geometry, smallint, timestamptz, text, text, text, uuid, int),
    record_change(bigint, text, smallint, int, timestamptz, text, text, text, uuid, boolean, bigint, uuid, uuid, int);
DROP VIEW tally_below, due_below, begun_below, changed_tally, changed_due, changed_begun;
DROP TABLE counted_change;
