-- Who of the staff wrote which answer in a conversation. The message itself is channel-service's.
CREATE TABLE chat_answers (
    message_id uuid PRIMARY KEY,
    office_id  uuid NOT NULL REFERENCES offices,
    user_id    uuid NOT NULL,
    -- As it was then: people change their names, or leave.
    name       text NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX chat_answers_by_office ON chat_answers (office_id, at DESC);

ALTER TABLE chat_answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE chat_answers FORCE ROW LEVEL SECURITY;
CREATE POLICY offices ON chat_answers USING (app_sees(office_id)) WITH CHECK (app_sees(office_id));
