/** The promise of delivery, on a real file in a real thread, against a broker and a host that fail at random. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { delay, systemClock as clock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { changesOf } from './change-ramp.ts';
import type { ChangeSender, SendOutcome } from './change-sender.ts';
import type { BufferedChange } from './forward-buffer.ts';
import { Forwarder } from './forwarder.ts';
import { GroupCommit } from './group-commit.ts';
import { WorkerForwardBuffer } from './worker-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-delivery-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const HOLD_TIME_MS = 60;

/** Small generator with a printed seed, so that a failure can be run again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What is on the wire is lost when the link breaks; what the host has not committed is lost when it goes offline. */
class LossyRoad implements ChangeSender {
  readonly arrived = new Set<number>();
  isUp = false;
  #onWire: number[] = [];
  #atHost: { readonly rowValue: number; readonly atMs: number }[] = [];

  send(rows: readonly BufferedChange[]): Promise<SendOutcome> {
    if (!this.isUp) return Promise.reject(new Error('connection closed'));
    this.#onWire.push(...rows.map((row) => Number(row.value)));
    return Promise.resolve({ notTaken: [], poisoned: [] });
  }

  async barrier(): Promise<void> {
    const read = this.#onWire;
    this.#onWire = [];
    await delay(clock, 2);
    if (!this.isUp) throw new Error('connection closed');
    this.#atHost.push(...read.map((rowValue) => ({ rowValue, atMs: clock.monotonicMs() })));
  }

  /** The host commits what it has had for half of the hold time. */
  commit(): void {
    const untilMs = clock.monotonicMs() - HOLD_TIME_MS / 2;
    for (const each of this.#atHost) if (each.atMs <= untilMs) this.arrived.add(each.rowValue);
    this.#atHost = this.#atHost.filter((each) => each.atMs > untilMs);
  }

  break(isHostLost: boolean): void {
    this.isUp = false;
    this.#onWire = [];
    if (isHostLost) this.#atHost = [];
  }
}

async function startGateway(folder: string, road: LossyRoad) {
  const buffer = await WorkerForwardBuffer.open({ folder, limitBytes: 50_000_000, whenFull: 'drop-oldest' });
  const options = {
    buffer,
    clock,
    random: Math.random,
    groupCommitMs: 5,
    groupCommitRows: 500,
    hasSession: () => road.isUp,
  };
  const commit = new GroupCommit(options);
  const forwarder = await Forwarder.start({
    buffer,
    sender: road,
    clock,
    log: silentLog,
    historyRowsPerS: 200_000,
    holdTimeMs: HOLD_TIME_MS,
  });
  commit.committed.on(({ lastRowId }) => forwarder.rowsCommitted(lastRowId));
  const connect = (): void => {
    road.isUp = true;
    forwarder.hostOnlineChanged(true);
    forwarder.sessionBorn();
  };
  const lose = (isHostLost: boolean): void => {
    road.break(isHostLost);
    forwarder.hostOnlineChanged(false);
    forwarder.sessionEnded();
  };
  const close = async (): Promise<void> => {
    await commit.close(5_000);
    await forwarder.stop();
    await buffer.close();
  };
  return { buffer, commit, forwarder, connect, lose, close };
}

describe('delivery', () => {
  it.each([1, 20_260_105])('brings every accepted change to the host through random outages, seed %i', async (seed) => {
    const random = randomFrom(seed);
    const folder = mkdtempSync(join(root, 'case-'));
    const road = new LossyRoad();
    let gateway = await startGateway(folder, road);
    let produced = 0;
    for (let turn = 0; turn < 150; turn++) {
      const count = Math.floor(random() * 300);
      gateway.commit.add(changesOf(produced, count));
      produced += count;
      await delay(clock, random() * 20);
      road.commit();
      const event = random();
      if (event < 0.1) gateway.lose(random() < 0.5);
      else if (event < 0.3) gateway.connect();
      else if (event < 0.32) {
        gateway.lose(true);
        await gateway.close();
        gateway = await startGateway(folder, road);
      }
    }
    gateway.connect();
    await gateway.commit.flush();
    await expect
      .poll(
        async () => {
          road.commit();
          return (await gateway.buffer.stats()).rowCount;
        },
        { timeout: 20_000 },
      )
      .toBe(0);
    // The last rows may have been deleted after the host's last commit, on a busy machine long after it.
    road.commit();
    expect(road.arrived.size).toBe(produced);
    expect((await gateway.buffer.stats()).storedCount).toBe(produced);
    await gateway.close();
  });
});
