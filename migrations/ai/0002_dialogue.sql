-- Conversations as the assistant remembers them, the plan of every turn until it is carried out, and what to count.

-- One row per conversation. Whoever plans or ends a turn holds its lock.
CREATE TABLE dialogues (
    conversation_id uuid PRIMARY KEY,
    office_id       uuid NOT NULL,
    contact_id      uuid NOT NULL,
    state           jsonb NOT NULL DEFAULT '{}',
    -- Rises with every turn that ended.
    version         bigint NOT NULL DEFAULT 0,
    updated_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dialogues_by_contact ON dialogues (office_id, contact_id);

-- What a turn will do, written before it does it: a redelivery resumes here.
CREATE TABLE turn_plans (
    turn_id         uuid PRIMARY KEY,
    office_id       uuid NOT NULL,
    conversation_id uuid NOT NULL,
    contact_id      uuid NOT NULL,
    -- Where the turn came from and until when it matters.
    origin          jsonb NOT NULL,
    plan            jsonb,
    -- What each step brought, in the plan's order.
    results         jsonb NOT NULL DEFAULT '[]',
    -- Kept only where the same call must be answered again.
    conclusion      jsonb,
    created_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    -- Citizens' words are not kept longer than they are needed.
    CONSTRAINT a_plan_stands_until_it_is_carried_out CHECK (plan IS NOT NULL OR finished_at IS NOT NULL)
);
CREATE INDEX turn_plans_under_way ON turn_plans (conversation_id) WHERE finished_at IS NULL;
CREATE INDEX turn_plans_by_contact ON turn_plans (office_id, contact_id);
CREATE INDEX turn_plans_by_age ON turn_plans (finished_at);

-- What statistics are made of: nothing in it names a citizen.
CREATE TABLE turn_log (
    turn_id    uuid PRIMARY KEY,
    office_id  uuid NOT NULL,
    source     text NOT NULL CONSTRAINT source_is_whatsapp_or_api CHECK (source IN ('whatsapp', 'api')),
    intent     text NOT NULL,
    confidence real NOT NULL CONSTRAINT confidence_is_a_probability CHECK (confidence BETWEEN 0 AND 1),
    outcome    text NOT NULL,
    provider   text NOT NULL,
    took_ms    bigint NOT NULL CONSTRAINT time_goes_forward CHECK (took_ms >= 0),
    at         timestamptz NOT NULL
);
CREATE INDEX turn_log_by_time ON turn_log (office_id, at);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['dialogues', 'turn_plans', 'turn_log'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
