-- What reports need to know of the plant beside the samples. The site file is where people change lines, machines
-- and shifts; these are its copies, so that SQL can join them. Ranges are half-open.
CREATE TABLE line (
  line_id   text PRIMARY KEY,
  name      text NOT NULL,
  -- IANA name.
  time_zone text NOT NULL
);

CREATE TABLE machine (
  -- As in telemetry: group/edge node/device.
  machine_id    text    PRIMARY KEY,
  line_id       text    NOT NULL REFERENCES line,
  name          text    NOT NULL,
  is_bottleneck boolean NOT NULL DEFAULT false
);

CREATE INDEX machine_line_id_idx ON machine (line_id);

-- A shift that takes place: its local times as instants, so that a night of 7 or 9 hours is one.
CREATE TABLE shift_instance (
  shift_instance_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  line_id           text        NOT NULL REFERENCES line,
  name              text        NOT NULL,
  -- The day a night shift belongs to is the one it starts on.
  production_day    date        NOT NULL,
  starts_at         timestamptz NOT NULL,
  ends_at           timestamptz NOT NULL,
  -- Grows when late data or an edited calendar changes its numbers.
  revision          integer     NOT NULL DEFAULT 1 CHECK (revision > 0),
  signed_at         timestamptz,
  UNIQUE (line_id, starts_at),
  CHECK (starts_at < ends_at)
);

-- Two shifts of one line at the same time would count every part twice. An exclusion constraint would need the
-- extension btree_gist, which not every server has; the lock on the line makes this as safe.
CREATE FUNCTION refuse_overlapping_shift() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  other shift_instance;
BEGIN
  PERFORM 1 FROM line WHERE line_id = NEW.line_id FOR UPDATE;
  SELECT * INTO other FROM shift_instance
  WHERE line_id = NEW.line_id AND shift_instance_id <> NEW.shift_instance_id
    AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'shift % of line % overlaps shift %, which starts at %', NEW.name, NEW.line_id, other.name, other.starts_at
      USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER shift_instance_overlap BEFORE INSERT OR UPDATE ON shift_instance
FOR EACH ROW EXECUTE FUNCTION refuse_overlapping_shift();

-- Why machines stand, as a tree.
CREATE TABLE reason (
  reason_id        text    PRIMARY KEY,
  parent_reason_id text    REFERENCES reason,
  name             text    NOT NULL,
  -- The class its time counts as, named as in the time account.
  time_class       text    NOT NULL,
  is_planned       boolean NOT NULL DEFAULT false,
  -- Not offered any more since then; old assignments keep it.
  retired_at       timestamptz
);

-- Only ever added to: a correction is a new row that names the one it replaces.
CREATE TABLE reason_assignment (
  reason_assignment_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  machine_id           text        NOT NULL,
  starts_at            timestamptz NOT NULL,
  ends_at              timestamptz NOT NULL,
  reason_id            text        NOT NULL REFERENCES reason,
  comment              text,
  assigned_by          text        NOT NULL,
  assigned_at          timestamptz NOT NULL DEFAULT now(),
  supersedes_id        bigint      UNIQUE REFERENCES reason_assignment,
  CHECK (starts_at < ends_at)
);

CREATE INDEX reason_assignment_machine_id_starts_at_idx ON reason_assignment (machine_id, starts_at);

-- Time and counts of a machine in an hour of a shift, for one product: numerators and denominators, never only
-- percentages. Computed from the samples and computed anew when they are revised.
CREATE TABLE oee_account (
  machine_id        text        NOT NULL,
  -- Hours in UTC; the shift's edges cut them.
  hour_start        timestamptz NOT NULL,
  shift_instance_id bigint      NOT NULL REFERENCES shift_instance,
  -- Empty where products are not told apart.
  product_id        text        NOT NULL DEFAULT '',
  run_ms            bigint      NOT NULL CHECK (run_ms >= 0),
  short_stop_ms     bigint      NOT NULL CHECK (short_stop_ms >= 0),
  failure_ms        bigint      NOT NULL CHECK (failure_ms >= 0),
  starved_ms        bigint      NOT NULL CHECK (starved_ms >= 0),
  blocked_ms        bigint      NOT NULL CHECK (blocked_ms >= 0),
  setup_ms          bigint      NOT NULL CHECK (setup_ms >= 0),
  unassigned_ms     bigint      NOT NULL CHECK (unassigned_ms >= 0),
  planned_ms        bigint      NOT NULL CHECK (planned_ms >= 0),
  no_order_ms       bigint      NOT NULL CHECK (no_order_ms >= 0),
  not_scheduled_ms  bigint      NOT NULL CHECK (not_scheduled_ms >= 0),
  unknown_ms        bigint      NOT NULL CHECK (unknown_ms >= 0),
  -- Ideal time of all parts and of the good ones: their quotients give OEE without any threshold.
  earned_total_ms   double precision NOT NULL,
  earned_good_ms    double precision NOT NULL,
  total_count       bigint      NOT NULL,
  good_count        bigint      NOT NULL,
  -- Rules by which it was computed.
  ruleset           text        NOT NULL,
  revision          integer     NOT NULL DEFAULT 1 CHECK (revision > 0),
  computed_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (machine_id, hour_start, shift_instance_id, product_id)
);

CREATE INDEX oee_account_shift_instance_id_idx ON oee_account (shift_instance_id);
