import { beforeEach, describe, expect, it } from 'vitest';
import type { SamplingLedger } from '../backpressure/sampling-ledger.ts';
import { EMPTY_LEDGER } from '../backpressure/sampling-ledger.ts';
import { type Log, silentLog } from '../platform/log.ts';
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts';
import type { NamedSource } from './edge-pipeline.ts';
import type { SourceSampling } from './ports.ts';
import { SamplingControl } from './sampling-control.ts';
import { readSamplingLedger } from './sampling-memory.ts';

const NUMBERS = {
  checkIntervalMs: 5_000,
  activateAtRows: 1_000,
  deactivateAtRows: 500,
  transitionDelayMs: 5_000,
  slowSamplingIntervalMs: 2_000,
};
const notAskedHere = (): never => {
  throw new Error('not asked here');
};

/** Ten tags at 250 ms, two of them exempt; `refusal` keeps it from slowing. */
class FakeServer {
  readonly asked: boolean[] = [];
  refusal: string | null = null;
  isSlow = false;
  readonly named: NamedSource;

  constructor(serverId: string) {
    this.named = {
      serverId,
      source: {
        start: notAskedHere,
        stop: notAskedHere,
        onSamples: notAskedHere,
        onStateChanged: notAskedHere,
        observedUntilMs: undefined,
        heardUntilMs: undefined,
        snapshot: () => ({
          serverId,
          endpointUrl: '',
          state: { phase: 'stopped' },
          tagCount: 10,
          goodCount: 10,
          badCount: 0,
          overflowCount: 0,
          oddTimeCount: 0,
          recovery: { republishedCount: 0, gapCount: 0, newSubscriptionCount: 0, newSessionCount: 0 },
          badTags: [],
        }),
        setSlowSampling: (isSlow) => {
          this.asked.push(isSlow);
          if (this.refusal === null) this.isSlow = isSlow;
          return Promise.resolve();
        },
        sampling: () => this.#sampling(),
      },
    };
  }

  #sampling(): SourceSampling {
    const slowedCount = this.isSlow ? 8 : 0;
    return {
      phase: this.refusal !== null ? 'refused' : this.isSlow ? 'slow' : 'normal',
      slowedCount,
      exemptCount: 2,
      refusedCount: this.refusal === null ? 0 : 8,
      reason: this.refusal,
      notTakenPerS: slowedCount * (4 - 0.5),
      uncountedCount: 0,
    };
  }
}

describe('the control of the sampling', () => {
  let clock: FakeClock;
  let depth: number;
  let settings: Map<string, string>;
  let lines: { readonly text: string; readonly facts: Readonly<Record<string, unknown>> }[];
  let plc1: FakeServer;
  let plc2: FakeServer;

  beforeEach(() => {
    clock = fakeClock();
    depth = 0;
    settings = new Map();
    lines = [];
    plc1 = new FakeServer('plc1');
    plc2 = new FakeServer('plc2');
  });

  function start(ledger: SamplingLedger = EMPTY_LEDGER) {
    const write = (text: string, facts = {}): void => void lines.push({ text, facts });
    const log: Log = { ...silentLog, info: write, warn: write, error: write };
    const store = { writeSetting: (key: string, value: string) => Promise.resolve(void settings.set(key, value)) };
    const control = new SamplingControl({
      numbers: NUMBERS,
      sources: [plc1.named, plc2.named],
      readDepth: () => depth,
      ledger,
      store,
      clock,
      log,
    });
    return { control, stop: control.start() };
  }

  it('slows every server after two looks at more than 1,000 rows, and counts what that costs', () => {
    const { control } = start();
    depth = 1_204;
    clock.advanceMs(5_000);
    expect(control.snapshot()).toMatchObject({ phase: 'normal', wishSinceMs: clock.nowMs() });
    clock.advanceMs(5_000);
    const slowSinceMs = clock.nowMs();
    clock.advanceMs(60_000);
    expect([plc1.asked, plc2.asked]).toEqual([[true], [true]]);
    // 2 servers × 8 tags × (4 − 0.5) samples a second × 60 s.
    expect(control.snapshot()).toMatchObject({
      phase: 'slow',
      sinceMs: slowSinceMs,
      wishSinceMs: null,
      tagCount: 20,
      slowedTagCount: 16,
      exemptTagCount: 4,
      sinceStart: { changeCount: 1, slowMs: 60_000, samplesNotTakenAtMost: 3_360 },
      changes: [{ atMs: slowSinceMs, phase: 'slow', waitingRows: 1_204, lastedMs: 60_000, isOver: false }],
    });
  });

  it('goes back, and the log line says how long it was slow and what it cost', () => {
    const { control } = start();
    depth = 2_000;
    clock.advanceMs(10_000);
    depth = 10;
    clock.advanceMs(10_000);
    expect(plc1.asked).toEqual([true, false]);
    expect(control.snapshot().changes.map(({ phase, waitingRows, isOver }) => [phase, waitingRows, isOver])).toEqual([
      ['slow', 2_000, true],
      ['normal', 10, false],
    ]);
    expect(lines.find(({ text }) => text === 'sampling is back to normal')?.facts).toMatchObject({
      waitingRows: 10,
      slowForMs: 10_000,
      samplesNotTakenAtMost: 560,
      changeCount: 2,
    });
  });

  it('tells every listener of each change of the state, also after one that throws', () => {
    const { control } = start();
    const told: string[] = [];
    control.onChanged(() => {
      throw new Error('a broken listener');
    });
    control.onChanged(({ phase, waitingRows }) => told.push(`${phase} at ${waitingRows}`));
    const stop = control.onChanged(({ phase }) => told.push(`second: ${phase}`));
    depth = 1_500;
    clock.advanceMs(10_000);
    stop();
    depth = 0;
    clock.advanceMs(10_000);
    expect(told).toEqual([
      'normal-wants-slow at 1500',
      'second: normal-wants-slow',
      'slow at 1500',
      'second: slow',
      'slow-wants-normal at 0',
      'normal at 0',
    ]);
    expect(lines.filter(({ text }) => text === 'a listener to the sampling failed')).toHaveLength(4);
  });

  it('names the server that refuses, in the picture and in the log, and slows the other', async () => {
    plc2.refusal = 'BadMonitoredItemIdInvalid';
    const { control } = start();
    depth = 1_500;
    clock.advanceMs(15_000);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(control.snapshot().servers).toMatchObject([
      { serverId: 'plc1', phase: 'slow', slowedCount: 8, reason: null },
      { serverId: 'plc2', phase: 'refused', slowedCount: 0, refusedCount: 8, reason: 'BadMonitoredItemIdInvalid' },
    ]);
    const answered = lines.find(({ text }) => text === 'the servers have answered to the new sampling');
    expect(answered?.facts).toMatchObject({
      slowedTagCount: 8,
      servers: [{}, { reason: 'BadMonitoredItemIdInvalid' }],
    });
  });

  it('keeps slow time, cost and history over a restart', async () => {
    const { stop } = start();
    depth = 1_500;
    clock.advanceMs(40_000);
    await stop();
    const ledger = await readSamplingLedger({ readSetting: (key) => Promise.resolve(settings.get(key)) });
    plc1.isSlow = false;
    plc2.isSlow = false;
    const again = start(ledger).control.snapshot();
    expect(again.phase).toBe('normal');
    expect(again.sinceStart).toEqual({ changeCount: 0, slowMs: 0, samplesNotTakenAtMost: 0 });
    expect(again.total).toEqual({ changeCount: 1, slowMs: 30_000, samplesNotTakenAtMost: 1_680 });
    expect(again.changes).toMatchObject([{ phase: 'slow', lastedMs: 30_000, isOver: true }]);
  });

  it('loses at most five seconds of the count in a crash', async () => {
    start();
    depth = 1_500;
    clock.advanceMs(40_000);
    const { total } = await readSamplingLedger({ readSetting: (key) => Promise.resolve(settings.get(key)) });
    expect(total.slowMs).toBeGreaterThanOrEqual(25_000);
  });

  it('starts anew where the stored account is not readable', async () => {
    expect(await readSamplingLedger({ readSetting: () => Promise.resolve('{"changes":5}') })).toEqual(EMPTY_LEDGER);
  });
});
