import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fuzzPayloads } from '../testing/fuzz/fuzz-payloads.ts';

/**
 * `npm run fuzz [-- --count N --seed S]`: damaged Sparkplug payloads through the codec and through the sessions of
 * host and edge node. Exit code 1 when one got past them, took longer than 50 ms alone, or left memory behind.
 */
const MAX_PAYLOAD_MS = 50;
/** What the tallies, the compiler and the collector may take between the warm-up and the end. */
const MAX_HEAP_GROWTH_BYTES = 16 * 1024 * 1024;

const { values } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' } } });
const count = Number(values.count ?? 1_000_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  console.error('usage: npm run fuzz [-- --count N --seed S]   both are whole numbers');
  process.exit(2);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function measureHeapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const perReason = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([reason, times]) => `${reason} ${times.toLocaleString('en')}`)
    .join(', ');

console.log(`seed ${seed}, ${count.toLocaleString('en')} damaged payloads`);
const startedMs = performance.now();
const report = fuzzPayloads({ seed, count, maxPayloadMs: MAX_PAYLOAD_MS, measureHeapBytes });
const { codec, slowest, heapGrowthBytes, brokenCount } = report;
const number = (value: number): string => value.toLocaleString('en');
console.log(`decoded         ${number(codec.decodedCount)}`);
console.log(`refused         ${perReason(codec.faults)}`);
console.log(`metrics         ${number(codec.readableCount)} readable, ${number(codec.undecodableCount)} undecodable`);
console.log(`encoded again   ${number(codec.encodedCount)}; not: ${perReason(codec.refusals)}`);
console.log(`host            ${perReason(report.hostEffects)}`);
console.log(`edge node       ${perReason(report.commands)}`);
console.log(
  `slowest payload ${slowest.ms.toFixed(1)} ms, ${number(slowest.byteCount)} bytes (at most ${MAX_PAYLOAD_MS} ms)`,
);
const grownMb = (heapGrowthBytes ?? 0) / 1024 / 1024;
console.log(
  `heap growth     ${grownMb.toFixed(2)} MB since the warm-up (at most ${MAX_HEAP_GROWTH_BYTES / 1024 / 1024} MB)`,
);
console.log(`time            ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);
for (const { index, what, base64 } of report.broken) console.error(`BROKEN at ${index}: ${what}\n  payload ${base64}`);
if (slowest.ms > MAX_PAYLOAD_MS) console.error(`TOO SLOW: payload ${slowest.base64}`);
const isFine = brokenCount === 0 && slowest.ms <= MAX_PAYLOAD_MS && (heapGrowthBytes ?? 0) <= MAX_HEAP_GROWTH_BYTES;
console.log(
  isFine ? 'nothing got past the codec' : `${number(brokenCount)} payloads broke a promise, or a bound was passed`,
);
process.exitCode = isFine ? 0 : 1;
