-- What turns and takeovers remember beside their ends.

ALTER TABLE turns
    -- A turn waits for files on their way, until then at most.
    ADD COLUMN media_until timestamptz,
    -- Meanwhile it is looked at now and then, and at once when the files are there.
    ADD COLUMN look_again_at timestamptz,
    -- The typing indicator vanishes after 25 seconds: when it was shown last, and below which message.
    ADD COLUMN typing_at   timestamptz,
    ADD COLUMN typing_for  text;
CREATE INDEX turns_typing ON turns (typing_at) WHERE state = 'in_flight' AND typing_at IS NOT NULL;

ALTER TABLE takeover_sessions
    -- The holder is warned before the lease runs out by silence.
    ADD COLUMN warn_at   timestamptz,
    ADD COLUMN warned_at timestamptz;
CREATE INDEX takeovers_to_warn ON takeover_sessions (warn_at) WHERE ended_at IS NULL AND warned_at IS NULL;

ALTER TABLE conversations
    -- Messages of the citizen since anybody wrote to them or looked.
    ADD COLUMN unread       integer NOT NULL DEFAULT 0,
    -- How many messages the citizen wrote in the minute that began then: who floods is answered more slowly.
    ADD COLUMN minute_at    timestamptz,
    ADD COLUMN minute_count integer NOT NULL DEFAULT 0;
CREATE INDEX conversations_by_status ON conversations (office_id, status, last_message_at DESC, id DESC) WHERE status <> 'bot';
CREATE INDEX conversations_by_holder ON conversations (office_id, holder_id, last_message_at DESC, id DESC) WHERE holder_id IS NOT NULL;

-- A contact's messages in their order, which is that of their ids.
CREATE INDEX messages_of_contact ON messages (office_id, contact_id, id DESC);
DROP INDEX messages_by_contact;
CREATE INDEX messages_of_office ON messages (office_id, id DESC);
