-- Finding complaints among a million under row-level security: only comparisons that tell nothing (equality and order of
-- texts, ids and times) may use an index before the policy has spoken. So the words of a complaint stand in a table of
-- their own, and names of areas beside themselves in small letters.

-- One row per word of a complaint, newest first within a word.
CREATE TABLE complaint_words (
    office_id uuid NOT NULL,
    word      text NOT NULL,
    at        timestamptz NOT NULL,
    complaint uuid NOT NULL,
    PRIMARY KEY (office_id, word, at, complaint)
);

-- Every word that ever stood in an office's complaints, and the threes of letters by which a mistyped one finds it.
CREATE TABLE vocabulary (
    office_id uuid NOT NULL,
    trigram   text NOT NULL,
    word      text NOT NULL,
    PRIMARY KEY (office_id, trigram, word)
);

ALTER TABLE complaints
    ADD COLUMN area_key text,
    -- Whether its words stand in complaint_words; older complaints are taken up by a worker.
    ADD COLUMN words_written boolean NOT NULL DEFAULT false;
CREATE INDEX complaints_without_words ON complaints (id) WHERE NOT words_written;

SELECT set_config('app.scope', 'all', true);
UPDATE complaints SET area_key = lower(kelurahan) WHERE kelurahan IS NOT NULL;
SELECT set_config('app.scope', '', true);

DROP INDEX complaints_by_kelurahan;
CREATE INDEX complaints_by_area ON complaints (office_id, area_key, created_at DESC, id DESC);
-- An expression over a column tells something of it: the planner would not use it before the policy.
DROP INDEX complaints_by_agency;
CREATE INDEX complaints_by_agency ON complaints (office_id, assigned_agency, created_at DESC, id DESC)
    WHERE assigned_agency IS NOT NULL;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['complaint_words', 'vocabulary'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
