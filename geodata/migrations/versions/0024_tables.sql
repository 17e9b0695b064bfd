-- Tables, as geodata/model/passages.py declares them (a test compares the two).

DROP TABLE passage_waiting;
CREATE TABLE passage_waiting (
    passages INTEGER NOT NULL,
    posts INTEGER[] NOT NULL,
    ats TIMESTAMP WITH TIME ZONE[] NOT NULL,
    seconds INTEGER[] NOT NULL,
    outcomes TEXT[] NOT NULL,
    colours TEXT[] NOT NULL,
    origins TEXT[] NOT NULL
);
-- A row stays for seconds: pressing it would cost more than its bytes.
ALTER TABLE passage_waiting ALTER posts SET STORAGE EXTERNAL, ALTER ats SET STORAGE EXTERNAL,
    ALTER seconds SET STORAGE EXTERNAL, ALTER outcomes SET STORAGE EXTERNAL, ALTER colours SET STORAGE EXTERNAL,
    ALTER origins SET STORAGE EXTERNAL;

-- Deliveries look posts up by the hundred, and only whether a code is the same: half the time of a tree of texts.
CREATE INDEX ix_checkpoint_code ON checkpoint USING hash (code);

-- Nobody asks for reports by their arrival any more (`area_hour` tells what came in when), and with it no update of an hour
-- could leave the indexes alone: each time that single passages were counted, every post's hour was put into three of them.
DROP INDEX ix_checkpoint_hour_reported_at;
