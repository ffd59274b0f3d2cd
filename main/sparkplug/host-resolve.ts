import { parseQualityCode, type Quality } from '../../shared/domain/quality.ts';
import { isUnreadable } from './host-duplicate.ts';
import {
  fault,
  type HeldMessage,
  type HostScope,
  type KnownMetric,
  type ResolvedMetric,
  type SeenMetric,
  type Turn,
} from './host-node.ts';
import { ItemBudget } from './item-budget.ts';
import { toMetricValue } from './metric-value.ts';
import { BDSEQ_METRIC, type PayloadMetric, QUALITY_PROPERTY, STATUS_CODE_PROPERTY, toDatatype } from './payload.ts';
import { nameDatatype } from './payload-json.ts';

/** Part of the protocol, not of the process: such metrics are known but not passed on. */
const isProtocolMetric = (name: string): boolean =>
  name === BDSEQ_METRIC || name.startsWith('Node Control/') || name.startsWith('Device Control/');

function readNumber(metric: PayloadMetric, key: string): number | undefined {
  const value = metric.properties?.get(key)?.value;
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

const readStatusCode = (metric: PayloadMetric): number => readNumber(metric, STATUS_CODE_PROPERTY) ?? 0;

/** Without the property a value is good; with properties that cannot be read nobody knows. */
function toQuality(metric: PayloadMetric): Quality {
  const code = readNumber(metric, QUALITY_PROPERTY);
  if (code !== undefined) {
    const quality = parseQualityCode(code);
    // Sparkplug has no code for it: our edge node tells it by the severity of the status code (OPC UA part 4, 7.39).
    return quality === 'bad' && readStatusCode(metric) >>> 30 === 1 ? 'uncertain' : quality;
  }
  return metric.hasBadProperties ? 'uncertain' : 'good';
}

type Complaint = 'unknown-metric' | 'undecodable-metric' | 'unsupported-datatype' | 'bad-properties' | 'duplicate-node';

/** What could not be used in one message, told once per kind however many metrics it were. */
class Complaints {
  readonly #first = new Map<Complaint, [string, number]>();

  add(reason: Complaint, metric: string): void {
    const before = this.#first.get(reason);
    this.#first.set(reason, before ? [before[0], before[1] + 1] : [metric, 1]);
  }

  has(reason: 'unknown-metric'): boolean {
    return this.#first.has(reason);
  }

  tell(turn: Turn, { verb, deviceId }: HeldMessage): void {
    for (const [reason, [metric, count]] of this.#first) {
      const others = count > 1 ? ` and ${count - 1} more` : '';
      fault(turn, reason, `${verb} ${deviceId ?? 'of the node'}: ${metric}${others}`);
    }
  }
}

/** The scope that a birth declares. Metrics without a name cannot be used and are left out. */
export function toScope(metrics: readonly PayloadMetric[]): HostScope {
  const byAlias = new Map<number | bigint, KnownMetric>();
  const byName = new Map<string, KnownMetric>();
  for (const { name, alias, datatype } of metrics) {
    if (name === undefined) continue;
    const known: KnownMetric = { name, alias, typeCode: datatype ?? 0 };
    byName.set(name, known);
    if (alias !== undefined) byAlias.set(alias, known);
  }
  return { byAlias, byName };
}

/** A DATA metric may carry alias, name or both: each alone is enough. */
function find(scope: HostScope, { alias, name }: PayloadMetric): KnownMetric | undefined {
  const known = alias === undefined ? undefined : scope.byAlias.get(alias);
  return known ?? (name === undefined ? undefined : scope.byName.get(name));
}

/**
 * Emits the metrics of a message under the names and datatypes of its scope. False when a metric is not in the birth,
 * so that a new one is needed. What is not for storing (structures, the protocol's own, transient) is emitted apart.
 */
export function emitMetrics(turn: Turn, message: HeldMessage, scope: HostScope, isBirth: boolean): boolean {
  const { payload, receivedAtMs } = message;
  const place = { turn, message, isBirth };
  const complaints = new Complaints();
  const budget = new ItemBudget();
  const metrics: ResolvedMetric[] = [];
  const unstored: SeenMetric[] = [];
  for (const metric of payload.metrics) {
    const known = find(scope, metric);
    if (known === undefined) {
      complaints.add('unknown-metric', metric.name ?? `alias ${metric.alias ?? 'missing'}`);
      continue;
    }
    if (isUnreadable(turn.node, metric.name)) {
      complaints.add('duplicate-node', known.name);
      continue;
    }
    const typeCode = metric.datatype ?? known.typeCode;
    const datatype = toDatatype(typeCode);
    const isForStoring = !metric.isTransient && !isProtocolMetric(known.name);
    if (datatype === undefined || !isForStoring) {
      // Told at the birth; repeating it for each change would say nothing new.
      if (isForStoring && isBirth) complaints.add('unsupported-datatype', known.name);
      unstored.push(toSeen(place, metric, known.name, nameDatatype(typeCode), toMetricValue(metric, typeCode)));
      continue;
    }
    const value = budget.read(metric, datatype);
    if (value === undefined) {
      complaints.add('undecodable-metric', known.name);
      continue;
    }
    if (metric.hasBadProperties) complaints.add('bad-properties', known.name);
    metrics.push(toSeen(place, metric, known.name, datatype, value));
  }
  if (metrics.length > 0) turn.effects.push({ type: 'metrics', receivedAtMs, metrics });
  if (unstored.length > 0) turn.effects.push({ type: 'unstored', metrics: unstored });
  complaints.tell(turn, message);
  return !complaints.has('unknown-metric');
}

interface Place {
  readonly turn: Turn;
  readonly message: HeldMessage;
  readonly isBirth: boolean;
}

function toSeen<Type extends string, Value>(
  { turn, message, isBirth }: Place,
  metric: PayloadMetric,
  metricName: string,
  datatype: Type,
  value: Value,
) {
  return {
    groupId: turn.node.groupId,
    edgeNodeId: turn.node.edgeNodeId,
    deviceId: message.deviceId,
    metricName,
    datatype,
    value,
    quality: toQuality(metric),
    statusCode: readStatusCode(metric),
    timestampMs: metric.timestampMs ?? message.payload.timestampMs ?? null,
    isHistorical: metric.isHistorical,
    isBirth,
  };
}
