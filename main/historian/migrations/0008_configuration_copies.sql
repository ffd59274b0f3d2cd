-- Lines, machines and reasons are at home in the configuration of the gateways (DATA/configuration.sqlite); what
-- stands here are copies for SQL to join. One function writes them; everybody else, the owner included, is refused.

-- Not in the site any more since then; their history is joined with them all the same.
ALTER TABLE line ADD COLUMN retired_at timestamptz;
ALTER TABLE machine ADD COLUMN retired_at timestamptz;

CREATE FUNCTION refuse_write_to_copy() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('lineside.copying', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'table % is a copy: change it in the configuration of the gateway (lineside apply, lineside config)', TG_TABLE_NAME
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NULL;
END;
$$;

CREATE TRIGGER line_is_copy BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON line
FOR EACH STATEMENT EXECUTE FUNCTION refuse_write_to_copy();
CREATE TRIGGER machine_is_copy BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON machine
FOR EACH STATEMENT EXECUTE FUNCTION refuse_write_to_copy();
CREATE TRIGGER reason_is_copy BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON reason
FOR EACH STATEMENT EXECUTE FUNCTION refuse_write_to_copy();

-- Brings what a gateway says of its lines, machines and reasons into the copies and returns how many rows were not so
-- already. Rows it says nothing of are another gateway's and stay. With the rights of the owner: a gateway that may
-- only store rows copies as well. In the order of the ids, so that two gateways wait for one another and never both.
CREATE FUNCTION copy_configuration(p_lines jsonb, p_machines jsonb, p_reasons jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  changed bigint := 0;
  written bigint;
BEGIN
  -- Of the transaction. A SET of the function itself would take a superuser to make it.
  PERFORM set_config('lineside.copying', 'on', true);

  INSERT INTO public.line AS old (line_id, name, time_zone, retired_at)
  SELECT line_id, name, time_zone, retired_at
  FROM jsonb_to_recordset(p_lines) AS said (line_id text, name text, time_zone text, retired_at timestamptz)
  ORDER BY line_id
  ON CONFLICT (line_id) DO UPDATE
  SET name = excluded.name, time_zone = excluded.time_zone, retired_at = excluded.retired_at
  WHERE (old.name, old.time_zone, old.retired_at)
    IS DISTINCT FROM (excluded.name, excluded.time_zone, excluded.retired_at);
  GET DIAGNOSTICS written = ROW_COUNT;
  changed := changed + written;

  INSERT INTO public.machine AS old (machine_id, line_id, name, is_bottleneck, retired_at)
  SELECT machine_id, line_id, name, is_bottleneck, retired_at
  FROM jsonb_to_recordset(p_machines)
    AS said (machine_id text, line_id text, name text, is_bottleneck boolean, retired_at timestamptz)
  ORDER BY machine_id
  ON CONFLICT (machine_id) DO UPDATE
  SET line_id = excluded.line_id, name = excluded.name, is_bottleneck = excluded.is_bottleneck,
    retired_at = excluded.retired_at
  WHERE (old.line_id, old.name, old.is_bottleneck, old.retired_at)
    IS DISTINCT FROM (excluded.line_id, excluded.name, excluded.is_bottleneck, excluded.retired_at);
  GET DIAGNOSTICS written = ROW_COUNT;
  changed := changed + written;

  INSERT INTO public.reason AS old (reason_id, parent_reason_id, name, time_class, is_planned, retired_at)
  SELECT reason_id, parent_reason_id, name, time_class, is_planned, retired_at
  FROM jsonb_to_recordset(p_reasons)
    AS said (reason_id text, parent_reason_id text, name text, time_class text, is_planned boolean, retired_at timestamptz)
  ORDER BY reason_id
  ON CONFLICT (reason_id) DO UPDATE
  SET parent_reason_id = excluded.parent_reason_id, name = excluded.name, time_class = excluded.time_class,
    is_planned = excluded.is_planned, retired_at = excluded.retired_at
  WHERE (old.parent_reason_id, old.name, old.time_class, old.is_planned, old.retired_at)
    IS DISTINCT FROM
      (excluded.parent_reason_id, excluded.name, excluded.time_class, excluded.is_planned, excluded.retired_at);
  GET DIAGNOSTICS written = ROW_COUNT;

  PERFORM set_config('lineside.copying', 'off', true);
  RETURN changed + written;
END;
$$;

REVOKE EXECUTE ON FUNCTION copy_configuration(jsonb, jsonb, jsonb) FROM PUBLIC;

-- As in 0007, and whoever stores rows may copy the configuration.
CREATE OR REPLACE FUNCTION grant_lineside_roles() RETURNS void
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
    EXECUTE 'GRANT EXECUTE ON FUNCTION copy_configuration(jsonb, jsonb, jsonb) TO lineside_write';
  END IF;
END;
$$;

SELECT grant_lineside_roles();
