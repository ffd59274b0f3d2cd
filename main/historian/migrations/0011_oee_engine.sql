-- What the OEE engine computes, and what people say about it. Everything computed can be computed again from the
-- samples while these exist; what people say is only ever added to.

ALTER TABLE shift_instance
  -- [{"name", "fromMs", "toMs"}]: milliseconds since 1970 UTC, as planned when it was computed.
  ADD COLUMN breaks jsonb NOT NULL DEFAULT '[]',
  -- Since then its numbers stand; what changes them makes a revision.
  ADD COLUMN settled_at timestamptz;

ALTER TABLE oee_account
  -- Ideal times are decimals: exact ones.
  ALTER COLUMN earned_total_ms TYPE numeric,
  ALTER COLUMN earned_good_ms TYPE numeric,
  -- Unknown where no ideal cycle or no counter says it. Counts shared out over a gap need not be whole.
  ALTER COLUMN earned_total_ms DROP NOT NULL,
  ALTER COLUMN earned_good_ms DROP NOT NULL,
  ALTER COLUMN total_count TYPE numeric,
  ALTER COLUMN good_count TYPE numeric,
  ALTER COLUMN total_count DROP NOT NULL,
  ALTER COLUMN good_count DROP NOT NULL,
  ADD COLUMN reject_count numeric,
  ADD COLUMN rework_count numeric;

-- NULL takes a reason back.
ALTER TABLE reason_assignment ALTER COLUMN reason_id DROP NOT NULL;

-- Where people cut a stop in two, or took such a cut back; the newest of an instant counts.
CREATE TABLE stop_cut (
  stop_cut_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  machine_id  text        NOT NULL,
  cut_at      timestamptz NOT NULL,
  kind        text        NOT NULL CHECK (kind IN ('split', 'merge')),
  made_by     text        NOT NULL,
  made_at     timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX stop_cut_machine_id_cut_at_idx ON stop_cut (machine_id, cut_at);

-- Numerators and denominators of a shift as they were at each revision; those that were signed stay.
CREATE TABLE shift_revision (
  shift_instance_id      bigint      NOT NULL REFERENCES shift_instance,
  -- As in telemetry for a machine, the line's id for the line.
  equipment_id           text        NOT NULL,
  revision               integer     NOT NULL CHECK (revision > 0),
  -- Why there is another one; NULL for the first.
  because                text,
  made_at                timestamptz NOT NULL DEFAULT now(),
  planned_ms             bigint      NOT NULL,
  run_ms                 bigint      NOT NULL,
  unknown_ms             bigint      NOT NULL,
  earned_total_ms        numeric,
  earned_good_ms         numeric,
  total_count            numeric,
  good_count             numeric,
  reject_count           numeric,
  rework_count           numeric,
  -- Milliseconds by time class.
  account_ms             jsonb       NOT NULL,
  unexplained_stop_count integer     NOT NULL,
  ruleset                text        NOT NULL,
  PRIMARY KEY (shift_instance_id, equipment_id, revision)
);

CREATE TABLE shift_signature (
  shift_signature_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shift_instance_id  bigint      NOT NULL,
  equipment_id       text        NOT NULL,
  revision           integer     NOT NULL,
  comment            text,
  signed_by          text        NOT NULL,
  signed_at          timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (shift_instance_id, equipment_id, revision) REFERENCES shift_revision
);

CREATE INDEX shift_signature_shift_instance_id_idx ON shift_signature (shift_instance_id);

-- Shifts that must be computed (again). change_count tells a change that came while one was computed.
CREATE TABLE shift_task (
  shift_instance_id bigint      PRIMARY KEY REFERENCES shift_instance ON DELETE CASCADE,
  change_count      integer     NOT NULL DEFAULT 1,
  because           text,
  asked_at          timestamptz NOT NULL DEFAULT now()
);

-- How far a line has followed revised_range, and by which rules its shifts were computed.
CREATE TABLE oee_progress (
  line_id          text   PRIMARY KEY REFERENCES line,
  revised_range_id bigint NOT NULL,
  rules_print      text   NOT NULL
);

-- As before, and whoever stores rows may store what is computed from them.
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
    -- To end an event, or to take back one that late rows have shown to be none. Of single columns a compressed
    -- hypertable takes no grant.
    EXECUTE 'GRANT UPDATE, DELETE ON events TO lineside_write';
    EXECUTE 'GRANT INSERT, UPDATE, DELETE ON shift_instance, oee_account, shift_task, oee_progress TO lineside_write';
    EXECUTE 'GRANT INSERT, UPDATE, DELETE ON shift_revision TO lineside_write';
    EXECUTE 'GRANT INSERT ON reason_assignment, stop_cut, shift_signature TO lineside_write';
    -- To lock a line while its shifts change.
    EXECUTE 'GRANT UPDATE (line_id) ON line TO lineside_write';
    IF to_regprocedure('copy_configuration(jsonb, jsonb, jsonb)') IS NOT NULL THEN
      EXECUTE 'GRANT EXECUTE ON FUNCTION copy_configuration(jsonb, jsonb, jsonb) TO lineside_write';
    END IF;
  END IF;
END;
$$;

SELECT grant_lineside_roles();
