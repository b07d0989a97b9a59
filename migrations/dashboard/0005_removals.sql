-- What must be removed elsewhere: documents from ai-service's search, files from the storage. A row is written in the
-- transaction of the change that makes it necessary and stays until the removal is done, however long that takes.

CREATE TABLE document_removals (
    id            uuid PRIMARY KEY,
    office_id     uuid NOT NULL REFERENCES offices,
    -- What ai-service must forget…
    document_id   uuid CONSTRAINT a_document_is_removed_once UNIQUE,
    -- …or the file to delete.
    key           text CONSTRAINT a_file_is_removed_once UNIQUE,
    due_at        timestamptz NOT NULL,
    -- A worker that died lets others go on after this.
    claimed_until timestamptz,
    tries         integer NOT NULL DEFAULT 0,
    -- Why the last try failed.
    problem       text,
    CONSTRAINT it_removes_one_thing CHECK (num_nonnulls(document_id, key) = 1)
);
CREATE INDEX document_removals_by_due_time ON document_removals (due_at);
CREATE INDEX document_removals_by_office ON document_removals (office_id) WHERE document_id IS NOT NULL;

ALTER TABLE document_removals ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_removals FORCE ROW LEVEL SECURITY;
CREATE POLICY offices ON document_removals USING (app_sees(office_id)) WITH CHECK (app_sees(office_id));
