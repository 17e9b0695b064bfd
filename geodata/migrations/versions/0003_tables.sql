-- Tables, as geodata/model/rollups.py declares them (a test compares the two).

CREATE TABLE grid_expected (
    area_id INTEGER NOT NULL,
    expected_by TIMESTAMP WITH TIME ZONE NOT NULL,
    path ltree NOT NULL,
    posts INTEGER NOT NULL,
    CONSTRAINT pk_grid_expected PRIMARY KEY (area_id, expected_by),
    CONSTRAINT fk_grid_expected_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE
);

CREATE TABLE area_expected (
    area_id INTEGER NOT NULL,
    expected_by TIMESTAMP WITH TIME ZONE NOT NULL,
    slot BIGINT NOT NULL,
    path ltree NOT NULL,
    posts INTEGER NOT NULL,
    CONSTRAINT pk_area_expected PRIMARY KEY (area_id, expected_by, slot)
);

-- Its own, so that every number drawn is drawn here: one in so many folds, whatever else is written beside it.
CREATE SEQUENCE expected_slot;
