-- Tables, as geodata/model/press.py declares them (a test compares the two).

CREATE TABLE vintage (
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    data_time TIMESTAMP WITH TIME ZONE,
    threshold SMALLINT NOT NULL,
    states JSONB NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_vintage PRIMARY KEY (at)
);

CREATE TABLE published_figure (
    vintage TIMESTAMP WITH TIME ZONE NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    tree ltree NOT NULL,
    lump INTEGER,
    figures JSONB NOT NULL,
    CONSTRAINT pk_published_figure PRIMARY KEY (vintage, area_id),
    CONSTRAINT fk_published_figure_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_published_figure_vintage FOREIGN KEY(vintage) REFERENCES vintage (at) ON DELETE CASCADE
);
-- An area that moves takes its old figures along, for who may read them.
CREATE INDEX ix_published_figure_area_id ON published_figure (area_id, path);

CREATE TABLE withheld_cell (
    vintage TIMESTAMP WITH TIME ZONE NOT NULL,
    unit INTEGER NOT NULL,
    cells TEXT[] NOT NULL,
    CONSTRAINT pk_withheld_cell PRIMARY KEY (vintage, unit),
    CONSTRAINT fk_withheld_cell_vintage FOREIGN KEY(vintage) REFERENCES vintage (at) ON DELETE CASCADE
);
ALTER TABLE withheld_cell ENABLE ROW LEVEL SECURITY;

GRANT SELECT ON vintage TO wangge_app;

-- What is published is never rewritten, by nobody; only where an area lies today follows the tree.
CREATE FUNCTION refuse_republishing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'wangge: what may be published of an hour is made once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER refuse_republishing BEFORE UPDATE ON vintage FOR EACH ROW EXECUTE FUNCTION refuse_republishing();
CREATE TRIGGER refuse_republishing BEFORE UPDATE ON published_figure FOR EACH ROW
    WHEN (OLD.vintage IS DISTINCT FROM NEW.vintage OR OLD.figures IS DISTINCT FROM NEW.figures OR OLD.tree IS DISTINCT FROM NEW.tree)
    EXECUTE FUNCTION refuse_republishing();
