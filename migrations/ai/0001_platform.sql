-- What every service's database starts with: offices, outbox, inbox, idempotent answers, dead letters.
-- This file is equal in all five folders; a test holds it so.

-- The second wall behind the queries: a row is seen only inside its office, or by a worker that says it serves all.
-- A pooled connection comes back with '' instead of NULL, hence NULLIF.
CREATE FUNCTION app_sees(office uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN current_setting('app.scope', true) = 'all'
        OR office = NULLIF(current_setting('app.office_id', true), '')::uuid;

CREATE TABLE offices (
    office_id  uuid PRIMARY KEY,
    name       text NOT NULL,
    -- Snapshots with a lower or equal version are old news.
    version    bigint NOT NULL DEFAULT 0,
    settings   jsonb NOT NULL DEFAULT '{}',
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id    uuid NOT NULL UNIQUE,
    office_id   uuid,
    routing_key text NOT NULL,
    -- Order is kept within one aggregate.
    aggregate   text NOT NULL,
    headers     jsonb NOT NULL,
    body        bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- One relay at a time holds this row; a relay that died loses it when the lease runs out.
CREATE TABLE outbox_lease (
    id         integer PRIMARY KEY DEFAULT 1 CONSTRAINT there_is_one_lease CHECK (id = 1),
    holder     uuid,
    expires_at timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO outbox_lease DEFAULT VALUES;

CREATE TABLE inbox (
    consumer   text NOT NULL,
    event_id   uuid NOT NULL,
    office_id  uuid,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_by_age ON inbox (handled_at);

CREATE TABLE idempotency (
    office_id    uuid NOT NULL,
    route        text NOT NULL,
    key          text NOT NULL CONSTRAINT key_is_at_most_255_long CHECK (length(key) BETWEEN 1 AND 255),
    -- The same key with another body is a mistake of the caller's, and said so.
    request_hash bytea NOT NULL,
    status       smallint,
    answer       jsonb,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office_id, route, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE dead_letters (
    id          uuid PRIMARY KEY,
    office_id   uuid,
    queue       text NOT NULL,
    routing_key text NOT NULL,
    event_id    uuid,
    headers     jsonb NOT NULL,
    body        bytea NOT NULL,
    reason      text NOT NULL,
    history     jsonb NOT NULL DEFAULT '[]',
    died_at     timestamptz NOT NULL DEFAULT now(),
    state       text NOT NULL DEFAULT 'dead' CONSTRAINT state_is_dead_redriven_or_dropped CHECK (state IN ('dead', 'redriven', 'dropped')),
    settled_at  timestamptz,
    settled_by  text,
    CONSTRAINT settled_iff_not_dead CHECK ((state = 'dead') = (settled_at IS NULL))
);
CREATE INDEX dead_letters_by_state ON dead_letters (state, died_at DESC);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['offices', 'outbox', 'inbox', 'idempotency', 'dead_letters'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;

-- The lease belongs to no office: only workers that serve all see it.
ALTER TABLE outbox_lease ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox_lease FORCE ROW LEVEL SECURITY;
CREATE POLICY workers ON outbox_lease USING (current_setting('app.scope', true) = 'all');

-- The first office exists in every service from the first start on; the dashboard's snapshot names it.
SELECT set_config('app.scope', 'all', true);
INSERT INTO offices (office_id, name) VALUES ('01920000-0000-7000-8000-6f6666696365', 'Kantor');
SELECT set_config('app.scope', '', true);
