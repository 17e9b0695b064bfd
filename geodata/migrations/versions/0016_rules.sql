-- What the states of a release allow, whoever writes; the journal of it; what was said stays said.

CREATE FUNCTION refuse_release_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE restrict_violation USING MESSAGE = 'a release and its journal are never rewritten';
END $$;

-- The number is given in the transaction that approves: if that fails, the next one gets it, and none is missing.
CREATE FUNCTION keep_release_rules() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    city_code text;
BEGIN
    IF (NEW.id, NEW.ordered, NEW.forms, NEW.batch, NEW.paths, NEW.made_by, NEW.made_by_id, NEW.made_at, NEW.area_id)
       IS DISTINCT FROM
       (OLD.id, OLD.ordered, OLD.forms, OLD.batch, OLD.paths, OLD.made_by, OLD.made_by_id, OLD.made_at, OLD.area_id)
       OR (OLD.manifest IS NOT NULL AND NEW.manifest IS DISTINCT FROM OLD.manifest) THEN
        RAISE restrict_violation USING MESSAGE = 'a release and its journal are never rewritten';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('making', 'draft'), ('making', 'failed'), ('draft', 'approved'), ('draft', 'rejected'),
        ('approved', 'released'), ('approved', 'withdrawn'), ('released', 'withdrawn')) THEN
        RAISE restrict_violation USING MESSAGE = format('a release that is %s does not become %s', OLD.state, NEW.state);
    END IF;
    IF (NEW.state = OLD.state OR NEW.state <> 'approved')
       AND (NEW.approved_by, NEW.approved_by_id, NEW.approved_at, NEW.year, NEW.serial)
           IS DISTINCT FROM (OLD.approved_by, OLD.approved_by_id, OLD.approved_at, OLD.year, OLD.serial)
       OR (NEW.state = OLD.state OR NEW.state <> 'released')
       AND (NEW.released_by, NEW.released_at) IS DISTINCT FROM (OLD.released_by, OLD.released_at)
       OR NEW.state = OLD.state
       AND (NEW.ended_by, NEW.ended_at, NEW.reason) IS DISTINCT FROM (OLD.ended_by, OLD.ended_at, OLD.reason) THEN
        RAISE restrict_violation USING MESSAGE = 'a release and its journal are never rewritten';
    END IF;
    IF NEW.state <> OLD.state THEN
        NEW.done := 0; NEW.total := 0; NEW.attempts := 0; NEW.lease_until := NULL; NEW.problem := NULL;
        IF NEW.state = 'approved' THEN
            SELECT code INTO city_code FROM area WHERE id = subpath(NEW.path, 0, 1)::text::int;
            NEW.year := extract(year FROM local_day(NEW.approved_at));
            INSERT INTO press_release_serial AS s VALUES (city_code, NEW.year, 1)
                ON CONFLICT (city, year) DO UPDATE SET last = s.last + 1 RETURNING last INTO NEW.serial;
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rules BEFORE UPDATE ON press_release FOR EACH ROW EXECUTE FUNCTION keep_release_rules();
CREATE TRIGGER never_deleted BEFORE DELETE ON press_release
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_release_rewriting();

CREATE FUNCTION log_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO press_release_event (release_id, what, by, at, told, area_id, path) VALUES (
        NEW.id, NEW.state,
        CASE NEW.state WHEN 'making' THEN NEW.made_by WHEN 'approved' THEN NEW.approved_by
                       WHEN 'released' THEN NEW.released_by ELSE NEW.ended_by END,
        CASE NEW.state WHEN 'making' THEN NEW.made_at WHEN 'approved' THEN NEW.approved_at
                       WHEN 'released' THEN NEW.released_at WHEN 'draft' THEN now() ELSE NEW.ended_at END,
        CASE WHEN NEW.state = 'approved' THEN NEW.number ELSE NEW.reason END, NEW.area_id, NEW.path);
    RETURN NULL;
END $$;
CREATE TRIGGER log_new AFTER INSERT ON press_release FOR EACH ROW EXECUTE FUNCTION log_release();
CREATE TRIGGER log_step AFTER UPDATE OF state ON press_release FOR EACH ROW
    WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION log_release();

-- An area may move in the tree, and the path with it.
CREATE TRIGGER never_rewritten BEFORE UPDATE ON press_release_event FOR EACH ROW
    WHEN ((NEW.id, NEW.release_id, NEW.what, NEW.by, NEW.at, NEW.told, NEW.area_id)
          IS DISTINCT FROM (OLD.id, OLD.release_id, OLD.what, OLD.by, OLD.at, OLD.told, OLD.area_id))
    EXECUTE FUNCTION refuse_release_rewriting();
CREATE TRIGGER never_deleted BEFORE DELETE ON press_release_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_release_rewriting();
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE ON press_release_sheet
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_release_rewriting();

-- Drafts of files make room for what was approved; what was approved stays.
CREATE FUNCTION keep_release_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.stage <> 'draft' THEN
        RAISE restrict_violation USING MESSAGE = 'a release and its journal are never rewritten';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_file BEFORE UPDATE OR DELETE ON press_release_file
    FOR EACH ROW EXECUTE FUNCTION keep_release_file();

-- What anybody who may use the desk may know of a file or a number, also of another area: what was released is public.
-- Of a release that was approved and never released nothing is told but that it was withdrawn.
CREATE FUNCTION press_verdict(digest bytea, asked text)
RETURNS TABLE (number text, state text, by_file boolean, marked boolean, form text, area_code text, area_name text,
               released_at timestamptz, withdrawn_at timestamptz, reason text, ordered jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT r.number, r.state, f.release_id IS NOT NULL, coalesce(f.stage = 'withdrawn', false), f.form, a.code, a.name,
           r.released_at, r.ended_at, r.reason, r.ordered
    FROM press_release r JOIN area a ON a.id = r.area_id
    LEFT JOIN press_release_file f ON f.release_id = r.id AND f.sha256 = digest AND f.stage IN ('final', 'withdrawn')
    WHERE r.state IN ('released', 'withdrawn')
      AND r.id IN (SELECT release_id FROM press_release_file WHERE sha256 = digest AND stage IN ('final', 'withdrawn')
                   UNION ALL SELECT id FROM press_release n WHERE n.number = asked)
    ORDER BY f.release_id IS NULL, r.id LIMIT 1 $$;
REVOKE ALL ON FUNCTION press_verdict(bytea, text) FROM public;
GRANT EXECUTE ON FUNCTION press_verdict(bytea, text) TO wangge_app;
