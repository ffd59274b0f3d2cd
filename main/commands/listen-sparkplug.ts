import { randomUUID } from 'node:crypto';
import { type BrokerAddress, type BrokerLink, openBrokerLink } from '../mqtt/broker-link.ts';
import { type Clock, delay, within } from '../platform/clock.ts';
import { EngineError, isEngineError } from '../platform/engine-error.ts';
import { silentLog } from '../platform/log.ts';
import type { Recorded } from './sparkplug-recording.ts';

const KEEP_ALIVE_S = 30;
const CONNECT_AGAIN_MS = 1_000;
/** What the broker keeps is asked for again this often. */
const LOOK_EVERY_MS = 30_000;
/** A broker sends what it keeps a few at a time. */
const LOOK_LASTS_MS = 1_000;
const LAST_MESSAGES_LIMIT_MS = 1_000;
const REFUSED = 128;

const toFilters = (group: string | undefined): readonly string[] =>
  group === undefined
    ? ['spBv1.0/#', 'spAv1.0/#', 'STATE/+']
    : [`spBv1.0/${group}/#`, `spAv1.0/${group}/#`, 'STATE/+', 'spBv1.0/STATE/#'];

/**
 * Listens to a broker until `signal` aborts, and publishes nothing: no Will, no STATE, a client id of its own. A
 * connection that is lost is opened again; `take` is told of the gap. An exception of `take` ends it.
 * @throws EngineError `mqtt/...` when the first connection fails, or the broker refuses the subscription.
 */
export async function listenSparkplug(options: {
  readonly address: BrokerAddress;
  readonly group: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly take: (recorded: Recorded) => void;
  readonly tell: (text: string) => void;
}): Promise<void> {
  const { clock, signal, tell } = options;
  for (let hasListened = false; !signal.aborted;) {
    try {
      await listenOnce(options, () => (hasListened = true));
    } catch (error) {
      if (signal.aborted) return;
      if (!hasListened || !isEngineError(error) || error.code === 'mqtt/subscribe-refused') throw error;
      tell(`${error.message}; trying again`);
    }
    await delay(clock, CONNECT_AGAIN_MS, signal).catch(() => {});
  }
}

type Options = Parameters<typeof listenSparkplug>[0];

/** One connection, to its end. */
async function listenOnce(options: Options, onListening: () => void): Promise<void> {
  const { address, group, clock, signal, take, tell } = options;
  const request = { clientId: `lineside-lint-${randomUUID().slice(0, 13)}`, keepAliveS: KEEP_ALIVE_S };
  const link = await openBrokerLink(address, request, { clock, log: silentLog, signal });
  const ended = new AbortController();
  const end = (): void => ended.abort(new Error('ended'));
  signal.addEventListener('abort', end, { once: true });
  let fault: unknown;
  let lostBy: string | undefined;
  link.onClosed(({ code, text }) => {
    if (code !== 'mqtt/closed') lostBy = `the connection is lost: ${text} (${code})`;
    end();
  });
  link.onMessage(({ topic, payload, qos, isRetained }) => {
    if (fault !== undefined) return;
    try {
      take({ topic, payload, qos, retain: isRetained, atMs: clock.nowMs() });
    } catch (error) {
      // The link would only log it.
      fault = error;
      end();
    }
  });
  try {
    const filters = toFilters(group);
    const [granted = REFUSED] = await link.subscribe(filters);
    if (granted >= REFUSED) {
      const text = `the broker does not let us read ${filters[0]}; give this user the right to subscribe to it`;
      throw new EngineError('mqtt/subscribe-refused', text);
    }
    take({ event: 'subscribed', atMs: clock.nowMs(), qos: granted });
    tell(`listening to ${filters[0]} on ${address.url}`);
    onListening();
    await lookAgain(link, filters, options, ended.signal);
    // What the broker has sent before this is taken as well.
    if (lostBy === undefined) {
      const late = (): Error => new Error('the broker does not answer');
      await within(clock, LAST_MESSAGES_LIMIT_MS, link.barrier(), late).catch(() => {});
    }
  } finally {
    signal.removeEventListener('abort', end);
    await link.close();
  }
  if (fault !== undefined) throw fault;
  if (lostBy === undefined) return;
  take({ event: 'connection-lost', atMs: clock.nowMs() });
  tell(`${lostBy}; trying again`);
}

/** Retained flags are seen only by who subscribes anew. Ends when the connection does, or on the signal. */
async function lookAgain(
  link: BrokerLink,
  filters: readonly string[],
  { clock, take }: Options,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted) {
    await delay(clock, LOOK_EVERY_MS, ended).catch(() => {});
    if (ended.aborted) return;
    take({ event: 'retained-look-begins', atMs: clock.nowMs() });
    try {
      await link.subscribe(filters);
      await link.barrier();
      await delay(clock, LOOK_LASTS_MS, ended);
      await link.barrier();
    } catch {
      // The connection has ended, or we do: the look tells nothing.
      return;
    }
    take({ event: 'retained-look-ends', atMs: clock.nowMs() });
  }
}
