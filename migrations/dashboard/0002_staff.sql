-- Who works in which office, their sessions, and what they did.

CREATE TABLE admin_users (
    id            uuid PRIMARY KEY,
    username      text NOT NULL
        CONSTRAINT username_is_unique UNIQUE
        CONSTRAINT username_is_lower_case_without_spaces CHECK (username = lower(username) AND username ~ '^[a-z0-9][a-z0-9._@-]{2,63}$'),
    password_hash text NOT NULL,
    name          text NOT NULL CONSTRAINT name_is_not_empty CHECK (length(trim(name)) > 0),
    role          text NOT NULL CONSTRAINT role_is_known CHECK (role IN ('super_admin', 'admin', 'agent', 'viewer')),
    -- Granted beside what the role brings.
    permissions   text[] NOT NULL DEFAULT '{}',
    active        boolean NOT NULL DEFAULT true,
    last_sign_in_at timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

-- A super admin stands above the offices and has no row here.
CREATE TABLE staff_offices (
    office_id uuid NOT NULL REFERENCES offices,
    user_id   uuid NOT NULL REFERENCES admin_users ON DELETE CASCADE,
    PRIMARY KEY (office_id, user_id)
);
CREATE INDEX staff_offices_by_user ON staff_offices (user_id);

CREATE TABLE admin_sessions (
    -- The cookie's token is never stored, only its SHA-256.
    token_hash   bytea PRIMARY KEY CONSTRAINT token_hash_is_sha256 CHECK (length(token_hash) = 32),
    user_id      uuid NOT NULL REFERENCES admin_users ON DELETE CASCADE,
    -- The office that the session works in now.
    office_id    uuid NOT NULL REFERENCES offices,
    address      text NOT NULL,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CONSTRAINT session_expires_after_it_began CHECK (expires_at > created_at)
);
CREATE INDEX admin_sessions_by_user ON admin_sessions (user_id);
CREATE INDEX admin_sessions_by_expiry ON admin_sessions (expires_at);

-- Failed sign-ins by account and address. An account alone is never locked: that would let strangers lock staff out.
CREATE TABLE sign_in_failures (
    account      text NOT NULL,
    address      text NOT NULL,
    failures     integer NOT NULL CONSTRAINT failures_are_counted_from_one CHECK (failures >= 1),
    last_at      timestamptz NOT NULL,
    locked_until timestamptz,
    PRIMARY KEY (account, address)
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (last_at);

CREATE TABLE activity_logs (
    id         uuid PRIMARY KEY,
    office_id  uuid NOT NULL REFERENCES offices,
    at         timestamptz NOT NULL,
    -- NULL: another service through the internal API.
    user_id    uuid,
    actor_name text NOT NULL,
    action     text NOT NULL,
    -- What it was done to, such as a complaint's number.
    subject    text,
    details    jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX activity_logs_by_time ON activity_logs (office_id, at DESC, id DESC);

CREATE FUNCTION activity_logs_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'activity_logs are append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON activity_logs
    FOR EACH STATEMENT EXECUTE FUNCTION activity_logs_are_append_only();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['admin_users', 'staff_offices', 'admin_sessions', 'sign_in_failures', 'activity_logs'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['staff_offices', 'admin_sessions', 'activity_logs'] LOOP
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;

-- A person is seen in the offices that they belong to (staff_offices' own policy narrows the subquery). Writing happens
-- where no office is chosen yet: at sign-in and by those who may manage staff.
CREATE POLICY offices ON admin_users FOR SELECT
    USING (current_setting('app.scope', true) = 'all' OR EXISTS (SELECT FROM staff_offices s WHERE s.user_id = admin_users.id));
CREATE POLICY managers ON admin_users
    USING (current_setting('app.scope', true) = 'all') WITH CHECK (current_setting('app.scope', true) = 'all');

-- Whoever fails to sign in belongs to no office yet.
CREATE POLICY sign_in ON sign_in_failures
    USING (current_setting('app.scope', true) = 'all') WITH CHECK (current_setting('app.scope', true) = 'all');
