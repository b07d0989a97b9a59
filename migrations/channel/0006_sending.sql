-- How fast a number sends, what stands in its way, and who sends for it.

ALTER TABLE numbers
    ADD COLUMN rate_per_second integer NOT NULL DEFAULT 80,
    ADD COLUMN problem         text,
    ADD COLUMN problem_code    bigint,
    ADD COLUMN problem_since   timestamptz,
    -- A digest of the token that was refused: another one in the environment is reason to try again.
    ADD COLUMN refused_token   bytea,
    ADD CONSTRAINT rate_is_between_1_and_1000 CHECK (rate_per_second BETWEEN 1 AND 1000),
    ADD CONSTRAINT a_problem_has_a_time CHECK ((problem IS NULL) = (problem_since IS NULL));

-- One instance sends for a number, so that its rate can be kept in memory; one that died loses it when it runs out.
-- Nothing is sent twice when two believe to hold it: a claim is a row's change under the conversation's lock.
CREATE TABLE sender_leases (
    phone_number_id text PRIMARY KEY REFERENCES numbers ON DELETE CASCADE,
    office_id       uuid NOT NULL,
    holder          uuid NOT NULL,
    expires_at      timestamptz NOT NULL
);

-- A conversation is a pair of number and citizen, which WhatsApp limits: 45 at once, then one in 6 seconds. One instant
-- is the whole bucket: the one at which it would be full again. It outlives instances.
ALTER TABLE conversations ADD COLUMN pair_full_at timestamptz;

ALTER TABLE messages
    -- Outbound: the number that sends it.
    ADD COLUMN phone_number_id   text,
    -- Its words went out within that message, whose fate it shares.
    ADD COLUMN carried_by        uuid,
    -- What WhatsApp called earlier attempts.
    ADD COLUMN former_wamids     text[] NOT NULL DEFAULT '{}',
    -- It waits for long: those behind it need not.
    ADD COLUMN may_be_overtaken  boolean NOT NULL DEFAULT false,
    -- WhatsApp drops what it can't deliver by then, silently.
    ADD COLUMN ttl_seconds       integer,
    ADD COLUMN undelivered_after timestamptz,
    ADD CONSTRAINT ttl_is_positive CHECK (ttl_seconds > 0);

SELECT set_config('app.scope', 'all', true);
UPDATE messages m SET phone_number_id = c.phone_number_id FROM conversations c
    WHERE c.id = m.conversation_id AND m.direction = 'outbound' AND m.status IN ('queued', 'sending', 'unconfirmed', 'failed');
SELECT set_config('app.scope', '', true);

-- By number: what a stopped one holds back is not even looked at.
CREATE INDEX messages_to_send_by_number ON messages (phone_number_id, conversation_id, seq)
    WHERE status IN ('queued', 'sending') AND carried_by IS NULL;
DROP INDEX messages_to_send;
CREATE INDEX messages_claimed ON messages (claimed_at) WHERE status IN ('sending', 'unconfirmed');
CREATE INDEX messages_carried ON messages (carried_by) WHERE carried_by IS NOT NULL;
CREATE INDEX messages_to_be_delivered ON messages (undelivered_after) WHERE status = 'sent' AND undelivered_after IS NOT NULL;

-- What WhatsApp calls a file of ours; it keeps it for 30 days.
CREATE TABLE media_uploads (
    office_id       uuid NOT NULL,
    phone_number_id text NOT NULL REFERENCES numbers ON DELETE CASCADE,
    key             text NOT NULL,
    graph_id        text NOT NULL,
    uploaded_at     timestamptz NOT NULL,
    PRIMARY KEY (phone_number_id, key)
);
CREATE INDEX media_uploads_by_age ON media_uploads (uploaded_at);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['sender_leases', 'media_uploads'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
