-- What citizens are told outside their conversations, how each telling went, and the texts.

CREATE TABLE notifications (
    id              uuid PRIMARY KEY,
    office_id       uuid NOT NULL,
    contact_id      uuid NOT NULL,
    kind            text NOT NULL CONSTRAINT kind_is_a_short_word CHECK (kind ~ '^[a-z0-9_]{1,60}$'),
    template        text,
    text            text NOT NULL CONSTRAINT text_fits_a_message CHECK (char_length(text) <= 4096),
    status          text NOT NULL CONSTRAINT status_is_known CHECK (status IN (
        'pending', 'waiting_for_turn', 'accepted', 'sent', 'delivered', 'read', 'failed', 'silent')),
    -- The turn whose end decides whether this is said at all.
    waits_for_turn  uuid,
    -- channel-service's message, once it took it.
    message_id      uuid,
    reason          text,
    -- How often staff had it sent again: each round is a message of its own to channel-service.
    round           integer NOT NULL DEFAULT 1,
    tries           integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    -- Who sends it now holds it until then.
    leased_until    timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT waiting_names_its_turn CHECK (status <> 'waiting_for_turn' OR waits_for_turn IS NOT NULL),
    CONSTRAINT failure_says_why CHECK (status <> 'failed' OR reason IS NOT NULL)
);
CREATE INDEX notifications_newest ON notifications (office_id, created_at DESC, id DESC);
CREATE INDEX notifications_by_contact ON notifications (office_id, contact_id, created_at DESC, id DESC);
CREATE INDEX notifications_by_status ON notifications (office_id, status, created_at DESC, id DESC);
CREATE INDEX notifications_to_send ON notifications (next_attempt_at) WHERE status = 'pending';
CREATE INDEX notifications_pending_by_contact ON notifications (contact_id, id) WHERE status = 'pending';
CREATE INDEX notifications_waiting ON notifications (waits_for_turn) WHERE status = 'waiting_for_turn';
CREATE UNIQUE INDEX notifications_by_message ON notifications (message_id) WHERE message_id IS NOT NULL;

-- One row per try; tries that failed alike one after the other share a row, so that a long outage stays readable.
CREATE TABLE notification_attempts (
    notification uuid NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    number       integer NOT NULL,
    office_id    uuid NOT NULL,
    outcome      text NOT NULL CONSTRAINT outcome_is_known CHECK (outcome IN ('accepted', 'unavailable', 'refused')),
    detail       text,
    times        integer NOT NULL DEFAULT 1,
    first_at     timestamptz NOT NULL,
    last_at      timestamptz NOT NULL,
    PRIMARY KEY (notification, number)
);

-- An office's own texts; the highest version counts, earlier ones stay readable.
CREATE TABLE notification_templates (
    office_id         uuid NOT NULL,
    name              text NOT NULL CONSTRAINT name_is_a_short_word CHECK (name ~ '^[a-z0-9_]{1,60}$'),
    version           bigint NOT NULL,
    text              text NOT NULL CONSTRAINT text_is_not_empty CHECK (text <> ''),
    -- The template approved by WhatsApp that says the same outside the 24-hour window.
    whatsapp_template text,
    written_by        text NOT NULL,
    created_at        timestamptz NOT NULL,
    PRIMARY KEY (office_id, name, version)
);

-- How turns ended: whichever of complaint.created and turn.closed comes first finds the other later. Kept for days.
CREATE TABLE turn_outcomes (
    turn_id   uuid PRIMARY KEY,
    office_id uuid NOT NULL,
    outcome   text NOT NULL,
    closed_at timestamptz NOT NULL
);
CREATE INDEX turn_outcomes_by_age ON turn_outcomes (closed_at);

-- Reports about messages that channel-service has accepted and whose id we have not stored yet. Kept for a day.
CREATE TABLE early_statuses (
    message_id uuid PRIMARY KEY,
    office_id  uuid NOT NULL,
    status     text NOT NULL,
    reason     text,
    at         timestamptz NOT NULL
);
CREATE INDEX early_statuses_by_age ON early_statuses (at);

-- Citizens who want nothing but what concerns their own complaints.
CREATE TABLE opt_outs (
    office_id  uuid NOT NULL,
    contact_id uuid NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (office_id, contact_id)
);

-- Contacts that turned out to be one person: what still comes under the old id is put under the new one.
CREATE TABLE contact_aliases (
    office_id  uuid NOT NULL,
    alias      uuid NOT NULL,
    contact_id uuid NOT NULL,
    merged_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office_id, alias),
    CONSTRAINT nobody_is_their_own_alias CHECK (alias <> contact_id)
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['notifications', 'notification_attempts', 'notification_templates', 'turn_outcomes',
                             'early_statuses', 'opt_outs', 'contact_aliases'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
