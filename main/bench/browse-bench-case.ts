import { browseAddressSpace } from '../opcua/browse-address-space.ts';
import { openBrowseSession } from '../opcua/browse-session.ts';
import { systemClock } from '../platform/clock.ts';
import { rawBrowse } from './raw-browse.ts';

/** One way through the address space in a process of its own, so that its memory is its own: CASE, URL, FOLDER. */
export interface CaseResult {
  readonly nodeCount: number;
  readonly elapsedMs: number;
  readonly firstBatchMs: number;
  readonly rssGrowthBytes: number;
  readonly heapGrowthBytes: number;
  /** Slowest of several. */
  readonly cancelMs: number;
}

const CANCEL_AFTER_NODES = 2_000;
/** After the last batch: at different moments of the requests under way. */
const CANCEL_DELAYS_MS = [0, 3, 10, 30, 60];
const WARM_UP_NODES = 3_000;
const OBJECTS_FOLDER = 'ns=0;i=85';

const [name, endpointUrl = '', trustFolder = ''] = process.argv.slice(2);
const endpoint = {
  serverId: 'big',
  endpointUrl,
  securityMode: 'None',
  securityPolicy: 'None',
  identity: { type: 'anonymous' },
  trustFolder,
} as const;
const clock = systemClock;
const never = new AbortController().signal;
const opened = await openBrowseSession({ ...endpoint, clock, signal: never });

const before = process.memoryUsage();
let peakRss = before.rss;
let peakHeap = before.heapUsed;
const sampling = setInterval(() => {
  const now = process.memoryUsage();
  peakRss = Math.max(peakRss, now.rss);
  peakHeap = Math.max(peakHeap, now.heapUsed);
}, 20);
const startedMs = performance.now();
let nodeCount = 0;
let firstBatchMs = 0;
let cancelMs = 0;

async function ours(maxNodes?: number): Promise<void> {
  for await (const { progress } of browseAddressSpace({ ...opened, endpoint, clock, signal: never, maxNodes })) {
    if (nodeCount === 0) firstBatchMs = performance.now() - startedMs;
    nodeCount = progress.nodeCount;
  }
}

/** From the abort to the end, everything given back. */
async function cancelAfter(delayMs: number): Promise<number> {
  const stopping = new AbortController();
  let abortedMs: number | undefined;
  const abort = (): void => {
    abortedMs = performance.now();
    stopping.abort(new Error('enough'));
  };
  try {
    let isTimed = false;
    for await (const { progress } of browseAddressSpace({ ...opened, endpoint, clock, signal: stopping.signal })) {
      if (progress.nodeCount < CANCEL_AFTER_NODES || isTimed) continue;
      isTimed = true;
      setTimeout(abort, delayMs);
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
  return abortedMs === undefined ? NaN : performance.now() - abortedMs;
}

switch (name) {
  case 'warm-up':
    await ours(WARM_UP_NODES);
    break;
  case 'ours':
    await ours();
    break;
  case 'cancel':
    for (const delayMs of CANCEL_DELAYS_MS) cancelMs = Math.max(cancelMs, await cancelAfter(delayMs));
    break;
  default:
    nodeCount = await rawBrowse(opened.session, OBJECTS_FOLDER, name === 'raw-read');
}
const endedMs = performance.now();
clearInterval(sampling);
const result: CaseResult = {
  nodeCount,
  elapsedMs: endedMs - startedMs,
  firstBatchMs,
  rssGrowthBytes: peakRss - before.rss,
  heapGrowthBytes: peakHeap - before.heapUsed,
  cancelMs,
};
console.log(JSON.stringify(result));
await opened.close();
process.exit(0);
