-- Tables, as geodata/model/imports.py declares them (a test compares the two).

CREATE TABLE import_memory (
    sender TEXT NOT NULL,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    theirs TEXT NOT NULL,
    ours TEXT NOT NULL,
    CONSTRAINT pk_import_memory PRIMARY KEY (sender, kind, what, theirs),
    CONSTRAINT ck_import_memory_what CHECK (what IN ('column', 'state'))
);

CREATE TABLE delivered_place (
    delivery_id BIGINT NOT NULL,
    first INTEGER NOT NULL,
    system TEXT NOT NULL,
    x BYTEA,
    y BYTEA,
    shapes BYTEA[],
    CONSTRAINT pk_delivered_place PRIMARY KEY (delivery_id, first)
);

-- What a building and a door are found by again; each takes the place of an index on its first column.
CREATE UNIQUE INDEX uq_building_area_id_address ON building (area_id, address);
DROP INDEX ix_building_area_id;
CREATE UNIQUE INDEX uq_household_building_id_unit_floor_room ON household (building_id, unit, floor, room);
DROP INDEX ix_household_building_id;
