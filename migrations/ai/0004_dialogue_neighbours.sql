-- What the dialogue must know of its neighbours: categories and their questions, takeovers, officers' open questions.

-- case-service's categories, as its events and its list tell them.
CREATE TABLE categories (
    office_id  uuid NOT NULL,
    kategori   text NOT NULL,
    name       text NOT NULL,
    active     boolean NOT NULL,
    position   integer NOT NULL,
    -- What is asked beside category, description and place.
    fields     jsonb NOT NULL DEFAULT '[]',
    -- A snapshot replaces only older ones.
    version    bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office_id, kategori)
);

-- Offices whose whole list is here: events alone tell of changes, not of what was there before them.
CREATE TABLE category_lists (
    office_id  uuid PRIMARY KEY,
    fetched_at timestamptz NOT NULL
);

-- The latest takeover of a conversation, until the assistant has read what was said in it.
CREATE TABLE takeovers (
    conversation_id uuid PRIMARY KEY,
    office_id       uuid NOT NULL,
    -- Rises at every start and end: what comes late changes nothing.
    epoch           bigint NOT NULL,
    officer         text NOT NULL,
    note            text,
    started_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    CONSTRAINT a_takeover_ends_after_it_began CHECK (ended_at IS NULL OR ended_at >= started_at)
);
CREATE INDEX takeovers_by_office ON takeovers (office_id);

-- What officers asked a citizen about a complaint that waits for the answer.
CREATE TABLE officer_questions (
    office_id    uuid NOT NULL,
    complaint_id text NOT NULL,
    contact_id   uuid NOT NULL,
    -- Empty for a confidential complaint: events do not tell it.
    question     text NOT NULL,
    open         boolean NOT NULL,
    version      bigint NOT NULL,
    asked_at     timestamptz NOT NULL,
    PRIMARY KEY (office_id, complaint_id)
);
CREATE INDEX officer_questions_by_contact ON officer_questions (office_id, contact_id) WHERE open;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['categories', 'category_lists', 'takeovers', 'officer_questions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
