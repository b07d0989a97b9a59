-- Contacts that turned out to be one, what became of messages after they were written, and what a citizen wants to hear.

-- A contact that was merged away keeps its row, so that its id still leads to the one that stayed.
ALTER TABLE user_profiles
    ADD COLUMN merged_into         uuid REFERENCES user_profiles,
    -- Since when the citizen wants no marketing; WhatsApp refuses it from then on (131050).
    ADD COLUMN marketing_stopped_at timestamptz,
    ADD CONSTRAINT nobody_is_merged_into_themself CHECK (merged_into <> contact_id);
CREATE INDEX user_profiles_merged ON user_profiles (merged_into) WHERE merged_into IS NOT NULL;

-- The conversations of two contacts at one number become one; the id of the other still leads to it.
ALTER TABLE conversations ADD COLUMN merged_into uuid REFERENCES conversations;
CREATE INDEX conversations_by_contact ON conversations (office_id, contact_id);

ALTER TABLE messages
    -- The text is our description of something without words; the assistant must not take it for the citizen's.
    ADD COLUMN described     boolean NOT NULL DEFAULT false,
    -- The wamid of the message that this one answers.
    ADD COLUMN reply_to      text,
    ADD COLUMN group_id      text,
    ADD COLUMN edited_at     timestamptz,
    ADD COLUMN original_text text,
    ADD COLUMN revoked_at    timestamptz,
    ADD COLUMN reactions     jsonb NOT NULL DEFAULT '[]',
    ADD CONSTRAINT original_text_only_when_edited CHECK (original_text IS NULL OR edited_at IS NOT NULL);
-- A conversation in the order of its messages' ids: what was imported or merged in stands where it belongs in time.
CREATE INDEX messages_of_conversation ON messages (conversation_id, id DESC);
