-- The chunks of telemetry that were there when the program last looked. One that is gone since was dropped, by the
-- retention or by hand (drop_chunks); one that a late row has made anew has another name. Aggregates are not refreshed
-- before the end of what is gone: they know more of that time than the raw rows do.
CREATE TABLE telemetry_chunk (
  chunk_name text        PRIMARY KEY,
  range_end  timestamptz NOT NULL
);
