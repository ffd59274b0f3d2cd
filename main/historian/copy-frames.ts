import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { toMetaJson } from './row-columns.ts';

/**
 * Rows in the binary format of COPY (PostgreSQL manual, COPY, "Binary Format"), in the frames of the wire: CopyData
 * (`d`) of about a megabyte each, CopyDone (`c`) at the end. The columns are those of `COPY_COLUMNS`, in its order.
 */
export function toCopyFrames(rows: readonly TelemetryRow[]): Buffer[] {
  const writer = new FrameWriter();
  for (const row of rows) writer.row(row);
  return writer.end();
}

export const COPY_COLUMNS = 'time, machine_id, metric_name, value, quality, meta, is_historical, received_at';
const COLUMN_COUNT = 8;

const BLOCK_BYTES = 1_048_576;
const TYPE_AND_LENGTH_BYTES = 5;
/** Lengths of the fields, and those fields whose length is fixed. */
const FIXED_ROW_BYTES = 80;
/** Of a UTF-16 unit in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);
const JSONB_VERSION = 1;
/** The server counts microseconds from here. */
const YEAR_2000_MS = Date.UTC(2000, 0, 1);
const TWO_POW_32 = 4_294_967_296;

class FrameWriter {
  readonly #frames: Buffer[] = [];
  #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #at = TYPE_AND_LENGTH_BYTES;

  constructor() {
    SIGNATURE.copy(this.#block, this.#at);
    this.#at += SIGNATURE.length;
    // Flags, and the length of an extension of the header: there is none.
    this.#int32(0);
    this.#int32(0);
  }

  row(row: TelemetryRow): void {
    const meta = row.meta === null ? null : toMetaJson(row.meta);
    const units = row.machineId.length + row.metricName.length + (meta?.length ?? 0);
    this.#makeRoom(FIXED_ROW_BYTES + MOST_BYTES_PER_UNIT * units);
    this.#int16(COLUMN_COUNT);
    this.#time(row.timeMs);
    this.#text(row.machineId);
    this.#text(row.metricName);
    if (row.value === null) this.#int32(-1);
    else {
      this.#int32(8);
      this.#at = this.#block.writeDoubleBE(row.value, this.#at);
    }
    this.#int32(2);
    this.#int16(row.quality);
    if (meta === null) this.#int32(-1);
    else this.#text(meta, JSONB_VERSION);
    this.#int32(1);
    this.#at = this.#block.writeUInt8(row.isHistorical ? 1 : 0, this.#at);
    this.#time(row.receivedAtMs);
  }

  end(): Buffer[] {
    this.#makeRoom(2);
    this.#int16(-1);
    this.#closeBlock();
    return [...this.#frames, COPY_DONE];
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes <= this.#block.length) return;
    this.#closeBlock();
    this.#block = Buffer.allocUnsafe(Math.max(BLOCK_BYTES, TYPE_AND_LENGTH_BYTES + bytes));
    this.#at = TYPE_AND_LENGTH_BYTES;
  }

  #closeBlock(): void {
    this.#block.write('d', 0, 'latin1');
    this.#block.writeInt32BE(this.#at - 1, 1);
    this.#frames.push(this.#block.subarray(0, this.#at));
  }

  #int16(value: number): void {
    this.#at = this.#block.writeInt16BE(value, this.#at);
  }

  #int32(value: number): void {
    this.#at = this.#block.writeInt32BE(value, this.#at);
  }

  /** Whole milliseconds, as microseconds in 64 bits: below 2^53 in all years that a row may have. */
  #time(ms: number): void {
    const microseconds = (Math.round(ms) - YEAR_2000_MS) * 1_000;
    const high = Math.floor(microseconds / TWO_POW_32);
    this.#int32(8);
    this.#int32(high);
    this.#at = this.#block.writeUInt32BE(microseconds - high * TWO_POW_32, this.#at);
  }

  #text(text: string, firstByte?: number): void {
    const lengthAt = this.#at;
    this.#at += 4;
    if (firstByte !== undefined) this.#at = this.#block.writeUInt8(firstByte, this.#at);
    this.#at += this.#block.write(text, this.#at, 'utf8');
    this.#block.writeInt32BE(this.#at - lengthAt - 4, lengthAt);
  }
}
