-- What answers are found in: documents, their chunks, vectors beside terms, and the questions that nothing answered.

-- Already there where our own tools or the database's image made the server.
CREATE EXTENSION IF NOT EXISTS vector;

-- A document or FAQ entry as search knows it; the dashboard's own row is what staff see.
CREATE TABLE documents (
    office_id   uuid NOT NULL,
    document_id uuid NOT NULL,
    title       text NOT NULL,
    kind        text NOT NULL CONSTRAINT kind_is_document_or_faq CHECK (kind IN ('document', 'faq')),
    shared      boolean NOT NULL DEFAULT false,
    -- The version that answers come from; 0: none yet.
    version     bigint NOT NULL DEFAULT 0,
    -- The highest version that was ever asked for: a lower one comes too late.
    wanted      bigint NOT NULL,
    status      text NOT NULL CONSTRAINT status_is_known CHECK (status IN ('queued', 'processing', 'ready', 'failed')),
    reason      text,
    chunks      integer NOT NULL DEFAULT 0 CONSTRAINT chunks_are_counted_from_zero CHECK (chunks >= 0),
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (office_id, document_id),
    CONSTRAINT a_version_is_wanted_before_it_is_there CHECK (version <= wanted),
    CONSTRAINT failed_iff_there_is_a_reason CHECK ((status = 'failed') = (reason IS NOT NULL))
);
CREATE INDEX documents_by_age ON documents (office_id, updated_at DESC, document_id DESC);

-- What is left to do. A worker that dies leaves its lease to run out; a newer version takes the older one's place.
CREATE TABLE document_jobs (
    office_id      uuid NOT NULL,
    document_id    uuid NOT NULL,
    version        bigint NOT NULL,
    title          text NOT NULL,
    kind           text NOT NULL,
    shared         boolean NOT NULL,
    key            text,
    content        text,
    mime_type      text,
    -- The thread that the answer's event belongs to.
    correlation_id text,
    causation_id   text,
    attempts       integer NOT NULL DEFAULT 0,
    due_at         timestamptz NOT NULL,
    lease          uuid,
    PRIMARY KEY (office_id, document_id),
    CONSTRAINT there_is_a_text_or_a_file CHECK (key IS NOT NULL OR content IS NOT NULL),
    FOREIGN KEY (office_id, document_id) REFERENCES documents ON DELETE CASCADE
);
CREATE INDEX document_jobs_by_due_time ON document_jobs (due_at);

-- An upload that was on its way while its document was deleted must not bring it back.
CREATE TABLE deleted_documents (
    office_id   uuid NOT NULL,
    document_id uuid NOT NULL,
    deleted_at  timestamptz NOT NULL,
    PRIMARY KEY (office_id, document_id)
);
CREATE INDEX deleted_documents_by_age ON deleted_documents (deleted_at);

-- Passages as they are shown and ranked.
CREATE TABLE knowledge_chunks (
    chunk_id    uuid PRIMARY KEY,
    office_id   uuid NOT NULL,
    document_id uuid NOT NULL,
    version     bigint NOT NULL,
    position    integer NOT NULL,
    kind        text NOT NULL,
    shared      boolean NOT NULL,
    title       text NOT NULL,
    -- The headings above it, outermost first.
    heading     text,
    page        integer,
    -- What an FAQ entry answers.
    question    text,
    content     text NOT NULL,
    -- The distinct terms of the passage and what each weighs in it: its rows in knowledge_terms.
    terms       text[] NOT NULL,
    weights     real[] NOT NULL,
    CONSTRAINT every_term_has_a_weight CHECK (cardinality(terms) = cardinality(weights)),
    CONSTRAINT a_position_is_taken_once UNIQUE (office_id, document_id, position),
    FOREIGN KEY (office_id, document_id) REFERENCES documents ON DELETE CASCADE
);

-- Vectors stand apart from texts, so that an exact scan over an office reads vectors only.
CREATE TABLE knowledge_vectors (
    chunk_id    uuid PRIMARY KEY REFERENCES knowledge_chunks ON DELETE CASCADE,
    office_id   uuid NOT NULL,
    shared      boolean NOT NULL,
    -- Vectors of different makers can't be compared.
    embedder    text NOT NULL,
    embedding   halfvec(512) NOT NULL
);
ALTER TABLE knowledge_vectors ALTER COLUMN embedding SET STORAGE PLAIN;
CREATE INDEX knowledge_vectors_by_office ON knowledge_vectors (office_id);
CREATE INDEX knowledge_vectors_shared ON knowledge_vectors (chunk_id) WHERE shared;
-- Vectors have the length one: the inner product is the cosine, and cheaper.
CREATE INDEX knowledge_vectors_near ON knowledge_vectors USING hnsw (embedding halfvec_ip_ops) WITH (m = 16, ef_construction = 128);

-- Full text as plain rows. Under row-level security an operator that isn't leakproof (`@@`) is tried only after the
-- policy, which makes a GIN index useless; equality of uuid and text is leakproof. The key has the weight in it, so that
-- of a term that is everywhere the passages where it matters most come first.
CREATE TABLE knowledge_terms (
    office_id uuid NOT NULL,
    term      text COLLATE "C" NOT NULL,
    chunk_id  uuid NOT NULL,
    shared    boolean NOT NULL,
    -- What the term adds to a passage's BM25 before the term's rarity: its count, saturated by the passage's length.
    weight    real NOT NULL,
    -- With what the policy reads, so that the index alone answers.
    PRIMARY KEY (office_id, term, weight, chunk_id) INCLUDE (shared)
);
CREATE INDEX knowledge_terms_shared ON knowledge_terms (term, weight, chunk_id) INCLUDE (office_id, shared) WHERE shared;

-- How much an office has, so that nobody has to count.
CREATE TABLE knowledge_sizes (
    office_id uuid NOT NULL,
    shared    boolean NOT NULL,
    chunks    bigint NOT NULL,
    PRIMARY KEY (office_id, shared)
);

-- Questions that nothing answered, similar wordings together. Personal data is masked before it comes here.
CREATE TABLE unanswered_questions (
    id          uuid PRIMARY KEY,
    office_id   uuid NOT NULL,
    question    text NOT NULL,
    -- The question's terms in order: equal ones are one question.
    wording     text NOT NULL,
    embedder    text NOT NULL,
    embedding   halfvec(512) NOT NULL,
    asked       bigint NOT NULL DEFAULT 1,
    first_asked timestamptz NOT NULL,
    last_asked  timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by text,
    CONSTRAINT resolved_iff_somebody_did CHECK ((resolved_at IS NULL) = (resolved_by IS NULL))
);
CREATE UNIQUE INDEX unanswered_wording_is_open_once ON unanswered_questions (office_id, wording) WHERE resolved_at IS NULL;
CREATE INDEX unanswered_by_age ON unanswered_questions (office_id, last_asked DESC);

-- The office is read once per statement instead of once per row: an exact scan passes thousands of them.
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['documents', 'document_jobs', 'deleted_documents', 'knowledge_chunks', 'knowledge_vectors',
                             'knowledge_terms', 'knowledge_sizes', 'unanswered_questions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format(
            'CREATE POLICY offices ON %I
                 USING (office_id = (SELECT NULLIF(current_setting(''app.office_id'', true), '''')::uuid)
                        OR (SELECT current_setting(''app.scope'', true) = ''all''))
                 WITH CHECK (app_sees(office_id))', t);
    END LOOP;
    -- What one office shares, all others may read, and only read.
    FOREACH t IN ARRAY ARRAY['knowledge_chunks', 'knowledge_vectors', 'knowledge_terms', 'knowledge_sizes'] LOOP
        EXECUTE format(
            'CREATE POLICY shared_by_others ON %I FOR SELECT
                 USING (shared AND (SELECT NULLIF(current_setting(''app.office_id'', true), '''') IS NOT NULL))', t);
    END LOOP;
END $$;
