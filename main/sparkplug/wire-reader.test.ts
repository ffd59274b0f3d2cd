import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WireFault, WireReader } from './wire-reader.ts';

/** Little groups of seven bits; `paddingBytes` more than needed are allowed by protobuf and written by some. */
function toVarint(value: bigint, paddingBytes: number): Uint8Array {
  const groups: number[] = [];
  let rest = value;
  do {
    groups.push(Number(rest & 127n));
    rest >>= 7n;
  } while (rest > 0n);
  const wanted = Math.min(10, groups.length + paddingBytes);
  while (groups.length < wanted) groups.push(0);
  return Uint8Array.from(groups, (group, index) => (index < groups.length - 1 ? group | 128 : group));
}

const uint64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc
    .tuple(fc.nat(63), fc.constantFrom(-1n, 0n, 1n))
    .map(([bits, more]) => BigInt.asUintN(64, 2n ** BigInt(bits) + more)),
);

describe('the reader of varints', () => {
  it('reads every number in every way of reading, and stands behind it', () => {
    fc.assert(
      fc.property(uint64, fc.nat(9), (value, padding) => {
        const bytes = toVarint(value, padding > 5 ? padding - 5 : 0);
        const read = <T>(how: (reader: WireReader) => T): T => {
          const reader = new WireReader(bytes);
          const result = how(reader);
          expect(reader.at).toBe(bytes.length);
          return result;
        };
        expect(read((reader) => reader.uint64())).toBe(value);
        expect(read((reader) => reader.uint53())).toBe(Number(value));
        expect(read((reader) => reader.uint32())).toBe(Number(value & 0xffff_ffffn));
        expect(read((reader) => reader.boolean())).toBe(value !== 0n);
        const key = read((reader) => reader.uint64Key());
        expect(key).toBe(value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value);
        for (let length = 0; length < bytes.length; length += 1) {
          for (const how of ['uint64', 'uint53', 'uint32', 'boolean', 'uint64Key'] as const) {
            const reader = new WireReader(bytes.subarray(0, length));
            expect(() => reader[how]()).toThrow(WireFault);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(['uint64', 'uint53', 'uint32', 'boolean', 'uint64Key'] as const)('refuses eleven bytes as %s', (how) => {
    const reader = new WireReader(Uint8Array.from([...Array.from({ length: 10 }, () => 0x80), 0]));
    expect(() => reader[how]()).toThrow('malformed');
  });
});
