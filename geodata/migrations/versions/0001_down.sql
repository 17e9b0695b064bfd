-- Everything that 0001 made, children first. Roles are left where another database of this server still uses them.
DROP TABLE IF EXISTS sign_in_attempt, api_token, session, account_area, account, setting,
    patrol_event, track_point, flight, drone, clinic, hotel_day, hotel,
    grid_posts, grid_passages, checkpoint_hour, checkpoint,
    grid_due, grid_tally, household_state, household, building,
    scheme_state, colour_scheme, area_alias, area CASCADE;
DROP FUNCTION IF EXISTS city_zone(), local_day(timestamptz), set_area_path(), move_children(), set_row_path(),
    tally_households(household_change[]), tally_household_insert(), tally_household_delete(), tally_household_update(),
    refuse_count(), tally_posts(), staffed(time, time, time), next_report_by(time, time, timestamptz),
    tally_passages(passages_change[]), note_reports(), tally_hours_insert(), tally_hours_delete(), tally_hours_update(),
    ensure_partitions(date, date), record_state(bigint, smallint, timestamptz, text, text, text, uuid),
    record_states(bigint[], smallint[], timestamptz[], text[], uuid[], text, text),
    tell_insert(), tell_delete(), tell_update(), tell_table(), search_buildings(text, int) CASCADE;
DROP TYPE IF EXISTS household_change, passages_change CASCADE;
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['wangge_app', 'wangge_gate'] LOOP
        BEGIN
            EXECUTE format('DROP OWNED BY %I', name);
            EXECUTE format('DROP ROLE %I', name);
        EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege OR undefined_object THEN NULL;
        END;
    END LOOP;
END $$;
