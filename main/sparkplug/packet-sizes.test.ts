import { describe, expect, it } from 'vitest';
import { fakeClock } from '../testing/fake-clock.ts';
import { PacketSizes } from './packet-sizes.ts';

/** Sends what the sizes allow of the wanted size until it comes through; returns the sizes tried. */
function converge(sizes: PacketSizes, wantedBytes: number, limitBytes: number): readonly number[] {
  const tried: number[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const byteCount = Math.min(wantedBytes, sizes.splitBytes);
    tried.push(byteCount);
    sizes.published(byteCount);
    const passed = sizes.barrierAsked();
    if (byteCount <= limitBytes) {
      passed();
      return tried;
    }
    sizes.closed();
  }
  throw new Error('never came through');
}

describe('the size of messages', () => {
  it('is halved until a broker with a limit takes them', () => {
    const sizes = new PacketSizes(fakeClock());
    expect(converge(sizes, 5_000, 2_000)).toEqual([5_000, 2_500, 1_250]);
    expect(converge(sizes, 5_000, 2_000)).toEqual([1_250]);
  });

  it('stays when a connection breaks over messages of a size that has come through', () => {
    const sizes = new PacketSizes(fakeClock());
    expect(converge(sizes, 5_000, 100_000)).toEqual([5_000]);
    const before = sizes.splitBytes;
    sizes.published(5_000);
    sizes.closed();
    sizes.closed();
    expect(sizes.splitBytes).toBe(before);
  });

  it('stays when nothing was under way', () => {
    const sizes = new PacketSizes(fakeClock());
    const before = sizes.splitBytes;
    sizes.closed();
    expect(sizes.splitBytes).toBe(before);
  });

  it('grows again after an hour, and later each time that costs the connection', () => {
    const clock = fakeClock();
    const sizes = new PacketSizes(clock);
    const hourMs = 3_600_000;
    expect(converge(sizes, 200_000, 60_000)).toEqual([200_000, 100_000, 50_000]);
    const half = sizes.splitBytes;
    clock.advanceMs(hourMs - 1);
    expect(sizes.splitBytes).toBe(half);
    clock.advanceMs(1);
    expect(converge(sizes, 200_000, 60_000)).toEqual([2 * half, half]);
    clock.advanceMs(hourMs);
    expect(sizes.splitBytes).toBe(half);
    clock.advanceMs(hourMs);
    // The broker takes more by now.
    expect(converge(sizes, 200_000, 1_000_000)).toEqual([2 * half]);
    clock.advanceMs(hourMs);
    expect(sizes.splitBytes).toBe(4 * half);
  });
});
