-- Area scope in the database: roles that own nothing, and one policy a table.

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['wangge_app', 'wangge_gate'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was faster
            END;
        END IF;
        EXECUTE format('GRANT %I TO CURRENT_USER', name);
    END LOOP;
END $$;

-- A policy is evaluated before any condition of the query that could leak a row's content through an error. PostGIS does
-- not mark `geometry && geometry` leakproof, so its index would not be used and every tile would scan its table
-- (measured: a factor of eighty). A comparison of two boxes raises no error on row values, so it is safe to say so.
-- Only a superuser may; where we are not one, docs/operations.md says what to ask for.
DO $$
BEGIN
    ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'wangge: ask a superuser to run: ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF';
END $$;

GRANT USAGE ON SCHEMA public TO wangge_app, wangge_gate;
GRANT SELECT ON colour_scheme, scheme_state TO wangge_app;
GRANT SELECT ON area_alias TO wangge_app;
ALTER TABLE area_alias ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON area_alias TO wangge_app USING (EXISTS (SELECT FROM area a WHERE a.id = area_id));

ALTER TABLE area ENABLE ROW LEVEL SECURITY;
CREATE POLICY gate ON area FOR SELECT TO wangge_gate USING (true);
GRANT SELECT (id, code, name, level, path) ON area TO wangge_gate;
GRANT SELECT ON account, account_area, setting TO wangge_gate;
GRANT SELECT, INSERT, DELETE ON session, api_token, sign_in_attempt TO wangge_gate;
GRANT USAGE ON SEQUENCE sign_in_attempt_id_seq TO wangge_gate;

-- A reader never looks at another's path list: both settings are local to one transaction, and absent means nothing.
-- The policies of the tables themselves: see IN_AREA in 0001_floor.py
