-- Who is behind a complaint, who works on it, and who else wants to know.

-- An anonymous reporter stands here and nowhere else in this database: sealed, and found again by a keyed tag.
CREATE TABLE complaint_identities (
    complaint uuid PRIMARY KEY REFERENCES complaints (id),
    office_id uuid NOT NULL,
    tag       bytea NOT NULL,
    sealed    bytea NOT NULL
);
CREATE INDEX identities_by_tag ON complaint_identities (office_id, tag);

-- Anonymous complaints from before this table are sealed by a worker, which has the key.
CREATE INDEX unsealed_complaints ON complaints (id) WHERE anonim AND contact_id IS NOT NULL;

-- The agency and the person that work on it.
ALTER TABLE complaints
    ADD COLUMN assigned_agency text,
    ADD COLUMN assigned_to text,
    ADD COLUMN assigned_name text;
CREATE INDEX complaints_by_assignment ON complaints (office_id, assigned_to, created_at DESC, id DESC)
    WHERE assigned_to IS NOT NULL;
CREATE INDEX complaints_by_agency ON complaints (office_id, lower(assigned_agency), created_at DESC, id DESC)
    WHERE assigned_agency IS NOT NULL;

-- Whose own report was merged into this one: they hear what becomes of it. Sealed like an identity, for some are one.
CREATE TABLE complaint_followers (
    complaint uuid NOT NULL REFERENCES complaints (id),
    tag       bytea NOT NULL,
    office_id uuid NOT NULL,
    sealed    bytea NOT NULL,
    -- Their own report.
    via       uuid NOT NULL REFERENCES complaints (id),
    since     timestamptz NOT NULL,
    PRIMARY KEY (complaint, tag)
);
CREATE INDEX followers_by_tag ON complaint_followers (office_id, tag);
CREATE INDEX followers_by_their_report ON complaint_followers (via);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['complaint_identities', 'complaint_followers'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
