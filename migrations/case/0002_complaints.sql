-- Complaints and their life: what citizens report, every change of it, and the counters that number it.

-- What an office takes complaints about, and how many working days the law or the office gives itself.
CREATE TABLE categories (
    office_id  uuid NOT NULL,
    key        text NOT NULL CONSTRAINT key_is_a_short_word CHECK (key ~ '^[a-z0-9_]{1,60}$'),
    name       text NOT NULL,
    sla_days   integer NOT NULL CONSTRAINT sla_is_at_least_a_day CHECK (sla_days BETWEEN 1 AND 366),
    active     boolean NOT NULL DEFAULT true,
    position   integer NOT NULL DEFAULT 0,
    version    bigint NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office_id, key)
);

-- The last number given out on a day of Asia/Jakarta. Its row is locked by the last statement before commit.
CREATE TABLE complaint_counters (
    office_id uuid NOT NULL,
    day       date NOT NULL,
    last      integer NOT NULL CONSTRAINT counting_starts_at_one CHECK (last >= 1),
    PRIMARY KEY (office_id, day)
);

CREATE TABLE complaints (
    id               uuid PRIMARY KEY,
    office_id        uuid NOT NULL,
    complaint_id     text NOT NULL CONSTRAINT number_looks_like_lap CHECK (complaint_id ~ '^LAP-[0-9]{8}-[0-9]{3,9}$'),
    -- NULL once the citizen's data were erased.
    contact_id       uuid,
    reporter_name    text,
    kategori         text NOT NULL,
    status           text NOT NULL DEFAULT 'baru' CONSTRAINT status_is_known CHECK (status IN (
        'baru', 'terverifikasi', 'diproses', 'menunggu_warga', 'selesai', 'ditolak', 'dialihkan', 'duplikat',
        'dibatalkan', 'dibuka_kembali')),
    -- Where a complaint that waits for its citizen goes back to, and since when it waits.
    status_before    text,
    paused_at        timestamptz,
    alamat           text NOT NULL,
    deskripsi        text NOT NULL,
    lat              double precision CONSTRAINT lat_is_on_earth CHECK (lat BETWEEN -90 AND 90),
    lng              double precision CONSTRAINT lng_is_on_earth CHECK (lng BETWEEN -180 AND 180),
    patokan          text,
    rt               text,
    rw               text,
    kelurahan        text,
    kecamatan        text,
    anonim           boolean NOT NULL DEFAULT false,
    rahasia          boolean NOT NULL DEFAULT false,
    agency           text,
    duplicate_of     uuid REFERENCES complaints (id),
    origin_turn_id   uuid,
    version          bigint NOT NULL DEFAULT 1,
    sla_days         integer NOT NULL,
    clock_started_at timestamptz NOT NULL,
    paused_seconds   bigint NOT NULL DEFAULT 0,
    due_at           timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    closed_at        timestamptz,
    erased_at        timestamptz,
    CONSTRAINT number_is_unique_within_its_office UNIQUE (office_id, complaint_id),
    CONSTRAINT a_pin_has_both_coordinates CHECK ((lat IS NULL) = (lng IS NULL)),
    CONSTRAINT waiting_knows_where_it_came_from CHECK (
        (status = 'menunggu_warga') = (status_before IS NOT NULL)
        AND (status_before IS NULL) = (paused_at IS NULL)
        AND status_before IN ('baru', 'terverifikasi', 'diproses')),
    CONSTRAINT closed_iff_nothing_is_left_to_do CHECK (
        (status IN ('selesai', 'ditolak', 'dialihkan', 'duplikat', 'dibatalkan')) = (closed_at IS NOT NULL)),
    CONSTRAINT a_duplicate_has_an_original CHECK (status <> 'duplikat' OR duplicate_of IS NOT NULL),
    CONSTRAINT nothing_is_its_own_duplicate CHECK (duplicate_of <> id),
    CONSTRAINT the_erased_have_no_contact CHECK (erased_at IS NULL OR contact_id IS NULL)
);
-- One index per order that lists offer; the pair with id makes every order total, for keyset paging.
CREATE INDEX complaints_by_creation ON complaints (office_id, created_at DESC, id DESC);
CREATE INDEX complaints_by_change ON complaints (office_id, updated_at DESC, id DESC);
CREATE INDEX complaints_by_due_time ON complaints (office_id, due_at, id);
CREATE INDEX complaints_by_status ON complaints (office_id, status, created_at DESC, id DESC);
CREATE INDEX complaints_by_kategori ON complaints (office_id, kategori, created_at DESC, id DESC);
CREATE INDEX complaints_by_kelurahan ON complaints (office_id, lower(kelurahan), created_at DESC, id DESC);
CREATE INDEX complaints_by_contact ON complaints (office_id, contact_id, created_at DESC, id DESC);
CREATE INDEX complaints_by_original ON complaints (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- The timeline: one row per version, written once.
CREATE TABLE complaint_updates (
    complaint   uuid NOT NULL REFERENCES complaints (id),
    version     bigint NOT NULL,
    office_id   uuid NOT NULL,
    kind        text NOT NULL CONSTRAINT kind_is_known CHECK (kind IN ('created', 'status', 'fields', 'erased')),
    -- Who, in words; and whose account it was, when a person of the office did it.
    actor       text NOT NULL,
    actor_id    text,
    from_status text,
    to_status   text,
    reason      text,
    remark      text,
    changes     jsonb NOT NULL DEFAULT '{}',
    at          timestamptz NOT NULL,
    PRIMARY KEY (complaint, version),
    CONSTRAINT a_status_change_says_from_and_to CHECK (
        kind <> 'status' OR (from_status IS NOT NULL AND to_status IS NOT NULL))
);

-- Written once: only erasure, which says so for its transaction, may blank what was written.
CREATE FUNCTION complaint_updates_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('app.erasing', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'complaint_updates is append-only';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER complaint_updates_are_append_only BEFORE UPDATE OR DELETE ON complaint_updates
    FOR EACH ROW EXECUTE FUNCTION complaint_updates_are_append_only();

CREATE TABLE complaint_media (
    complaint uuid NOT NULL REFERENCES complaints (id),
    position  integer NOT NULL,
    office_id uuid NOT NULL,
    media_id  text NOT NULL,
    mime_type text,
    filename  text,
    key       text,
    PRIMARY KEY (complaint, position)
);

-- Contacts that turned out to be one person: what still comes under the old id is put under the new one.
CREATE TABLE contact_aliases (
    office_id  uuid NOT NULL,
    alias      uuid NOT NULL,
    contact_id uuid NOT NULL,
    merged_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office_id, alias),
    CONSTRAINT nobody_is_their_own_alias CHECK (alias <> contact_id)
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['categories', 'complaint_counters', 'complaints', 'complaint_updates', 'complaint_media',
                             'contact_aliases'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY offices ON %I USING (app_sees(office_id)) WITH CHECK (app_sees(office_id))', t);
    END LOOP;
END $$;
