-- The names of an office's kelurahan and kecamatan, as it loaded them: searched for in memory, so one row holds them all.
CREATE TABLE office_areas (
    office_id uuid PRIMARY KEY,
    -- A list of {code, name}, as the official table writes them.
    areas     jsonb NOT NULL CONSTRAINT areas_are_a_list CHECK (jsonb_typeof(areas) = 'array'),
    loaded_at timestamptz NOT NULL
);

ALTER TABLE office_areas ENABLE ROW LEVEL SECURITY;
ALTER TABLE office_areas FORCE ROW LEVEL SECURITY;
CREATE POLICY offices ON office_areas USING (app_sees(office_id)) WITH CHECK (app_sees(office_id));
