const FIRST_SLOTS = 16;

/** 64 bits of a text: cyrb53's two lanes, unfolded. Not for secrets. */
function hash(text: string): readonly [number, number] {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  // 0, 0 marks a free slot.
  return high === 0 && low === 0 ? [1, 0] : [high >>> 0, low >>> 0];
}

/**
 * A set of node ids that only remembers 64 bits of each: 16 to 32 bytes a node, whatever the ids look like. Of a
 * million different nodes two are taken for one once in 37 million browses.
 */
export class SeenNodes {
  #slots = new Uint32Array(FIRST_SLOTS * 2);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** True when it was not there before. */
  add(nodeId: string): boolean {
    const [high, low] = hash(nodeId);
    if (!this.#put(high, low)) return false;
    this.#count++;
    // Half full: open addressing becomes slow beyond.
    if (this.#count * 4 > this.#slots.length) this.#grow();
    return true;
  }

  #put(high: number, low: number): boolean {
    const mask = this.#slots.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const seenHigh = this.#slots[slot * 2];
      const seenLow = this.#slots[slot * 2 + 1];
      if (seenHigh === high && seenLow === low) return false;
      if (seenHigh === 0 && seenLow === 0) {
        this.#slots[slot * 2] = high;
        this.#slots[slot * 2 + 1] = low;
        return true;
      }
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let index = 0; index < old.length; index += 2) {
      const high = old[index] ?? 0;
      const low = old[index + 1] ?? 0;
      if (high !== 0 || low !== 0) this.#put(high, low);
    }
  }
}
