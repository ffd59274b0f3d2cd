import type { Datatype } from '../../shared/domain/metric.ts';
import type { MetricHead, OutgoingValue, WireMetric } from './encode-payload.ts';
import { countValueBytes, encodePayload, toWireMetric } from './encode-payload.ts';
import { BDSEQ_METRIC, REBIRTH_METRIC } from './payload.ts';

export interface BirthMetric extends OutgoingValue {
  readonly metricName: string;
}

/** Where births take their metrics from. Each call gives the values of that moment; the order is the birth's. */
export interface BirthSource {
  nodeMetrics(): readonly BirthMetric[];
  devices(): readonly BirthDevice[];
}

export interface BirthDevice {
  readonly deviceId: string;
  readonly isOnline: boolean;
  readonly metrics: readonly BirthMetric[];
}

/** What the birth promised of a metric; the heads are made once because data repeats them thousands of times a second. */
interface BornMetric {
  readonly datatype: Datatype;
  readonly alias: number;
  readonly liveHead: MetricHead;
  readonly historicalHead: MetricHead;
}

/** The metrics of the node (deviceId null) or of a device that data may use until the next birth or death. */
export interface BornScope {
  readonly dataTopic: string;
  readonly metrics: ReadonlyMap<string, BornMetric>;
}

/**
 * Aliases of the node and all its devices: unique over both (tck-id-payloads-alias-uniqueness), the same in every
 * birth of this process, never given twice.
 */
export class AliasBook {
  readonly #aliases = new Map<string | null, Map<string, number>>();
  #lastAlias = 0;

  aliasOf(deviceId: string | null, metricName: string): number {
    let scope = this.#aliases.get(deviceId);
    if (scope === undefined) this.#aliases.set(deviceId, (scope = new Map<string, number>()));
    let alias = scope.get(metricName);
    if (alias === undefined) {
      alias = this.#lastAlias += 1;
      scope.set(metricName, alias);
    }
    return alias;
  }
}

const NAMED: Omit<MetricHead, 'name'> = { hasDatatype: true, isHistorical: false };

/** By name and without alias: some hosts miss deaths whose bdSeq has one. */
const toBdSeqMetric = (bdSeq: number, nowMs: number): WireMetric =>
  toWireMetric(
    { name: BDSEQ_METRIC, ...NAMED },
    { datatype: 'Int64', value: BigInt(bdSeq), quality: 'good', statusCode: 0, timestampMs: nowMs },
  );

/** Without alias, always false (tck-id-operational-behavior-data-commands-rebirth-name-aliases). */
const toRebirthMetric = (nowMs: number, value: boolean): WireMetric =>
  toWireMetric(
    { name: REBIRTH_METRIC, ...NAMED },
    { datatype: 'Boolean', value, quality: 'good', statusCode: 0, timestampMs: nowMs },
  );

/** NDEATH, for the Will and for publishing: one metric, no seq (tck-id-topics-ndeath-payload). */
export const encodeNodeDeath = (bdSeq: number, nowMs: number): Uint8Array =>
  encodePayload(nowMs, null, [toBdSeqMetric(bdSeq, nowMs)]);

/** NCMD that asks for all births: no seq, by name, with datatype because the TCK's host test wants it (section 2.5). */
export const encodeRebirthRequest = (nowMs: number): Uint8Array =>
  encodePayload(nowMs, null, [toRebirthMetric(nowMs, true)]);

/** Together with the names the birth must stay below what a receiver takes; ours takes 16 MB. */
const MAX_BIRTH_VALUE_BYTES = 8 * 1024 * 1024;
/** Shorter ones are always told. */
const LONG_VALUE_BYTES = 1_000;

/** The value is known but not told here; its changes carry it in messages of their own. */
const withoutValue = (metric: BirthMetric): OutgoingValue => ({ ...metric, value: null, quality: 'stale' });

function bear(
  metrics: readonly BirthMetric[],
  deviceId: string | null,
  dataTopic: string,
  aliases: AliasBook,
): { wireMetrics: WireMetric[]; scope: BornScope } {
  const born = new Map<string, BornMetric>();
  const wireMetrics: WireMetric[] = [];
  let valueBytes = 0;
  for (const metric of metrics) {
    const alias = aliases.aliasOf(deviceId, metric.metricName);
    const head = { name: metric.metricName, alias, ...NAMED };
    const wireMetric = toWireMetric(head, metric);
    const ownBytes = countValueBytes(wireMetric);
    const isTold = ownBytes < LONG_VALUE_BYTES || valueBytes + ownBytes <= MAX_BIRTH_VALUE_BYTES;
    if (isTold) valueBytes += ownBytes;
    wireMetrics.push(isTold ? wireMetric : toWireMetric(head, withoutValue(metric)));
    born.set(metric.metricName, {
      datatype: metric.datatype,
      alias,
      liveHead: { alias, hasDatatype: false, isHistorical: false },
      historicalHead: { alias, hasDatatype: false, isHistorical: true },
    });
  }
  return { wireMetrics, scope: { dataTopic, metrics: born } };
}

/**
 * In the order of their time, over the whole list (tck-id-operational-behavior-data-publish-nbirth-order, -dbirth-order);
 * those of one time stay as they stand in the site.
 */
const toChronological = (metrics: readonly WireMetric[]): WireMetric[] =>
  metrics.toSorted((one, other) => Number(one.timestamp) - Number(other.timestamp));

export interface EncodedBirth {
  readonly payload: Uint8Array;
  readonly scope: BornScope;
}

/** NBIRTH: bdSeq of the last CONNECT, `Node Control/Rebirth` and the node's own metrics. Its seq is 0. */
export function encodeNodeBirth(
  birth: { readonly bdSeq: number; readonly seq: number; readonly nowMs: number; readonly dataTopic: string },
  metrics: readonly BirthMetric[],
  aliases: AliasBook,
): EncodedBirth {
  const { wireMetrics, scope } = bear(metrics, null, birth.dataTopic, aliases);
  const all = [toBdSeqMetric(birth.bdSeq, birth.nowMs), toRebirthMetric(birth.nowMs, false), ...wireMetrics];
  return { payload: encodePayload(birth.nowMs, birth.seq, toChronological(all)), scope };
}

export function encodeDeviceBirth(
  birth: { readonly seq: number; readonly nowMs: number; readonly dataTopic: string },
  { deviceId, metrics }: BirthDevice,
  aliases: AliasBook,
): EncodedBirth {
  const { wireMetrics, scope } = bear(metrics, deviceId, birth.dataTopic, aliases);
  return { payload: encodePayload(birth.nowMs, birth.seq, toChronological(wireMetrics)), scope };
}
