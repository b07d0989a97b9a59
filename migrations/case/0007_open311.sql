-- Who may report through the open standard: keys by their digest, for the key itself is shown once.
CREATE TABLE open311_keys (
    id              uuid PRIMARY KEY,
    office_id       uuid NOT NULL,
    name            text NOT NULL CONSTRAINT a_key_has_a_name CHECK (length(btrim(name)) BETWEEN 1 AND 120),
    digest          bytea NOT NULL,
    per_minute      integer NOT NULL CONSTRAINT a_key_is_good_for_something CHECK (per_minute BETWEEN 1 AND 6000),
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    CONSTRAINT no_two_keys_are_the_same UNIQUE (office_id, digest)
);

ALTER TABLE open311_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE open311_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY offices ON open311_keys USING (app_sees(office_id)) WITH CHECK (app_sees(office_id));
