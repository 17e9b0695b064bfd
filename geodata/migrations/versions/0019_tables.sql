-- Tables, as geodata/model/shops.py and geodata/model/staffing.py declare them (a test compares the two).

CREATE TABLE shop (
    id SERIAL NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    telephone TEXT NOT NULL,
    hours TEXT NOT NULL,
    place geometry(POINT,4326) NOT NULL,
    mercator geometry(POINT,3857) GENERATED ALWAYS AS (ST_Transform(place, 3857)) STORED NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_shop PRIMARY KEY (id),
    CONSTRAINT uq_shop_code UNIQUE (code),
    CONSTRAINT fk_shop_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT ck_shop_kind CHECK (kind IN ('supermarket', 'market', 'pharmacy', 'other'))
);
CREATE INDEX ix_shop_mercator ON shop USING gist (mercator);
CREATE INDEX ix_shop_area_id ON shop (area_id);

CREATE TABLE shop_day (
    shop_id INTEGER NOT NULL,
    day DATE NOT NULL,
    is_open BOOLEAN NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_shop_day PRIMARY KEY (shop_id, day),
    CONSTRAINT fk_shop_day_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_shop_day_shop_id FOREIGN KEY(shop_id) REFERENCES shop (id)
);
CREATE INDEX ix_shop_day_day ON shop_day (day);

CREATE TABLE shop_price (
    shop_id INTEGER NOT NULL,
    day DATE NOT NULL,
    good TEXT NOT NULL,
    nth SMALLINT NOT NULL,
    unit TEXT NOT NULL,
    price NUMERIC(8, 2) NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_shop_price PRIMARY KEY (shop_id, day, good),
    CONSTRAINT fk_shop_price_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_shop_price_shop_id_day FOREIGN KEY(shop_id, day) REFERENCES shop_day (shop_id, day) ON DELETE CASCADE,
    CONSTRAINT ck_shop_price_price CHECK (price >= 0)
);
CREATE INDEX ix_shop_price_day ON shop_price (day);

CREATE TABLE checkpoint_staffing (
    checkpoint_id INTEGER NOT NULL,
    day DATE NOT NULL,
    shift_from TIME WITHOUT TIME ZONE NOT NULL,
    shift_to TIME WITHOUT TIME ZONE NOT NULL,
    on_duty INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_checkpoint_staffing PRIMARY KEY (checkpoint_id, day, shift_from),
    CONSTRAINT fk_checkpoint_staffing_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_checkpoint_staffing_checkpoint_id FOREIGN KEY(checkpoint_id) REFERENCES checkpoint (id) ON DELETE CASCADE,
    CONSTRAINT ck_checkpoint_staffing_on_duty CHECK (on_duty >= 0)
);
CREATE INDEX ix_checkpoint_staffing_day ON checkpoint_staffing (day);

-- What a thing has told goes with it into another area, so that whoever answers for the thing sees its past. What was counted
-- for an area (passages, tracks) stays where it was counted.
CREATE FUNCTION take_history_along() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    FOR i IN 1..TG_NARGS - 1 LOOP
        EXECUTE format('UPDATE %I SET area_id = $1, path = $2 WHERE %I = $3', TG_ARGV[i], TG_ARGV[0])
            USING NEW.area_id, NEW.path, NEW.id;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER take_history_along AFTER UPDATE OF area_id ON gate FOR EACH ROW
    WHEN (OLD.area_id <> NEW.area_id) EXECUTE FUNCTION take_history_along('gate_id', 'gate_state');
CREATE TRIGGER take_history_along AFTER UPDATE OF area_id ON hotel FOR EACH ROW
    WHEN (OLD.area_id <> NEW.area_id) EXECUTE FUNCTION take_history_along('hotel_id', 'hotel_day');
CREATE TRIGGER take_history_along AFTER UPDATE OF area_id ON shop FOR EACH ROW
    WHEN (OLD.area_id <> NEW.area_id) EXECUTE FUNCTION take_history_along('shop_id', 'shop_day', 'shop_price');
CREATE TRIGGER take_history_along AFTER UPDATE OF area_id ON checkpoint FOR EACH ROW
    WHEN (OLD.area_id <> NEW.area_id) EXECUTE FUNCTION take_history_along('checkpoint_id', 'checkpoint_staffing');

-- Posts are registered by the ten thousand: those that are new are counted once a statement, and those whose grid and shift
-- stay the same not at all. (One at a time, as 0001 counts them, a delivery took longer than a statement may.)
CREATE FUNCTION tally_new_posts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO grid_posts AS t (area_id, staffed_from, staffed_to, path, posts)
        SELECT n.area_id, n.staffed_from, n.staffed_to, a.path, count(*)
        FROM new_rows n JOIN area a ON a.id = n.area_id GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
    ON CONFLICT (area_id, staffed_from, staffed_to) DO UPDATE SET posts = t.posts + excluded.posts;
    RETURN NULL;
END $$;
DROP TRIGGER tally_posts ON checkpoint;
CREATE TRIGGER tally_posts AFTER DELETE ON checkpoint FOR EACH ROW EXECUTE FUNCTION tally_posts();
CREATE TRIGGER tally_posts_insert AFTER INSERT ON checkpoint REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_new_posts();
CREATE TRIGGER tally_posts_update AFTER UPDATE OF area_id, staffed_from, staffed_to ON checkpoint FOR EACH ROW
    WHEN ((OLD.area_id, OLD.staffed_from, OLD.staffed_to) IS DISTINCT FROM (NEW.area_id, NEW.staffed_from, NEW.staffed_to))
    EXECUTE FUNCTION tally_posts();
