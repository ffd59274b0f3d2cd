import { Buffer } from 'node:buffer';
import sparkplugProto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';

// The generated static module only: `encodePayload` of the same package writes UInt32 into the wrong field, turns
// bigint into 0 and always adds the datatype.
const { Metric } = sparkplugProto.org.eclipse.tahu.protobuf.Payload;

/** A metric in the form of the generated encoder; made by `toWireMetric`. */
export type WireMetric = Parameters<typeof Metric.encode>[0];

type Uint64 = NonNullable<WireMetric['longValue']>;

const TWO_POW_32 = 4_294_967_296;
const FIRST_BYTES = 64 * 1_024;
/** A larger buffer serves one message and is given back. */
const KEPT_BYTES = 1_024 * 1_024;
/** Tags, lengths and numbers of one metric, at their longest. */
const MAX_FIXED_BYTES = 80;
/** Shorter texts are copied letter by letter, which costs less than asking Node for it. */
const SHORT_TEXT_LETTERS = 64;
const METRIC_TAG = 0x12;

/**
 * Writes metrics one after the other into one buffer that is used again and again. The generated encoder makes an object
 * for each tag, length and number of a message before it writes the first byte; scalars are written here at once, byte
 * for byte as it writes them, and everything else by it.
 */
export class PayloadWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #view = viewOf(this.#bytes);
  #at = 0;

  /** Begins a message; what was not taken of the one before is forgotten. */
  begin(timestampMs: number): void {
    if (this.#bytes.length > KEPT_BYTES) this.#use(Buffer.allocUnsafeSlow(FIRST_BYTES));
    this.#bytes[0] = 0x08;
    this.#at = 1;
    this.#uint64(timestampMs);
  }

  /** Throws what the generated encoder throws. */
  metric(metric: WireMetric): void {
    const isPlain =
      metric.properties == null &&
      metric.metadata == null &&
      metric.datasetValue == null &&
      metric.templateValue == null;
    if (isPlain && metric.extensionValue == null) this.#plain(metric);
    else this.#generated(metric);
  }

  /** The message so far in memory of its own, with room for `spareBytes` more. */
  take(spareBytes: number): Buffer {
    const taken = Buffer.allocUnsafe(this.#at + spareBytes);
    this.#bytes.copy(taken, 0, 0, this.#at);
    return taken;
  }

  #plain(metric: WireMetric): void {
    const { name, alias, timestamp, datatype, isHistorical, isTransient, isNull } = metric;
    const { intValue, longValue, floatValue, doubleValue, booleanValue, stringValue, bytesValue } = metric;
    const textLetters = (name?.length ?? 0) + (stringValue?.length ?? 0);
    this.#reserve(MAX_FIXED_BYTES + 3 * textLetters + (bytesValue?.length ?? 0));
    const bytes = this.#bytes;
    const from = this.#at;
    bytes[from] = METRIC_TAG;
    // A length of one byte; moved should it need more.
    this.#at = from + 2;
    if (name != null) this.#text(0x0a, name);
    if (alias != null) {
      bytes[this.#at++] = 0x10;
      this.#uint64(alias);
    }
    if (timestamp != null) {
      bytes[this.#at++] = 0x18;
      this.#uint64(timestamp);
    }
    if (datatype != null) {
      bytes[this.#at++] = 0x20;
      this.#uint32(datatype);
    }
    if (isHistorical != null) this.#boolean(0x28, isHistorical);
    if (isTransient != null) this.#boolean(0x30, isTransient);
    if (isNull != null) this.#boolean(0x38, isNull);
    if (intValue != null) {
      bytes[this.#at++] = 0x50;
      this.#uint32(intValue);
    }
    if (longValue != null) {
      bytes[this.#at++] = 0x58;
      this.#uint64(longValue);
    }
    if (floatValue != null) {
      bytes[this.#at++] = 0x65;
      this.#view.setFloat32(this.#at, floatValue, true);
      this.#at += 4;
    }
    if (doubleValue != null) {
      bytes[this.#at++] = 0x69;
      this.#view.setFloat64(this.#at, doubleValue, true);
      this.#at += 8;
    }
    if (booleanValue != null) this.#boolean(0x70, booleanValue);
    if (stringValue != null) this.#text(0x7a, stringValue);
    if (bytesValue != null) this.#byteString(bytesValue);
    const lengthBytes = this.#at - from - 2;
    if (lengthBytes < 128) bytes[from + 1] = lengthBytes;
    else this.#makeRoom(from + 1, lengthBytes);
  }

  /** A message of the length does not fit behind a length of one byte. */
  #makeRoom(lengthAt: number, lengthBytes: number): void {
    const contentAt = lengthAt + 1;
    const moreBytes = lengthBytes < 16_384 ? 1 : lengthBytes < 2_097_152 ? 2 : lengthBytes < 268_435_456 ? 3 : 4;
    this.#bytes.copyWithin(contentAt + moreBytes, contentAt, this.#at);
    const end = this.#at + moreBytes;
    this.#at = lengthAt;
    this.#uint32(lengthBytes);
    this.#at = end;
  }

  #generated(metric: WireMetric): void {
    const content = Metric.encode(metric).finish();
    this.#reserve(MAX_FIXED_BYTES + content.length);
    this.#bytes[this.#at++] = METRIC_TAG;
    this.#uint32(content.length);
    this.#bytes.set(content, this.#at);
    this.#at += content.length;
  }

  #reserve(byteCount: number): void {
    const neededBytes = this.#at + byteCount;
    if (neededBytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * neededBytes);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#use(larger);
  }

  #use(bytes: Buffer<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  #boolean(tag: number, value: boolean): void {
    this.#bytes[this.#at++] = tag;
    this.#bytes[this.#at++] = value ? 1 : 0;
  }

  /** A negative as its two's complement. */
  #uint32(value: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    let rest = value >>> 0;
    for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
    bytes[at++] = rest;
    this.#at = at;
  }

  #uint64(value: Uint64): void {
    if (typeof value !== 'number') return this.#varint64(value.low >>> 0, value.high >>> 0);
    const size = Math.abs(value);
    const low = size >>> 0;
    const high = ((size - low) / TWO_POW_32) >>> 0;
    if (value >= 0 || low + high === 0) this.#varint64(low, high);
    else if (low === 0) this.#varint64(0, -high >>> 0);
    else this.#varint64(-low >>> 0, ~high >>> 0);
  }

  #varint64(low: number, high: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    while (high !== 0) {
      bytes[at++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    for (; low > 127; low >>>= 7) bytes[at++] = (low & 127) | 128;
    bytes[at++] = low;
    this.#at = at;
  }

  #text(tag: number, text: string): void {
    this.#bytes[this.#at++] = tag;
    if (text.length >= SHORT_TEXT_LETTERS || !this.#shortAscii(text)) {
      this.#uint32(Buffer.byteLength(text));
      this.#at += this.#bytes.write(text, this.#at, 'utf8');
    }
  }

  /** False, and nothing written, where a letter takes more than a byte. */
  #shortAscii(text: string): boolean {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    for (let index = 0; index < text.length; index += 1) {
      const letter = text.charCodeAt(index);
      if (letter > 127) return false;
      bytes[at++] = letter;
    }
    bytes[this.#at] = text.length;
    this.#at = at;
    return true;
  }

  #byteString(value: Uint8Array): void {
    // Field 16 is the first whose tag takes two bytes.
    this.#bytes[this.#at++] = 0x82;
    this.#bytes[this.#at++] = 0x01;
    this.#uint32(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
