-- Who may do what. lineside_read reads (dashboards, pgAdmin); lineside_write also stores rows, as a gateway does
-- that is not the owner. The owner, who runs these migrations, is the one who may refresh aggregates and change
-- policies. Both are without login: an administrator grants them to one that has it.
--
-- Roles belong to the whole server, so they may be there already; an owner who may not make roles leaves it
-- to the administrator (docker/timescaledb does it), and then runs: lineside historian migrate.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['lineside_read', 'lineside_write'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role_name)
       AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole)) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- Another database of this server made it at the same moment.
      END;
    END IF;
  END LOOP;
END;
$$;

-- Grants for those roles that exist, without those that do not. Called here and whenever the program migrates.
-- EXECUTE, because TimescaleDB changes the statement it is given, and a second call would run what is left of it.
CREATE FUNCTION grant_lineside_roles() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lineside_read') THEN
    EXECUTE 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO lineside_read';
  END IF;
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lineside_write') THEN
    EXECUTE 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO lineside_write';
    EXECUTE 'GRANT INSERT ON telemetry, telemetry_rejected, dirty_range, events TO lineside_write';
    EXECUTE 'GRANT UPDATE (row_count, change_count, changed_at) ON dirty_range TO lineside_write';
    -- To end an event. Of single columns a compressed hypertable takes no grant.
    EXECUTE 'GRANT UPDATE ON events TO lineside_write';
  END IF;
END;
$$;

REVOKE EXECUTE ON FUNCTION grant_lineside_roles() FROM PUBLIC;

SELECT grant_lineside_roles();
