import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Quality } from '../../../shared/domain/quality.ts';
import { change, fixture, metric, settle } from '../../testing/edge-node-fixture.ts';
import type { EdgeNodeParts, EdgeNodeRunner } from '../edge-node.ts';
import { type BirthMetric, encodeRebirthRequest } from '../edge-node-births.ts';
import { createEdgeNodeRunner } from '../edge-node-runner.ts';
import { encodeHostState } from '../host-state.ts';
import { SparkplugLinter } from './linter.ts';
import type { RuleKey } from './rules.ts';

const DEVICES = ['press', 'oven', 'robot'];
const QUALITIES: readonly Quality[] = ['good', 'bad', 'stale'];

type Step =
  | { readonly kind: 'data'; readonly scope: number; readonly rows: number; readonly isHistorical: boolean }
  | { readonly kind: 'rebirth' | 'cut' | 'restart' | 'host' }
  | { readonly kind: 'device'; readonly scope: number }
  | { readonly kind: 'wait'; readonly ms: number };

const scope = fc.nat(DEVICES.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('data' as const),
    scope: fc.nat(3),
    rows: fc.integer({ min: 1, max: 450 }),
    isHistorical: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.oneof(fc.nat(30_000), fc.integer({ min: 900, max: 1_900 })) }),
  fc.record({ kind: fc.constantFrom('rebirth' as const, 'cut' as const, 'restart' as const, 'host' as const) }),
  fc.record({ kind: fc.constant('device' as const), scope }),
);

const EXCUSED: ReadonlySet<RuleKey> = new Set<RuleKey>([
  // A restart right after a request looks like an answer to it; that is why it is advice.
  'rebirth-reconnect',
]);

/** Our edge node on a broker inside the process, looked at by the lint as messages go by. */
class Run {
  readonly linter = new SparkplugLinter();
  readonly #all: ReturnType<typeof fixture>;
  readonly #parts: EdgeNodeParts;
  #runner: EdgeNodeRunner;
  #seen = 0;
  #value = 10;
  #isHostOnline = true;

  constructor(hasHost: boolean) {
    this.#all = fixture(hasHost ? { primaryHostId: 'scada' } : {});
    const { clock, devices, parts } = this.#all;
    const fresh = <T extends BirthMetric>(metrics: readonly T[]) =>
      metrics.map((metric) => ({ ...metric, value: this.#value, timestampMs: clock.nowMs() }));
    this.#parts = {
      ...parts,
      births: {
        nodeMetrics: () => fresh([metric('load')]),
        devices: () => devices.map((device) => ({ ...device, metrics: fresh(device.metrics) })),
      },
    };
    this.#host();
    this.#runner = createEdgeNodeRunner(this.#parts);
    this.#runner.start();
  }

  async take(step: Step): Promise<void> {
    const { clock, broker, devices } = this.#all;
    switch (step.kind) {
      case 'data':
        await this.#send(step);
        break;
      case 'wait':
        for (let leftMs = step.ms; leftMs > 0; leftMs -= 250) {
          clock.advanceMs(250);
          await settle();
          this.look();
        }
        break;
      case 'rebirth':
        broker.inject('spBv1.0/plant/NCMD/line', encodeRebirthRequest(clock.nowMs()));
        break;
      case 'cut':
        broker.cut(broker.clientIds[0] ?? '');
        break;
      case 'restart':
        await Promise.all([this.#runner.stop(), settle()]);
        this.#runner = createEdgeNodeRunner(this.#parts);
        this.#runner.start();
        break;
      case 'host':
        this.#isHostOnline = !this.#isHostOnline;
        this.#host();
        break;
      case 'device': {
        const device = devices[step.scope];
        if (device === undefined) return;
        device.isOnline = !device.isOnline;
        this.#runner.deviceOnlineChanged(device.deviceId, device.isOnline, clock.nowMs());
      }
    }
    await settle();
    this.look();
  }

  look(): void {
    const { broker, clock } = this.#all;
    for (const { topic, payload, qos } of broker.taken.slice(this.#seen)) {
      // The test plays the host, at the only QoS that it can.
      if (topic.startsWith('spBv1.0/STATE/')) continue;
      this.linter.take({ topic, payload, qos, retain: false, atMs: clock.nowMs() });
    }
    this.#seen = broker.taken.length;
  }

  #host(): void {
    const { broker, clock } = this.#all;
    broker.inject(
      'spBv1.0/STATE/scada',
      encodeHostState({ isOnline: this.#isHostOnline, timestampMs: clock.nowMs() }),
      true,
    );
  }

  async #send({ scope, rows, isHistorical }: Step & { readonly kind: 'data' }): Promise<void> {
    const nowMs = this.#all.clock.nowMs();
    const deviceId = DEVICES[scope] ?? null;
    const metricName = deviceId === null ? 'load' : 'speed';
    const made = Array.from({ length: rows }, (_row, n) => ({
      ...change(deviceId, metricName, nowMs - rows + n, (this.#value += 1)),
      quality: QUALITIES[n % 3] ?? 'good',
    }));
    await this.#runner.send(made, isHistorical).catch(() => {});
  }
}

describe('our own edge node', () => {
  it('gives the lint nothing to find, whatever happens to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 40 }), async (hasHost, steps) => {
        const run = new Run(hasHost);
        for (const step of steps) await run.take(step);
        const findings = run.linter.report().findings.filter(({ rule }) => !EXCUSED.has(rule));
        expect(findings).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
