-- Citizens who are kept and seen, but not answered; and finding citizens without reading all of them.

CREATE TABLE blocks (
    id         uuid PRIMARY KEY,
    office_id  uuid NOT NULL,
    contact_id uuid NOT NULL REFERENCES user_profiles ON DELETE CASCADE,
    reason     text NOT NULL,
    by_id      text NOT NULL,
    by_name    text NOT NULL,
    created_at timestamptz NOT NULL,
    -- NULL: until somebody lifts it.
    expires_at timestamptz,
    lifted_at  timestamptz,
    lifted_by  text,
    CONSTRAINT a_block_has_a_reason CHECK (reason <> ''),
    CONSTRAINT lifted_by_somebody CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE INDEX blocks_in_force ON blocks (office_id, contact_id) WHERE lifted_at IS NULL;
CREATE INDEX blocks_by_time ON blocks (office_id, created_at DESC, id DESC);

-- The words of names, and numbers from both ends (people remember the last digits). Compared by bytes, so that a
-- beginning is a range of the index, also below row-level security.
CREATE TABLE contact_words (
    office_id  uuid NOT NULL,
    word       text COLLATE "C" NOT NULL,
    contact_id uuid NOT NULL REFERENCES user_profiles ON DELETE CASCADE,
    PRIMARY KEY (office_id, word, contact_id)
);
CREATE INDEX contact_words_by_contact ON contact_words (contact_id);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['blocks', 'contact_words'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;

-- '<' stands before a number read backwards.
CREATE FUNCTION words_of_contact(name text, wa_user_id text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE AS $$
        SELECT DISTINCT left(word, 60) FROM (
            SELECT unnest(regexp_split_to_array(lower(coalesce(name, '')), '[^[:alnum:]]+')) AS word
            UNION ALL SELECT lower(wa_user_id)
            UNION ALL SELECT '<' || reverse(lower(wa_user_id))) words
        WHERE word <> ''
    $$;

-- Whoever changes a name or number, merging and erasing included, can't forget the words.
CREATE FUNCTION keep_words_of_contact() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM contact_words WHERE contact_id = NEW.contact_id AND office_id = NEW.office_id;
        INSERT INTO contact_words (office_id, word, contact_id)
            SELECT NEW.office_id, word, NEW.contact_id FROM words_of_contact(NEW.name, NEW.wa_user_id) AS word;
        RETURN NULL;
    END $$;
CREATE TRIGGER keep_words AFTER INSERT OR UPDATE OF name, wa_user_id ON user_profiles
    FOR EACH ROW EXECUTE FUNCTION keep_words_of_contact();

SELECT set_config('app.scope', 'all', true);
INSERT INTO contact_words (office_id, word, contact_id)
    SELECT p.office_id, word, p.contact_id FROM user_profiles p, words_of_contact(p.name, p.wa_user_id) AS word;
SELECT set_config('app.scope', '', true);
