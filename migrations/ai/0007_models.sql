-- What the outside models need around them: names to hide from them, and what they were used for.

-- Names are kept only so that they can be hidden. Staff's stand under the nil contact.
CREATE TABLE known_names (
    office_id   uuid NOT NULL,
    contact_id  uuid NOT NULL,
    name        text NOT NULL CONSTRAINT a_name_is_short CHECK (length(name) BETWEEN 1 AND 80),
    known_since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office_id, contact_id, name)
);

-- One row per day (Asia/Jakarta), model, purpose and outcome: what was asked, what it cost, why it failed.
CREATE TABLE model_use (
    office_id     uuid NOT NULL,
    day           date NOT NULL,
    provider      text NOT NULL,
    model         text NOT NULL,
    purpose       text NOT NULL CONSTRAINT purpose_is_known
                  CHECK (purpose IN ('understand', 'answer', 'embed', 'transcribe')),
    -- 'ok', or why the next provider was asked.
    outcome       text NOT NULL,
    calls         bigint NOT NULL DEFAULT 0 CONSTRAINT calls_are_counted_up CHECK (calls >= 0),
    input_tokens  bigint NOT NULL DEFAULT 0 CONSTRAINT input_is_counted_up CHECK (input_tokens >= 0),
    output_tokens bigint NOT NULL DEFAULT 0 CONSTRAINT output_is_counted_up CHECK (output_tokens >= 0),
    took_ms       bigint NOT NULL DEFAULT 0 CONSTRAINT time_is_counted_up CHECK (took_ms >= 0),
    PRIMARY KEY (office_id, day, provider, model, purpose, outcome)
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['known_names', 'model_use'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
