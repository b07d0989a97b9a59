-- Numbers, contacts, conversations, messages, turns and takeover: what the channel service owns.

CREATE TABLE numbers (
    phone_number_id      text PRIMARY KEY,
    office_id            uuid NOT NULL,
    display_phone_number text,
    -- Encrypted; NULL: the token from the environment.
    access_token         bytea,
    active               boolean NOT NULL DEFAULT true,
    version              bigint NOT NULL DEFAULT 1,
    -- Statuses that arrive prove that silence about one message means something.
    last_status_at       timestamptz,
    created_at           timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE user_profiles (
    contact_id uuid PRIMARY KEY,
    office_id  uuid NOT NULL,
    name       text,
    -- For display and for addressing; the key is contact_id.
    wa_user_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX user_profiles_by_office ON user_profiles (office_id, created_at);

CREATE TABLE contact_aliases (
    office_id  uuid NOT NULL,
    value      text NOT NULL,
    kind       text NOT NULL CONSTRAINT alias_is_phone_bsuid_or_parent CHECK (kind IN ('phone', 'bsuid', 'parent')),
    contact_id uuid NOT NULL REFERENCES user_profiles,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office_id, value)
);
CREATE INDEX contact_aliases_by_contact ON contact_aliases (contact_id);

CREATE TABLE conversations (
    id              uuid PRIMARY KEY,
    office_id       uuid NOT NULL,
    contact_id      uuid NOT NULL REFERENCES user_profiles,
    phone_number_id text NOT NULL,
    status          text NOT NULL DEFAULT 'bot' CONSTRAINT status_is_bot_waiting_or_human CHECK (status IN ('bot', 'waiting', 'human')),
    -- The fence: rises at every takeover start, end, expiry and force.
    epoch           bigint NOT NULL DEFAULT 0,
    last_seq        bigint NOT NULL DEFAULT 0,
    last_message_at timestamptz,
    -- WhatsApp's own timestamp: the 24-hour window counts from it.
    last_inbound_at timestamptz,
    waiting_reason  text,
    summary         text,
    holder_id       text,
    holder_name     text,
    CONSTRAINT held_iff_human CHECK ((status = 'human') = (holder_id IS NOT NULL)),
    CONSTRAINT one_conversation_per_contact_and_number UNIQUE (office_id, contact_id, phone_number_id)
);
CREATE INDEX conversations_by_activity ON conversations (office_id, last_message_at DESC, id DESC);

CREATE TABLE turns (
    id              uuid PRIMARY KEY,
    office_id       uuid NOT NULL,
    conversation_id uuid NOT NULL REFERENCES conversations,
    epoch           bigint NOT NULL,
    state           text NOT NULL DEFAULT 'open' CONSTRAINT state_is_open_in_flight_or_closed CHECK (state IN ('open', 'in_flight', 'closed')),
    outcome         text,
    first_at        timestamptz NOT NULL,
    -- When the burst is over.
    close_at        timestamptz NOT NULL,
    deadline_at     timestamptz,
    closed_at       timestamptz,
    CONSTRAINT outcome_iff_closed CHECK ((state = 'closed') = (outcome IS NOT NULL))
);
-- At most one turn collects and at most one is in flight: whoever breaks this has a bug, not a race.
CREATE UNIQUE INDEX one_open_turn ON turns (conversation_id) WHERE state = 'open';
CREATE UNIQUE INDEX one_turn_in_flight ON turns (conversation_id) WHERE state = 'in_flight';
CREATE INDEX turns_to_close ON turns (close_at) WHERE state = 'open';
CREATE INDEX turns_to_expire ON turns (deadline_at) WHERE state = 'in_flight';

CREATE TABLE messages (
    id              uuid PRIMARY KEY,
    office_id       uuid NOT NULL,
    conversation_id uuid NOT NULL REFERENCES conversations,
    contact_id      uuid NOT NULL,
    seq             bigint NOT NULL,
    direction       text NOT NULL,
    author          text NOT NULL,
    kind            text NOT NULL,
    text            text,
    -- The id of the button or row that was tapped.
    reply_id        text,
    media           jsonb,
    location        jsonb,
    -- Inbound: the message as WhatsApp sent it. Outbound: what goes to the Graph API.
    payload         jsonb NOT NULL,
    wamid           text,
    status          text NOT NULL,
    error           jsonb,
    turn_id         uuid,
    -- Outbound: the epoch under which the bot wrote it.
    epoch           bigint,
    claim_id        uuid,
    claimed_at      timestamptz,
    attempts        integer NOT NULL DEFAULT 0,
    -- Tries that the Graph API answered with no: an outage of the way there does not use up the tries.
    refusals        integer NOT NULL DEFAULT 0,
    resends         integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    sent_at         timestamptz NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT seq_is_unique_in_conversation UNIQUE (conversation_id, seq),
    CONSTRAINT claimed_iff_sending CHECK (status <> 'sending' OR claim_id IS NOT NULL)
);
CREATE UNIQUE INDEX messages_by_wamid ON messages (office_id, wamid) WHERE wamid IS NOT NULL;
CREATE INDEX messages_by_contact ON messages (office_id, contact_id, created_at DESC);
CREATE INDEX messages_of_turn ON messages (turn_id) WHERE turn_id IS NOT NULL;
CREATE INDEX messages_to_send ON messages (next_attempt_at) WHERE status IN ('queued', 'sending', 'unconfirmed');

-- Untouched by erasure: the key says nothing about whom.
CREATE TABLE inbound_dedup (
    key       bytea PRIMARY KEY,
    office_id uuid NOT NULL,
    seen_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbound_dedup_by_age ON inbound_dedup (seen_at);

-- A status may come before its send's answer.
CREATE TABLE early_statuses (
    office_id   uuid NOT NULL,
    wamid       text NOT NULL,
    status      text NOT NULL,
    errors      jsonb NOT NULL DEFAULT '[]',
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office_id, wamid, status)
);

CREATE TABLE takeover_sessions (
    id              uuid PRIMARY KEY,
    office_id       uuid NOT NULL,
    conversation_id uuid NOT NULL REFERENCES conversations,
    epoch           bigint NOT NULL,
    admin_id        text NOT NULL,
    admin_name      text NOT NULL,
    reason          text,
    started_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    ended_by        text,
    note            text
);
CREATE UNIQUE INDEX one_takeover_at_a_time ON takeover_sessions (conversation_id) WHERE ended_at IS NULL;
CREATE INDEX takeovers_to_expire ON takeover_sessions (expires_at) WHERE ended_at IS NULL;

-- What changed, for screens that come back after a gap. Only rows of finished transactions are read (their xid is below
-- every running one), in the order of (xid, id): so nothing is skipped.
CREATE TABLE conversation_changes (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid             xid8 NOT NULL DEFAULT pg_current_xact_id(),
    office_id       uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq             bigint NOT NULL,
    message_id      uuid,
    at              timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX conversation_changes_in_order ON conversation_changes (office_id, xid, id);

-- Bodies that the broker could not confirm in time; a rescue job moves them to the queue.
CREATE TABLE webhook_spool (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    office_id   uuid,
    routing_key text NOT NULL,
    headers     jsonb NOT NULL,
    body        bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);

-- What arrived and was not understood: kept whole, counted by kind, shown to staff.
CREATE TABLE quarantine (
    id         uuid PRIMARY KEY,
    office_id  uuid,
    kind       text NOT NULL,
    reason     text NOT NULL,
    item       bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quarantine_by_kind ON quarantine (kind, created_at DESC);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['numbers', 'user_profiles', 'contact_aliases', 'conversations', 'turns', 'messages', 'inbound_dedup',
                             'early_statuses', 'takeover_sessions', 'conversation_changes', 'webhook_spool', 'quarantine'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
