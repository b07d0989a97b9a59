-- The office's own calendar, and a clock that warns before a complaint is late and says so when it is.

-- What an office sets about single days, over the national calendar that the service brings.
CREATE TABLE calendar_days (
    office_id  uuid NOT NULL,
    day        date NOT NULL,
    name       text NOT NULL CONSTRAINT a_day_has_a_name CHECK (length(btrim(name)) BETWEEN 1 AND 120),
    -- false: the office works although the nation doesn't.
    closed     boolean NOT NULL,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, day)
);

-- Offices whose calendar changed: their open complaints are counted again, batch after batch.
CREATE TABLE clock_recounts (
    office_id    uuid PRIMARY KEY,
    -- The last complaint that was counted again.
    after        uuid,
    requested_at timestamptz NOT NULL
);

ALTER TABLE complaints
    -- From then on it is at risk. NULL for complaints from before this migration, until they are counted again.
    ADD COLUMN warn_at timestamptz,
    ADD COLUMN sla_warned_at timestamptz,
    ADD COLUMN sla_breached_at timestamptz,
    -- The role that has to look after it since it was late.
    ADD COLUMN escalated_to text;
-- The clock looks at these two ends only, however many complaints there are.
CREATE INDEX complaints_to_warn_of ON complaints (warn_at)
    WHERE closed_at IS NULL AND paused_at IS NULL AND sla_warned_at IS NULL;
CREATE INDEX complaints_getting_late ON complaints (due_at)
    WHERE closed_at IS NULL AND paused_at IS NULL AND sla_breached_at IS NULL;
-- Lists of what was escalated and is still open.
CREATE INDEX escalated_complaints ON complaints (office_id, escalated_to, due_at, id)
    WHERE closed_at IS NULL AND escalated_to IS NOT NULL;

ALTER TABLE complaint_updates DROP CONSTRAINT kind_is_known;
ALTER TABLE complaint_updates ADD CONSTRAINT kind_is_known CHECK (kind IN (
    'created', 'status', 'fields', 'erased', 'clock', 'note', 'assigned', 'merged', 'identity', 'retired'));

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['calendar_days', 'clock_recounts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
