-- Since when a person is wanted: staff see how long somebody has waited.
ALTER TABLE conversations ADD COLUMN waiting_since timestamptz;
SELECT set_config('app.scope', 'all', true);
UPDATE conversations SET waiting_since = last_message_at WHERE status = 'waiting';
SELECT set_config('app.scope', '', true);
-- The note of the last takeover is shown beside the conversation.
CREATE INDEX takeover_sessions_by_conversation ON takeover_sessions (conversation_id, ended_at DESC);
