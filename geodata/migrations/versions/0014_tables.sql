-- Tables, as geodata/model/programmes.py declares them (a test compares the two).

CREATE TABLE programme (
    id TEXT NOT NULL,
    content JSONB NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_programme PRIMARY KEY (id),
    CONSTRAINT fk_programme_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);
