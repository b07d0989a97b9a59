-- What the assistant may answer from, as staff see it: documents, FAQ entries, and the passages that were read from them.
-- ai-service owns what is searched; here is what staff wrote, and how far it has come.

CREATE TABLE knowledge_documents (
    -- What other services know it by.
    document_id uuid PRIMARY KEY,
    office_id   uuid NOT NULL REFERENCES offices,
    kind        text NOT NULL CONSTRAINT kind_is_document_or_faq CHECK (kind IN ('document', 'faq')),
    title       text NOT NULL CONSTRAINT title_has_1_to_300_characters CHECK (length(title) BETWEEN 1 AND 300),
    -- All offices may answer from it.
    shared      boolean NOT NULL DEFAULT false,
    -- Rises with every text that is sent to be read.
    version     bigint NOT NULL DEFAULT 1 CONSTRAINT versions_begin_at_one CHECK (version >= 1),
    -- The highest version that ai-service has spoken about: what comes for it or a lower one comes too late.
    settled_version bigint NOT NULL DEFAULT 0,
    -- The version that answers come from; 0: none yet. A failed new version leaves the old one in use.
    answering_version bigint NOT NULL DEFAULT 0,
    status      text NOT NULL DEFAULT 'queued'
        CONSTRAINT status_is_known CHECK (status IN ('queued', 'processing', 'ready', 'failed', 'retired')),
    reason      text,
    chunks      integer NOT NULL DEFAULT 0 CONSTRAINT chunks_are_counted_from_zero CHECK (chunks >= 0),
    -- The file of the newest version; an FAQ entry has none.
    key         text,
    file_name   text,
    mime_type   text,
    size        bigint,
    updated_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT documents_have_a_file_and_entries_have_none
        CHECK (CASE kind WHEN 'document' THEN num_nonnulls(key, file_name, mime_type, size) = 4 ELSE num_nonnulls(key, file_name, mime_type, size) = 0 END),
    CONSTRAINT a_reason_stands_only_with_failure CHECK (reason IS NULL OR status = 'failed'),
    CONSTRAINT nothing_answers_before_it_is_settled CHECK (answering_version <= settled_version)
);
-- Ids sort by time: the newest first.
CREATE INDEX knowledge_documents_by_office ON knowledge_documents (office_id, kind, document_id DESC);
CREATE INDEX knowledge_documents_shared ON knowledge_documents (kind, document_id DESC) WHERE shared;
CREATE INDEX knowledge_documents_under_way ON knowledge_documents (updated_at) WHERE status IN ('queued', 'processing');

-- FAQ entries: what staff wrote themselves. An entry that is put back into use gets a new id, and takes this row along.
CREATE TABLE knowledge_base (
    document_id uuid PRIMARY KEY REFERENCES knowledge_documents ON DELETE CASCADE ON UPDATE CASCADE,
    office_id   uuid NOT NULL REFERENCES offices,
    shared      boolean NOT NULL DEFAULT false,
    question    text NOT NULL CONSTRAINT question_has_1_to_300_characters CHECK (length(question) BETWEEN 1 AND 300),
    answer      text NOT NULL CONSTRAINT answer_has_1_to_4000_characters CHECK (length(answer) BETWEEN 1 AND 4000),
    kategori    text
);
CREATE INDEX knowledge_base_by_office ON knowledge_base (office_id);

-- Passages of documents, copied from ai-service when it has read them: what staff read.
CREATE TABLE document_chunks (
    document_id uuid NOT NULL REFERENCES knowledge_documents ON DELETE CASCADE,
    position    integer NOT NULL,
    office_id   uuid NOT NULL REFERENCES offices,
    shared      boolean NOT NULL DEFAULT false,
    version     bigint NOT NULL,
    chunk_id    text NOT NULL,
    heading     text,
    page        integer,
    content     text NOT NULL,
    PRIMARY KEY (document_id, position)
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['knowledge_documents', 'knowledge_base', 'document_chunks'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
        -- What one office shares, all others may read, and only read.
        EXECUTE format(
            'CREATE POLICY shared_by_others ON %I FOR SELECT
                 USING (shared AND NULLIF(current_setting(''app.office_id'', true), '''') IS NOT NULL)', t);
    END LOOP;
END $$;
