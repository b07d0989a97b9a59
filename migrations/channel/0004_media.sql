-- Files that citizens send: a row from the message on, bytes when they were fetched.

CREATE TABLE media (
    id              uuid PRIMARY KEY,
    office_id       uuid NOT NULL,
    message_id      uuid NOT NULL,
    conversation_id uuid NOT NULL,
    contact_id      uuid NOT NULL,
    -- Whose token fetches it.
    phone_number_id text NOT NULL,
    kind            text NOT NULL,
    -- What WhatsApp said; good for seven days. NULL: it never had the file.
    wa_media_id     text,
    -- An address that may save a look-up while it is fresh.
    url             text,
    declared_type   text,
    declared_sha256 bytea,
    filename        text,
    state           text NOT NULL CONSTRAINT state_is_known CHECK (state IN ('pending', 'fetching', 'stored', 'refused', 'expired', 'failed')),
    reason          text,
    -- What it is, by its first bytes.
    mime_type       text,
    size            bigint,
    sha256          bytea,
    key             text,
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    -- When WhatsApp forgets the id.
    expires_at      timestamptz NOT NULL,
    -- Voice notes only: what a trusted provider heard.
    transcription   text NOT NULL DEFAULT 'none' CONSTRAINT transcription_is_known CHECK (transcription IN ('none', 'pending', 'done', 'refused')),
    created_at      timestamptz NOT NULL,
    CONSTRAINT bytes_iff_stored CHECK ((state = 'stored') = (key IS NOT NULL))
);
CREATE INDEX media_to_fetch ON media (next_attempt_at) WHERE state IN ('pending', 'fetching');
CREATE INDEX media_to_transcribe ON media (next_attempt_at) WHERE transcription = 'pending';
CREATE INDEX media_in_work ON media (conversation_id) WHERE state IN ('pending', 'fetching') OR transcription = 'pending';
CREATE INDEX media_by_message ON media (message_id);
CREATE INDEX media_by_contact ON media (office_id, contact_id);

-- Files whose rows are gone: the bytes follow, also if the storage was away at that moment.
CREATE TABLE media_to_delete (
    key       text PRIMARY KEY,
    office_id uuid NOT NULL,
    since     timestamptz NOT NULL
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['media', 'media_to_delete'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
