-- Two minutes of silence are counted from when a send became unconfirmed, which after an outage is long after its claim:
-- what WhatsApp said meanwhile still has to be read.
ALTER TABLE messages ADD COLUMN unconfirmed_at timestamptz;
