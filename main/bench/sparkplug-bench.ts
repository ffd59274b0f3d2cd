import { type BenchResult, result } from './result.ts';
import { type Codec, type Codecs, type MessageShape, openCodecs, type ValueKind } from './sparkplug-codecs.ts';

/** One turn of one codec; short, so that a machine that is busy for a while is busy for all of them. */
const SLICE_MS = 10;
/** Until the engine has compiled what it runs. */
const WARM_UP_SLICES = 20;
const NAMES = ['ours', 'raw', 'wrapper'] as const;

const DOUBLE: ValueKind = { datatype: 'Double', valueAt: (index) => index * 1.25 + 0.1 };
const MIXED: readonly ValueKind[] = [
  DOUBLE,
  { datatype: 'Float', valueAt: (index) => index + 0.5 },
  { datatype: 'Int32', valueAt: (index) => -index - 1 },
  { datatype: 'Int64', valueAt: (index) => -(2n ** 40n) * BigInt(index + 1) },
  { datatype: 'UInt32', valueAt: (index) => 4_000_000_000 + index },
  { datatype: 'Boolean', valueAt: (index) => index % 2 === 0 },
  { datatype: 'String', valueAt: (index) => `Order ${index} läuft` },
  { datatype: 'DateTime', valueAt: (index) => 1_764_000_000_000 + index },
];

const CASES: readonly (MessageShape & { readonly name: string })[] = [
  ...[10, 100, 1_000].flatMap((metricCount) => [
    { name: `data ${metricCount} double`, isBirth: false, metricCount, kinds: [DOUBLE] },
    { name: `birth ${metricCount} double`, isBirth: true, metricCount, kinds: [DOUBLE] },
  ]),
  { name: 'data 100 mixed', isBirth: false, metricCount: 100, kinds: MIXED },
  { name: 'birth 100 mixed', isBirth: true, metricCount: 100, kinds: MIXED },
];

/** Messages a second of processor time in one slice: what other programs take does not count. */
function callsPerCpuS(work: () => number, expected: number): number {
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  let calls = 0;
  while (performance.now() - startedMs < SLICE_MS) {
    if (work() < expected) throw new Error('a codec lost metrics');
    calls += 1;
  }
  const cpu = process.cpuUsage(cpuBefore);
  return (calls * 1e6) / (cpu.user + cpu.system);
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >>> 1] ?? 0;

/** Millions of metrics a second of processor time, of each codec: the median over rounds in which they take turns. */
function measure(
  codecs: Codecs,
  metricCount: number,
  way: keyof Codec,
  seconds: number,
): Record<(typeof NAMES)[number], number> {
  const rates: Record<(typeof NAMES)[number], number[]> = { ours: [], raw: [], wrapper: [] };
  for (const name of NAMES) for (let slice = 0; slice < WARM_UP_SLICES; slice += 1) callsPerCpuS(codecs[name][way], 0);
  const endMs = performance.now() + seconds * 1_000;
  for (let round = 0; round === 0 || performance.now() < endMs; round += 1) {
    for (const turn of NAMES.keys()) {
      const name = NAMES[(round + turn) % NAMES.length] ?? 'ours';
      rates[name].push(callsPerCpuS(codecs[name][way], metricCount));
    }
  }
  const million = (name: keyof Codecs): number => (median(rates[name]) * metricCount) / 1e6;
  return { ours: million('ours'), raw: million('raw'), wrapper: million('wrapper') };
}

/**
 * Metrics to bytes and bytes to metrics, beside the generated static module and beside the functions of the package
 * that holds it, all in turns of `SLICE_MS` in one run.
 */
export function benchSparkplug(seconds: number): Promise<BenchResult[]> {
  const results = CASES.flatMap(({ name, ...shape }) => {
    const codecs = openCodecs(shape);
    return (['encode', 'decode'] as const).flatMap((way) => {
      const rates = measure(codecs, shape.metricCount, way, seconds / 2);
      const figure = (baseline: string, raw: number): BenchResult =>
        result('sparkplug', name, `${way}, beside ${baseline}`, rates.ours, 'M metrics/CPU-s', raw);
      return [figure('the static module', rates.raw), figure(`${way}Payload of the package`, rates.wrapper)];
    });
  });
  return Promise.resolve(results);
}
