import { Buffer, isUtf8 } from 'node:buffer';

export type WireFaultReason = 'truncated' | 'malformed' | 'invalid-utf8' | 'too-deep' | 'too-large';

/** Thrown inside the decoder only; `decodePayload` turns it into a value. */
export class WireFault extends Error {
  readonly reason: WireFaultReason;

  constructor(reason: WireFaultReason) {
    super(reason);
    this.reason = reason;
  }
}

const TWO_POW_28 = 268_435_456;
const TWO_POW_32 = 4_294_967_296;
const word = new DataView(new ArrayBuffer(8));

/**
 * What a message may make of its bytes: two of them are enough for a metric, a row or a property set, whose object
 * takes a hundred times as much memory. A birth of 100,000 metrics with name, value, quality and status code needs
 * three quarters of it.
 */
const MAX_PART_COUNT = 2_097_152;
const REPLACEMENT_CHARACTER = '\uFFFD';

/**
 * What `toString` calls after checks that take as long as the reading of a name. Node has it since its beginning, the
 * protobuf library reads by it too, but its types do not know it.
 */
type ReadableBuffer = Buffer & { utf8Slice(from: number, to: number): string };

/**
 * Reads the protobuf wire format strictly: nothing beyond the end of its message, no invalid UTF-8, and 64-bit
 * integers exactly. The generated reader of `sparkplug-payload` is lenient in all three (it cuts strings short,
 * puts U+FFFD into names, and gives rounded numbers wherever the optional `long` package is not found, as in a
 * bundle), which is why only its writer is used.
 */
export class WireReader {
  readonly #bytes: ReadableBuffer;
  readonly #view: DataView;
  /** Position of the next byte. */
  at = 0;
  #low = 0;
  #high = 0;
  #partsLeft = MAX_PART_COUNT;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as ReadableBuffer;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Any varint of up to ten bytes, into `#low` and `#high`. */
  #readVarint(): void {
    let { at } = this;
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte(at++);
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return this.#readTo(at, low, 0);
    }
    // Four bits of the fifth byte belong to the low half, three to the high one.
    const middle = this.#byte(at++);
    low |= (middle & 0x7f) << 28;
    let high = (middle & 0x7f) >>> 4;
    if (middle < 0x80) return this.#readTo(at, low, high);
    for (let shift = 3; shift < 38; shift += 7) {
      const byte = this.#byte(at++);
      // Of the tenth byte there is room for one bit.
      high |= shift < 31 ? (byte & 0x7f) << shift : (byte & 1) << 31;
      if (byte < 0x80) return this.#readTo(at, low, high);
    }
    throw new WireFault('malformed');
  }

  #readTo(at: number, low: number, high: number): void {
    this.at = at;
    this.#low = low >>> 0;
    this.#high = high >>> 0;
  }

  #byte(at: number): number {
    // Before the reading, because reading beyond the end makes every later reading slower.
    if (at >= this.#bytes.length) throw new WireFault('truncated');
    return this.#bytes[at] ?? 0;
  }

  /** Field number and wire type, as on the wire: `field << 3 | type`. */
  tag(): number {
    const tag = this.uint32();
    if (tag >>> 3 === 0) throw new WireFault('malformed');
    return tag;
  }

  uint32(): number {
    const { at } = this;
    const first = this.#byte(at);
    if (first < 0x80) {
      this.at = at + 1;
      return first;
    }
    const second = this.#byte(at + 1);
    if (second < 0x80) {
      this.at = at + 2;
      return (first & 0x7f) | (second << 7);
    }
    this.#readVarint();
    return this.#low;
  }

  /** A uint64 as the nearest number; exact up to 2^53. For timestamps and counts. */
  uint53(): number {
    // A time of today takes six bytes: 28 bits from the first four, the rest from the others.
    let low = 0;
    let high = 0;
    let { at } = this;
    for (let shift = 0; shift < 56; shift += 7) {
      const byte = this.#byte(at);
      at += 1;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else high |= (byte & 0x7f) << (shift - 28);
      if (byte < 0x80) {
        this.at = at;
        return high * TWO_POW_28 + low;
      }
    }
    this.#readVarint();
    return this.#high * TWO_POW_32 + this.#low;
  }

  uint64(): bigint {
    this.#readVarint();
    return this.#toBigint();
  }

  /** A uint64 as number where that is exact, as bigint above. */
  uint64Key(): number | bigint {
    const from = this.at;
    const near = this.uint53();
    if (near <= Number.MAX_SAFE_INTEGER) return near;
    this.at = from;
    return this.uint64();
  }

  /** By way of eight bytes: shifting bigints makes four of them. */
  #toBigint(): bigint {
    word.setUint32(0, this.#high);
    word.setUint32(4, this.#low);
    return word.getBigUint64(0);
  }

  boolean(): boolean {
    this.#readVarint();
    return this.#low !== 0 || this.#high !== 0;
  }

  float(): number {
    const from = this.#advance(4);
    return this.#view.getFloat32(from, true);
  }

  double(): number {
    const from = this.#advance(8);
    return this.#view.getFloat64(from, true);
  }

  /** Called for all that takes memory, with its weight: 1 for a text or a cell, more for what has fields. */
  spend(partCount: number): void {
    this.#partsLeft -= partCount;
    if (this.#partsLeft < 0) throw new WireFault('too-large');
  }

  string(): string {
    this.spend(1);
    const lengthBytes = this.uint32();
    const from = this.#advance(lengthBytes);
    const text = this.#bytes.utf8Slice(from, this.at);
    if (text.includes(REPLACEMENT_CHARACTER) && !isUtf8(this.#bytes.subarray(from, this.at))) {
      throw new WireFault('invalid-utf8');
    }
    return text;
  }

  /** A copy: the message's memory belongs to the MQTT client. */
  bytes(): Uint8Array {
    this.spend(1);
    const lengthBytes = this.uint32();
    const from = this.#advance(lengthBytes);
    return new Uint8Array(this.#bytes.subarray(from, this.at));
  }

  /** End of the nested message whose length stands here; never beyond `outerEnd`. */
  nestedEnd(outerEnd: number): number {
    const lengthBytes = this.uint32();
    const end = this.at + lengthBytes;
    if (end > outerEnd) throw new WireFault('truncated');
    return end;
  }

  /** Called at the end of each message: its last field must not have reached beyond it. */
  finish(end: number): void {
    if (this.at !== end) throw new WireFault('malformed');
  }

  /** Passes over a field that is not known, or that has a wire type it must not have. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.#readVarint();
        return;
      case 1:
        this.#advance(8);
        return;
      case 2:
        this.#advance(this.uint32());
        return;
      case 5:
        this.#advance(4);
        return;
      default:
        throw new WireFault('malformed');
    }
  }

  #advance(byBytes: number): number {
    const from = this.at;
    if (from + byBytes > this.#bytes.length) throw new WireFault('truncated');
    this.at = from + byBytes;
    return from;
  }
}
