-- What an office asks about each category, its time in days or hours, and what citizens answered.

-- Hours as well as days: one amount, one unit.
ALTER TABLE categories RENAME COLUMN sla_days TO sla_amount;
ALTER TABLE categories RENAME CONSTRAINT sla_is_at_least_a_day TO sla_is_within_a_year_of_days;
ALTER TABLE categories ADD COLUMN sla_unit text NOT NULL DEFAULT 'working_days'
    CONSTRAINT sla_unit_is_known CHECK (sla_unit IN ('working_days', 'working_hours'));
ALTER TABLE categories ADD COLUMN fields jsonb NOT NULL DEFAULT '[]'
    CONSTRAINT fields_are_a_list CHECK (jsonb_typeof(fields) = 'array');

ALTER TABLE complaints RENAME COLUMN sla_days TO sla_amount;
ALTER TABLE complaints ADD COLUMN sla_unit text NOT NULL DEFAULT 'working_days'
    CONSTRAINT sla_unit_is_known CHECK (sla_unit IN ('working_days', 'working_hours'));
ALTER TABLE complaints ADD COLUMN fields jsonb NOT NULL DEFAULT '{}'
    CONSTRAINT fields_are_answers_by_name CHECK (jsonb_typeof(fields) = 'object');
ALTER TABLE complaints ADD COLUMN urgent boolean NOT NULL DEFAULT false;
-- The few that can't wait are looked at first.
CREATE INDEX urgent_complaints ON complaints (office_id, created_at DESC, id DESC) WHERE urgent AND closed_at IS NULL;
