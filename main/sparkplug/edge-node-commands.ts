import type { Datatype, MetricValue } from '../../shared/domain/metric.ts';
import { readCommandValue } from './commanded-value.ts';
import { decodePayload } from './decode-payload.ts';
import type { BornScope } from './edge-node-births.ts';
import { DEVICE_REBIRTH_METRIC, type PayloadMetric, REBIRTH_METRIC } from './payload.ts';
import type { LinkMessage } from './sparkplug-link.ts';

/** Why a command, or one metric of it, is not carried out. */
type CommandRefusal =
  | 'retained'
  | 'unreadable'
  | 'too-many'
  | 'device-offline'
  | 'unknown-metric'
  | 'no-value'
  | 'wrong-type'
  | 'out-of-range';

/** One metric of a command; the value is one of the birth's datatype. */
export type CommandedMetric =
  | {
      readonly phase: 'asked';
      readonly metricName: string;
      readonly datatype: Datatype;
      readonly value: Exclude<MetricValue, null>;
    }
  /** `metricName` null: the command as a whole. */
  | {
      readonly phase: 'refused';
      readonly metricName: string | null;
      readonly reason: CommandRefusal;
      readonly text: string;
    };

/** An NCMD (`deviceId` null) or DCMD, held against the births of this moment. */
export interface EdgeNodeCommand {
  readonly topic: string;
  readonly deviceId: string | null;
  readonly isRebirthAsked: boolean;
  readonly metrics: readonly CommandedMetric[];
}

/** A recipe has dozens; more than this is no command of a person. */
const MOST_METRICS = 1_000;
const SHOWN_NAME_LENGTH = 200;

/**
 * What a command asks for. Neither timestamp (tck-id-payloads-name-cmd-requirement) nor datatype nor QoS of its
 * metrics matters; a rebirth that is `false` asks for nothing
 * (tck-id-operational-behavior-data-commands-ncmd-rebirth-value). One that the broker kept must not act when the
 * node comes back days later.
 */
export function readCommand(
  { topic, payload, isRetained }: LinkMessage,
  deviceId: string | null,
  scope: BornScope | undefined,
): EdgeNodeCommand {
  const nothing = { topic, deviceId, isRebirthAsked: false };
  const refuse = (reason: CommandRefusal, text: string, isRebirthAsked = false): EdgeNodeCommand => ({
    ...nothing,
    isRebirthAsked,
    metrics: [{ phase: 'refused', metricName: null, reason, text }],
  });
  if (isRetained) return refuse('retained', 'the broker kept this command from before: publish it without retain');
  const result = decodePayload(payload);
  if (result.kind === 'fault') return refuse('unreadable', result.reason);
  const { metrics } = result.payload;
  const rebirthName = deviceId === null ? REBIRTH_METRIC : DEVICE_REBIRTH_METRIC;
  const writes = metrics.filter(({ name }) => name !== rebirthName);
  const isRebirthAsked = metrics.some(({ name, wireValue }) => name === rebirthName && wireValue === true);
  if (deviceId !== null && scope === undefined) {
    return refuse('device-offline', `device ${shorten(deviceId)} is not born`, isRebirthAsked);
  }
  if (writes.length > MOST_METRICS) {
    return refuse('too-many', `${writes.length} metrics in one command, at most ${MOST_METRICS} are`, isRebirthAsked);
  }
  return { ...nothing, isRebirthAsked, metrics: writes.map((metric) => readMetric(metric, scope)) };
}

function readMetric(metric: PayloadMetric, scope: BornScope | undefined): CommandedMetric {
  const found = scope === undefined ? undefined : findMetric(metric, scope);
  if (found === undefined) {
    const metricName = shorten(metric.name ?? `alias ${metric.alias ?? 'missing'}`);
    const text = 'the birth has no such metric, or name and alias mean two';
    return { phase: 'refused', metricName, reason: 'unknown-metric', text };
  }
  const { metricName, datatype } = found;
  const value = readCommandValue(metric, datatype);
  return value.isFit
    ? { phase: 'asked', metricName, datatype, value: value.value }
    : { phase: 'refused', metricName, reason: value.reason, text: value.text };
}

function findMetric(
  { name, alias }: PayloadMetric,
  scope: BornScope,
): { readonly metricName: string; readonly datatype: Datatype } | undefined {
  const nameOfAlias = alias === undefined ? undefined : namesByAlias(scope).get(alias);
  const metricName = name ?? nameOfAlias;
  if (metricName === undefined || (alias !== undefined && nameOfAlias !== metricName)) return undefined;
  const born = scope.metrics.get(metricName);
  return born === undefined ? undefined : { metricName, datatype: born.datatype };
}

/** Made at the first command: most births never see one. */
const aliasMaps = new WeakMap<BornScope, ReadonlyMap<number | bigint, string>>();

function namesByAlias(scope: BornScope): ReadonlyMap<number | bigint, string> {
  let names = aliasMaps.get(scope);
  if (names === undefined) {
    names = new Map([...scope.metrics].map(([name, { alias }]) => [alias, name]));
    aliasMaps.set(scope, names);
  }
  return names;
}

const shorten = (name: string): string =>
  name.length <= SHOWN_NAME_LENGTH ? name : `${name.slice(0, SHOWN_NAME_LENGTH)}…`;
