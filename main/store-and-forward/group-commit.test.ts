import { describe, expect, it } from 'vitest';
import type { LossEntry } from '../../shared/domain/listings.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { EngineError } from '../platform/engine-error.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { changesOf } from './change-ramp.ts';
import type { AppendResult } from './forward-buffer.ts';
import { type Committed, GroupCommit } from './group-commit.ts';

/** A buffer whose file can be taken away, or made slow. */
class UnsteadyBuffer {
  readonly appended: MetricChange[][] = [];
  readonly losses: LossEntry[] = [];
  isBroken = false;
  isSlow = false;
  #releases: (() => void)[] = [];

  async append(changes: readonly MetricChange[]): Promise<AppendResult> {
    if (this.isSlow) await new Promise<void>((resolve) => this.#releases.push(resolve));
    if (this.isBroken) throw new EngineError('store-and-forward/disk-full', 'no space left');
    this.appended.push([...changes]);
    return { lastRowId: this.appended.flat().length, droppedCount: 0 };
  }

  recordLosses(losses: readonly LossEntry[]): Promise<void> {
    if (this.isBroken) return Promise.reject(new EngineError('store-and-forward/disk-full', 'no space left'));
    this.losses.push(...losses);
    return Promise.resolve();
  }

  release(): void {
    for (const release of this.#releases.splice(0)) release();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function start(maxCollectedRows?: number) {
  const clock = fakeClock();
  const buffer = new UnsteadyBuffer();
  const commit = new GroupCommit({
    buffer,
    clock,
    random: () => 1,
    groupCommitMs: 50,
    groupCommitRows: 10,
    ...(maxCollectedRows === undefined ? {} : { maxCollectedRows }),
  });
  const committed: Committed[] = [];
  commit.committed.on((event) => committed.push(event));
  const values = (): unknown[] => buffer.appended.flat().map((change) => change.value);
  return { clock, buffer, commit, committed, values };
}

describe('group commit', () => {
  it('commits what it has collected once the first change is 50 ms old, in one transaction', async () => {
    const { clock, buffer, commit, committed } = start();
    commit.add(changesOf(0, 2));
    clock.advanceMs(30);
    commit.add(changesOf(2, 2));
    clock.advanceMs(19);
    expect(buffer.appended).toEqual([]);
    clock.advanceMs(1);
    await settled();
    expect(buffer.appended).toEqual([changesOf(0, 4)]);
    expect(committed).toEqual([{ lastRowId: 4, count: 4, droppedCount: 0 }]);
  });

  it('does not wait when enough rows are there', async () => {
    const { buffer, commit } = start();
    commit.add(changesOf(0, 10));
    await settled();
    expect(buffer.appended).toEqual([changesOf(0, 10)]);
  });

  it('collects on while a commit runs, and keeps the order', async () => {
    const { clock, buffer, commit, values } = start();
    buffer.isSlow = true;
    commit.add(changesOf(0, 10));
    commit.add(changesOf(10, 25));
    buffer.isSlow = false;
    buffer.release();
    await settled();
    clock.advanceMs(50);
    await settled();
    expect(values()).toEqual(changesOf(0, 35).map((change) => change.value));
  });

  it('keeps changes through a failing file, says so once, and commits them in order afterwards', async () => {
    const { clock, buffer, commit, values } = start();
    const states: string[] = [];
    commit.stateChanged.on((state) => states.push(state.phase));
    buffer.isBroken = true;
    for (let round = 0; round < 20; round++) {
      commit.add(changesOf(round * 5, 5));
      clock.advanceMs(500);
      await settled();
    }
    expect(states).toEqual(['failing']);
    expect(commit.state).toMatchObject({ phase: 'failing', code: 'store-and-forward/disk-full' });
    expect(commit.counts).toEqual({ collectedCount: 100, overflowCount: 0 });
    buffer.isBroken = false;
    clock.advanceMs(10_000);
    await settled();
    expect(states).toEqual(['failing', 'working']);
    expect(values()).toEqual(changesOf(0, 100).map((change) => change.value));
  });

  it('drops the oldest beyond its bound, and enters each of them into the ledger later', async () => {
    const { clock, buffer, commit, values } = start(30);
    buffer.isBroken = true;
    for (let round = 0; round < 10; round++) {
      commit.add(changesOf(round * 7, 7));
      clock.advanceMs(100);
      await settled();
    }
    expect(commit.counts).toEqual({ collectedCount: 30, overflowCount: 40 });
    buffer.isBroken = false;
    clock.advanceMs(10_000);
    await settled();
    expect(values()).toEqual(changesOf(40, 30).map((change) => change.value));
    expect(buffer.losses.reduce((sum, loss) => sum + loss.droppedCount, 0)).toBe(40);
    expect(buffer.losses[0]).toMatchObject({ deviceId: 'press-1', metricName: 'Count', reason: 'file-unavailable' });
  });

  it('stays within its bound while a commit hangs, counting what it cannot take', async () => {
    const { clock, buffer, commit, values } = start(30);
    buffer.isSlow = true;
    commit.add(changesOf(0, 10));
    for (let round = 1; round < 10; round++) commit.add(changesOf(round * 10, 10));
    expect(commit.counts).toEqual({ collectedCount: 30, overflowCount: 60 });
    buffer.isSlow = false;
    buffer.release();
    await commit.flush();
    clock.advanceMs(50);
    await settled();
    expect(values()).toEqual(changesOf(0, 40).map((change) => change.value));
    expect(buffer.losses).toMatchObject([{ droppedCount: 60 }]);
  });

  it('flushes everything added before', async () => {
    const { commit, values } = start();
    commit.add(changesOf(0, 3));
    const flushed = commit.flush();
    commit.add(changesOf(3, 2));
    await flushed;
    expect(values().slice(0, 3)).toEqual([0, 1, 2]);
    await commit.flush();
    expect(values()).toEqual([0, 1, 2, 3, 4]);
  });

  it('commits the rest when it is closed, and takes nothing afterwards', async () => {
    const { commit, values } = start();
    commit.add(changesOf(0, 3));
    expect(await commit.close(1_000)).toBe(0);
    expect(values()).toEqual([0, 1, 2]);
    expect(() => commit.add(changesOf(3, 1))).toThrow(/no longer/);
  });

  it('says how many changes a close could not save', async () => {
    const { clock, buffer, commit } = start();
    buffer.isBroken = true;
    commit.add(changesOf(0, 3));
    const closed = commit.close(1_000);
    await settled();
    clock.advanceMs(1_000);
    expect(await closed).toBe(3);
  });
});
