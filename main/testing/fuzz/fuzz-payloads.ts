import type { Buffer } from 'node:buffer';
import { type CodecTally, createCodecTally, examine } from './examine-payload.ts';
import { makeCorpus } from './fuzz-corpus.ts';
import { mutate } from './mutate-payload.ts';
import { Random } from './random.ts';
import { EdgeNodeTalk } from './talk-to-edge-node.ts';
import { HostTalk } from './talk-to-host.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  /** A payload that comes near is tried again alone, three times: its least time counts. */
  readonly maxPayloadMs: number;
  /** The heap after a collection, in bytes. Without it growth is not measured. */
  readonly measureHeapBytes?: () => number;
}

/** A payload that broke a promise; `seed` and `index` make it again. */
interface BrokenPromise {
  readonly index: number;
  readonly what: string;
  readonly base64: string;
}

export interface FuzzReport {
  readonly codec: CodecTally;
  readonly hostEffects: ReadonlyMap<string, number>;
  readonly commands: ReadonlyMap<string, number>;
  /** The first of what went wrong; a handful is enough to begin with. */
  readonly broken: readonly BrokenPromise[];
  readonly brokenCount: number;
  readonly slowest: { readonly ms: number; readonly byteCount: number; readonly base64: string };
  /** From after the warm-up to the end; null where it was not measured. */
  readonly heapGrowthBytes: number | null;
}

const WARM_UP_SHARE = 0.1;
const MAX_TOLD = 5;
/** Of the bound: from here on a time may be that of the machine. */
const DOUBT_SHARE = 0.1;

/** Damaged payloads through the codec and through both state machines; the same seed gives the same payloads. */
export function fuzzPayloads({ seed, count, maxPayloadMs, measureHeapBytes }: FuzzOptions): FuzzReport {
  const random = new Random(seed);
  const corpus = makeCorpus(seed);
  const codec = createCodecTally();
  let host = new HostTalk(random);
  let edgeNode = new EdgeNodeTalk();
  const hostEffects = host.effects;
  const commands = edgeNode.commands;
  const broken: BrokenPromise[] = [];
  let brokenCount = 0;
  let slowest = { ms: 0, byteCount: 0, base64: '' };
  let heapBefore: number | undefined;
  for (let index = 0; index < count; index += 1) {
    if (index === Math.floor(count * WARM_UP_SHARE)) heapBefore = measureHeapBytes?.();
    const bytes = mutate(corpus, random);
    const startedMs = performance.now();
    try {
      examine(bytes, random, codec);
      host.receive(bytes);
      edgeNode.receive(bytes);
    } catch (error) {
      brokenCount += 1;
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (broken.length < MAX_TOLD) broken.push({ index, what, base64: bytes.toString('base64') });
      host = new HostTalk(random);
      edgeNode = new EdgeNodeTalk();
    }
    const firstMs = performance.now() - startedMs;
    const ms = firstMs > maxPayloadMs * DOUBT_SHARE ? Math.min(firstMs, leastMsAlone(bytes)) : firstMs;
    if (ms > slowest.ms) slowest = { ms, byteCount: bytes.length, base64: bytes.toString('base64') };
  }
  const heapAfter = measureHeapBytes?.();
  const heapGrowthBytes = heapBefore === undefined || heapAfter === undefined ? null : heapAfter - heapBefore;
  return { codec, hostEffects, commands, broken, brokenCount, slowest, heapGrowthBytes };
}

/** Of processor time, and the least of three: what else the machine does is not the fault of the payload. */
function leastMsAlone(bytes: Buffer): number {
  const times = [1, 2, 3].map((seed) => {
    const random = new Random(seed);
    const [host, edgeNode] = [new HostTalk(random), new EdgeNodeTalk()];
    const cpuBefore = process.cpuUsage();
    try {
      examine(bytes, random, createCodecTally());
      host.receive(bytes);
      edgeNode.receive(bytes);
    } catch {
      // Told the first time.
    }
    const cpu = process.cpuUsage(cpuBefore);
    return (cpu.user + cpu.system) / 1_000;
  });
  return Math.min(...times);
}
