DROP FUNCTION count_begun_insert(), count_begun_delete(), count_begun_update(), count_begun(begun_change[]) CASCADE;
DROP TYPE begun_change;
DROP TABLE grid_begun;
DROP INDEX ix_household_state_until;
DROP INDEX ix_checkpoint_expected_by;
CREATE INDEX ix_checkpoint_expected_by ON checkpoint (expected_by);
