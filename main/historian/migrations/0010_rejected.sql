-- What was set aside is bounded, by age and number (site file, historian.rejectedRetentionDays and rejectedMaxRows), and
-- may be stored once it has become plausible. What was dropped for a bound is counted.
CREATE TABLE telemetry_rejected_dropped (
  is_only_row boolean     PRIMARY KEY DEFAULT true CHECK (is_only_row),
  row_count   bigint      NOT NULL,
  last_at     timestamptz NOT NULL DEFAULT now()
);

-- As in 0008, and whoever stores rows may take a value out of those that were set aside.
CREATE OR REPLACE FUNCTION grant_lineside_roles() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lineside_read') THEN
    EXECUTE 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO lineside_read';
  END IF;
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lineside_write') THEN
    EXECUTE 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO lineside_write';
    EXECUTE 'GRANT INSERT ON telemetry, telemetry_rejected, dirty_range, events TO lineside_write';
    EXECUTE 'GRANT DELETE ON telemetry_rejected TO lineside_write';
    EXECUTE 'GRANT UPDATE (row_count, change_count, changed_at) ON dirty_range TO lineside_write';
    -- To end an event. Of single columns a compressed hypertable takes no grant.
    EXECUTE 'GRANT UPDATE ON events TO lineside_write';
    EXECUTE 'GRANT EXECUTE ON FUNCTION copy_configuration(jsonb, jsonb, jsonb) TO lineside_write';
  END IF;
END;
$$;

SELECT grant_lineside_roles();
