-- What was put aside is of three sorts: not understood, news of the account, and items that failed.
ALTER TABLE quarantine
    ADD COLUMN sort text NOT NULL DEFAULT 'unknown' CONSTRAINT sort_is_unknown_notice_or_failed CHECK (sort IN ('unknown', 'notice', 'failed'));
CREATE INDEX quarantine_by_office ON quarantine (office_id, kind, created_at DESC);
